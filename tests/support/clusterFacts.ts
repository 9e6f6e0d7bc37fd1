import type { ClusterFacts, SubnetFacts } from "../../planning/podNetwork/clusterFacts";

/** The nodes' subnet of a zone of a small cluster. */
export function nodeSubnet(letter: string, third: number, tags: Record<string, string> = {}): SubnetFacts {
  return {
    subnetId: `subnet-node-${letter}`,
    availabilityZone: `us-west-2${letter}`,
    cidrBlock: `10.8.${third}.0/20`,
    routeTableId: `rtb-${letter}`,
    tags,
  };
}

/** A cluster of three zones before anything is done to it: two managed groups, a tuned CNI. */
export const smallCluster: ClusterFacts = {
  clusterName: "small",
  region: "us-west-2",
  vpcId: "vpc-1",
  cidrBlocks: [{ cidrBlock: "10.8.0.0/16", associationId: "vpc-cidr-assoc-primary" }],
  routes: ["10.8.0.0/16", "0.0.0.0/0"],
  serviceCidrBlock: "172.20.0.0/16",
  clusterSecurityGroupId: "sg-cluster",
  subnets: [nodeSubnet("a", 0), nodeSubnet("b", 16), nodeSubnet("c", 32)],
  nodeGroups: [
    { nodeGroupName: "batch", subnetIds: ["subnet-node-a", "subnet-node-b", "subnet-node-c"], tags: {} },
    { nodeGroupName: "general", subnetIds: ["subnet-node-a", "subnet-node-b", "subnet-node-c"], tags: {} },
  ],
  vpcCni: {
    version: "v1.23.1-eksbuild.1",
    configurationValues: '{"env":{"WARM_ENI_TARGET":"1","AWS_VPC_K8S_CNI_LOGLEVEL":"INFO"}}',
    podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: "arn:aws:iam::123456789012:role/cni" }],
    tags: { team: "platform" },
  },
};

/** The same cluster after its pod network was brought up. */
export const smallClusterAfter: ClusterFacts = {
  ...smallCluster,
  cidrBlocks: [
    ...smallCluster.cidrBlocks,
    { cidrBlock: "100.64.0.0/16", associationId: "vpc-cidr-assoc-pods" },
  ],
  subnets: [
    ...smallCluster.subnets,
    ...["a", "b", "c"].map((letter, index) => ({
      subnetId: `subnet-pods-${letter}`,
      availabilityZone: `us-west-2${letter}`,
      cidrBlock: `100.64.${index * 32}.0/19`,
      routeTableId: `rtb-${letter}`,
      tags: { Name: `small-pods-us-west-2${letter}`, "eks-pod-network.io/cluster": "small" },
    })),
  ],
  vpcCni: {
    ...smallCluster.vpcCni,
    configurationValues:
      '{"env":{"WARM_ENI_TARGET":"1","AWS_VPC_K8S_CNI_LOGLEVEL":"INFO","AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true","ENI_CONFIG_LABEL_DEF":"topology.kubernetes.io/zone"}}',
  },
};
