/**
 * Plain facts about an existing cluster and its VPC, as AWS answers them today.
 *
 * Arrays are mutable and objects are named because these types are also arguments of Pulumi components, whose schema
 * knows neither read-only arrays nor inline objects.
 */
export interface ClusterFacts {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  /** IPv4 blocks of the VPC, the primary first. */
  readonly cidrBlocks: VpcBlockFacts[];
  /** IPv4 destinations of the routes in the VPC's route tables. */
  readonly routes: string[];
  /** `kubernetesNetworkConfig.serviceIpv4Cidr`; nothing for an IPv6 cluster. */
  readonly serviceCidrBlock?: string;
  /** The security group that EKS made for the cluster; nodes of managed groups have it. */
  readonly clusterSecurityGroupId: string;
  /** All subnets of the VPC, by their ids. */
  readonly subnets: SubnetFacts[];
  /** All managed node groups of the cluster, by their names. */
  readonly nodeGroups: NodeGroupFacts[];
  /** The managed add-on vpc-cni. */
  readonly vpcCni: VpcCniFacts;
}

/** An IPv4 block that is associated with the VPC. */
export interface VpcBlockFacts {
  readonly cidrBlock: string;
  readonly associationId: string;
}

/** A subnet of the VPC. */
export interface SubnetFacts {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  /** The route table that is in force: the one associated with it, else the VPC's main one. */
  readonly routeTableId: string;
  readonly tags: Record<string, string>;
}

/** A managed node group. */
export interface NodeGroupFacts {
  readonly nodeGroupName: string;
  readonly subnetIds: string[];
  readonly tags: Record<string, string>;
  /** How many nodes a group of ours wants at this moment; left out of those of others. */
  readonly desiredSize?: number;
}

/** The managed add-on vpc-cni; what is not known here would be lost when the add-on is taken over. */
export interface VpcCniFacts {
  /** Such as `v1.23.1-eksbuild.1`. */
  readonly version: string;
  /** The string that EKS has; empty when nothing was configured. */
  readonly configurationValues: string;
  /** The role of the service account aws-node (IRSA), where it has one. */
  readonly serviceAccountRoleArn?: string;
  readonly podIdentityAssociations: PodIdentityFacts[];
  readonly tags: Record<string, string>;
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

/** Whether something carries our tag for this cluster. */
export function isOurs(
  { tags }: { readonly tags: Readonly<Record<string, string>> },
  clusterName: string,
): boolean {
  return tags[CLUSTER_TAG] === clusterName;
}
