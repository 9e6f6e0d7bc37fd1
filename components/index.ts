/** Pulumi components that give the pods of an existing EKS cluster a range of their own. */
export { EniConfigs, type EniConfigsArgs, type ZoneEniConfig } from "./eniConfigs";
export {
  PodNetwork,
  type PodNetworkArgs,
  type PodNetworkNodeGroup,
  type PodNetworkSubnet,
  type PodNetworkWorkerGroup,
} from "./podNetwork";
export { PodSubnets, type PodSubnet, type PodSubnetsArgs } from "./podSubnets";
export { readCluster } from "./readCluster";
export { SecondaryCidr, type SecondaryBlock, type SecondaryCidrArgs } from "./secondaryCidr";
export { VpcCni, type VpcCniArgs } from "./vpcCni";
export {
  WorkerGroup,
  type WorkerGroupArgs,
  type WorkerGroupTaint,
  type WorkerGroupZone,
  type WorkerNodeGroup,
} from "./workerGroup";
export type {
  ClusterFacts,
  NodeGroupFacts,
  PodIdentityFacts,
  SubnetFacts,
  VpcBlockFacts,
  VpcCniFacts,
} from "../planning/podNetwork/clusterFacts";
