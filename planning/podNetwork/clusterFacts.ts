/** Plain facts about an existing cluster and its VPC, as AWS and Kubernetes answer them today. */
export interface ClusterFacts {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  /** Of Kubernetes, such as `1.36`. */
  readonly version: string;
  /** IPv4 blocks of the VPC, the primary first. */
  readonly cidrBlocks: readonly VpcBlockFacts[];
  /** IPv4 destinations of the routes in the VPC's route tables. */
  readonly routes: readonly string[];
  /** All route tables of the VPC, by their ids. */
  readonly routeTables: readonly RouteTableFacts[];
  /** Peering connections that are active or pending acceptance. @default none */
  readonly peers?: readonly VpcPeerFacts[];
  /** `kubernetesNetworkConfig.serviceIpv4Cidr`; nothing for an IPv6 cluster. */
  readonly serviceCidrBlock?: string;
  /** The security group that EKS made for the cluster; nodes of managed groups have it unless told otherwise. */
  readonly clusterSecurityGroupId: string;
  /** All subnets of the VPC, by their ids. */
  readonly subnets: readonly SubnetFacts[];
  /** All managed node groups of the cluster, by their names. */
  readonly nodeGroups: readonly NodeGroupFacts[];
  /** Auto Scaling groups of the cluster that no managed node group made, by their names. */
  readonly scalingGroups: readonly ScalingGroupFacts[];
  /** The EC2NodeClasses of Karpenter that were asked for. */
  readonly nodeClasses: readonly NodeClassFacts[];
  /** Running instances of the cluster, by their ids, whoever started them. */
  readonly instances: readonly InstanceFacts[];
  /** The managed add-on vpc-cni; nothing where aws-node is self-managed. */
  readonly vpcCni?: VpcCniFacts;
  /** The DaemonSet aws-node, managed or not; nothing where it is not known. */
  readonly awsNode?: AwsNodeFacts;
}

/** An IPv4 block that is associated with the VPC. */
export interface VpcBlockFacts {
  readonly cidrBlock: string;
  readonly associationId: string;
  /** `associating` or `associated`. */
  readonly state: string;
}

/** A route table of the VPC, as far as it decides how pods leave it. */
export interface RouteTableFacts {
  readonly routeTableId: string;
  /** Whether subnets without a table of their own have it. */
  readonly isMain: boolean;
  /** Whether its default route leads to where source addresses are translated. */
  readonly hasNatRoute: boolean;
  /** Whether its default route leads to an internet gateway: what has it is a public subnet. */
  readonly hasInternetGatewayRoute: boolean;
}

/** A peering connection, seen from the VPC. */
export interface VpcPeerFacts {
  readonly peeringId: string;
  /** `active` or `pending-acceptance`. */
  readonly status: string;
  /** Whether the VPC is the side that asked for it. */
  readonly requester: boolean;
  /** The blocks of the other VPC. */
  readonly cidrBlocks: readonly string[];
}

/** A subnet of the VPC. */
export interface SubnetFacts {
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** Its IPv4 block; empty where it has IPv6 alone. */
  readonly cidrBlock: string;
  /** The route table that is in force: the one associated with it, else the VPC's main one. */
  readonly routeTableId: string;
  /** Of that table; see `RouteTableFacts`. */
  readonly hasNatRoute: boolean;
  /** Of that table; see `RouteTableFacts`. */
  readonly hasInternetGatewayRoute: boolean;
  /** Addresses that nobody has. */
  readonly freeAddresses: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** A managed node group. */
export interface NodeGroupFacts {
  readonly nodeGroupName: string;
  readonly subnetIds: readonly string[];
  /** Empty where its launch template names the type. */
  readonly instanceTypes: readonly string[];
  /** Such as `AL2023_x86_64_STANDARD`; `CUSTOM` where its launch template names the image. */
  readonly amiType: string;
  /** `ON_DEMAND`, `SPOT` or `CAPACITY_BLOCK`. */
  readonly capacityType: string;
  /** In GiB; left out where its launch template says it. */
  readonly diskSize?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly TaintFacts[];
  readonly nodeRoleArn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly minSize: number;
  readonly maxSize: number;
  /** How many nodes it wants at this moment. */
  readonly desiredSize: number;
  readonly launchTemplate?: LaunchTemplateFacts;
}

/** A taint of nodes, in the words of Kubernetes. */
export interface TaintFacts {
  readonly key: string;
  readonly value?: string;
  /** NoSchedule, PreferNoSchedule or NoExecute. */
  readonly effect: string;
}

/** The launch template of a managed node group. */
export interface LaunchTemplateFacts {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** An Auto Scaling group with nodes of the cluster that is not a managed node group's. */
export interface ScalingGroupFacts {
  readonly name: string;
  readonly subnetIds: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** An EC2NodeClass of Karpenter. */
export interface NodeClassFacts {
  readonly name: string;
  /** Those that it has found (`status.subnets`). */
  readonly subnetIds: readonly string[];
}

/** A running instance of the cluster. */
export interface InstanceFacts {
  readonly instanceId: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** Of its primary network interface. */
  readonly securityGroupIds: readonly string[];
}

/** The managed add-on vpc-cni; what is not known here would be lost when the add-on is taken over. */
export interface VpcCniFacts {
  /** Such as `v1.23.1-eksbuild.1`. */
  readonly version: string;
  /** The string that EKS has; empty when nothing was configured. */
  readonly configurationValues: string;
  /** The role of the service account aws-node (IRSA), where it has one. */
  readonly serviceAccountRoleArn?: string;
  readonly podIdentityAssociations: readonly PodIdentityFacts[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The DaemonSet aws-node as it is, whoever set it so. */
export interface AwsNodeFacts {
  /** By the tag of its image; nothing where that is no version. */
  readonly version?: string;
  /** Of the container aws-node. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the init container. */
  readonly initEnv: Readonly<Record<string, string>>;
}

/** The version of the CNI: the add-on's, else that of the DaemonSet; undefined where neither is known. */
export function cniVersionIn({
  vpcCni,
  awsNode,
}: Pick<ClusterFacts, "vpcCni" | "awsNode">): string | undefined {
  return vpcCni?.version ?? awsNode?.version;
}

/** A role that EKS Pod Identity gives to a service account of the add-on. */
export interface PodIdentityFacts {
  readonly serviceAccount: string;
  readonly roleArn: string;
}

/**
 * The tag by which subnets and node groups of ours are recognised; its value is the name of the cluster.
 *
 * Two clusters of one VPC may share a range, so the name counts.
 */
export const CLUSTER_TAG = "eks-pod-network.io/cluster";

/** The tag of a pod subnet of a named group; its value is the name of the group. */
export const POD_GROUP_TAG = "eks-pod-network.io/pod-group";

/** Whether something carries our tag for this cluster. */
export function isOurs(
  { tags }: { readonly tags: Readonly<Record<string, string>> },
  clusterName: string,
): boolean {
  return tags[CLUSTER_TAG] === clusterName;
}
