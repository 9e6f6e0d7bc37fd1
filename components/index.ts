/** Pulumi components that give the pods of an existing EKS cluster a range of their own. */
export { EniConfigs, type EniConfigsArgs, type EniConfigSpec } from "./eniConfigs";
export { PodNetwork } from "./podNetwork";
export type {
  PodGroup,
  PodNetworkAdoption,
  PodNetworkArgs,
  PodNetworkCni,
  PodNetworkCniSummary,
  PodNetworkNodeGroup,
  PodNetworkSummary,
  PodNetworkWorkerGroup,
} from "./podNetworkArgs";
export { PodSubnets } from "./podSubnets";
export type {
  PodFargateProfile,
  PodFargateSelector,
  PodSubnet,
  PodSubnetInfo,
  PodSubnetsArgs,
} from "./podSubnetsArgs";
export { readCluster } from "./readCluster";
export {
  SecondaryCidr,
  type IpamPoolBlock,
  type SecondaryBlock,
  type SecondaryCidrArgs,
} from "./secondaryCidr";
export { VpcCni } from "./vpcCni";
export type { CniPodIdentity, VpcCniArgs } from "./vpcCniArgs";
export {
  WorkerGroup,
  WorkerKind,
  WorkerOsFamily,
  type WorkerGroupArgs,
  type WorkerGroupTaint,
  type WorkerGroupZone,
  type WorkerNodeGroup,
} from "./workerGroup";
export { CniMode } from "../planning/podNetwork/cniMode";
export type {
  AwsNodeFacts,
  ClusterFacts,
  InstanceFacts,
  LaunchTemplateFacts,
  NodeClassFacts,
  NodeGroupFacts,
  PodIdentityFacts,
  RouteTableFacts,
  ScalingGroupFacts,
  SubnetFacts,
  TaintFacts,
  VpcBlockFacts,
  VpcCniFacts,
  VpcPeerFacts,
} from "../planning/podNetwork/clusterFacts";
export { PodEgress } from "../planning/podNetwork/podSubnetsRequest";
