import type {
  ClusterFacts,
  InstanceFacts,
  NodeGroupFacts,
  SubnetFacts,
} from "../../planning/podNetwork/clusterFacts";

/** The nodes' subnet of a zone of a small cluster. */
export function nodeSubnet(letter: string, third: number, tags: Record<string, string> = {}): SubnetFacts {
  return {
    subnetId: `subnet-node-${letter}`,
    availabilityZone: `us-west-2${letter}`,
    cidrBlock: `10.8.${third}.0/20`,
    routeTableId: `rtb-${letter}`,
    hasNatRoute: true,
    hasInternetGatewayRoute: false,
    freeAddresses: 4_000,
    tags,
  };
}

/** A pod subnet of the small cluster, as an earlier run made it; nobody has an address of it yet. */
export function podSubnet(letter: string, cidrBlock: string, group?: string): SubnetFacts {
  const what = group === undefined ? `pods-${letter}` : `${group}-${letter}`;
  return {
    ...nodeSubnet(letter, 0),
    subnetId: `subnet-${what}`,
    cidrBlock,
    freeAddresses: 2 ** (32 - Number(cidrBlock.split("/")[1])) - 5,
    tags: {
      Name: `small-pods-us-west-2${letter}`,
      "eks-pod-network.io/cluster": "small",
      ...(group !== undefined && { "eks-pod-network.io/pod-group": group }),
    },
  };
}

/** A managed node group of m5.large in some zones of the small cluster. */
export function nodeGroup(
  nodeGroupName: string,
  letters: string,
  more: Partial<NodeGroupFacts> = {},
): NodeGroupFacts {
  return {
    nodeGroupName,
    subnetIds: letters.split("").map((letter) => `subnet-node-${letter}`),
    instanceTypes: ["m5.large"],
    amiType: "AL2023_x86_64_STANDARD",
    capacityType: "ON_DEMAND",
    diskSize: 20,
    labels: { workload: nodeGroupName },
    taints: [],
    nodeRoleArn: "arn:aws:iam::123456789012:role/small-node",
    tags: {},
    minSize: 3,
    maxSize: 6,
    desiredSize: 3,
    ...more,
  };
}

/** A running instance in a node subnet of the small cluster. */
export function instance(
  instanceId: string,
  letter: string,
  securityGroupIds = ["sg-cluster"],
): InstanceFacts {
  return {
    instanceId,
    subnetId: `subnet-node-${letter}`,
    availabilityZone: `us-west-2${letter}`,
    securityGroupIds,
  };
}

/** The route table of a zone's nodes: with a NAT gateway. */
export function routeTable(letter: string) {
  return { routeTableId: `rtb-${letter}`, isMain: false, hasNatRoute: true, hasInternetGatewayRoute: false };
}

const VPC_CNI = {
  version: "v1.23.1-eksbuild.1",
  configurationValues: '{"env":{"WARM_ENI_TARGET":"1","AWS_VPC_K8S_CNI_LOGLEVEL":"INFO"}}',
  podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: "arn:aws:iam::123456789012:role/cni" }],
  tags: { team: "platform" },
};

/** A cluster of three zones before anything is done to it: two managed groups, a tuned CNI. */
export const smallCluster: ClusterFacts = {
  clusterName: "small",
  region: "us-west-2",
  vpcId: "vpc-1",
  version: "1.36",
  cidrBlocks: [{ cidrBlock: "10.8.0.0/16", associationId: "vpc-cidr-assoc-primary", state: "associated" }],
  routes: ["10.8.0.0/16", "0.0.0.0/0"],
  routeTables: [
    routeTable("a"),
    routeTable("b"),
    routeTable("c"),
    { routeTableId: "rtb-main", isMain: true, hasNatRoute: false, hasInternetGatewayRoute: false },
  ],
  peers: [],
  serviceCidrBlock: "172.20.0.0/16",
  clusterSecurityGroupId: "sg-cluster",
  subnets: [nodeSubnet("a", 0), nodeSubnet("b", 16), nodeSubnet("c", 32)],
  nodeGroups: [nodeGroup("batch", "abc"), nodeGroup("general", "abc")],
  scalingGroups: [],
  nodeClasses: [],
  instances: [instance("i-a", "a"), instance("i-b", "b"), instance("i-c", "c")],
  vpcCni: VPC_CNI,
};

/** The same cluster after its pod network was brought up, before any pod is in it. */
export const smallClusterAfter: ClusterFacts = {
  ...smallCluster,
  cidrBlocks: [
    ...smallCluster.cidrBlocks,
    { cidrBlock: "100.64.0.0/16", associationId: "vpc-cidr-assoc-pods", state: "associated" },
  ],
  subnets: [
    ...smallCluster.subnets,
    podSubnet("a", "100.64.0.0/19"),
    podSubnet("b", "100.64.32.0/19"),
    podSubnet("c", "100.64.64.0/19"),
  ],
  vpcCni: {
    ...VPC_CNI,
    configurationValues:
      '{"env":{"WARM_ENI_TARGET":"1","AWS_VPC_K8S_CNI_LOGLEVEL":"INFO","AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true","ENI_CONFIG_LABEL_DEF":"topology.kubernetes.io/zone"}}',
  },
};
