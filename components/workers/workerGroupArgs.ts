import type * as pulumi from "@pulumi/pulumi";

/** Who makes and ends the nodes of a worker group. */
export const WorkerKind = {
  /** An EKS managed node group in each zone. */
  managed: "managed",
  /** An EC2 Auto Scaling group in each zone. */
  autoScaling: "autoScaling",
} as const;
export type WorkerKind = (typeof WorkerKind)[keyof typeof WorkerKind];

/** Operating systems of which an image of one's own can be. */
export const WorkerOsFamily = {
  /** Amazon Linux 2023. */
  al2023: "al2023",
  bottlerocket: "bottlerocket",
} as const;
export type WorkerOsFamily = (typeof WorkerOsFamily)[keyof typeof WorkerOsFamily];

/** Arguments of `WorkerGroup`. */
export interface WorkerGroupArgs extends WorkerSettings {
  readonly clusterName: string;
  /** What the groups are called, before the zone: `workers` becomes `workers-us-west-2a`. */
  readonly groupName: string;
  /**
   * Where the nodes go; each zone is a group of its own.
   *
   * @default with `like` the zones and subnets of that group
   */
  readonly zones?: WorkerGroupZone[];
}

/** What workers are to be. Plain is what decides which resources there are, or is held against other things. */
export interface WorkerSettings {
  /** @default managed */
  readonly kind?: WorkerKind;
  /**
   * A managed node group of the cluster, from which is copied what is not given: instance types, image type, capacity
   * type, disk, role, labels, taints, tags, zones and the most nodes. Labels, taints and tags that are given are added
   * to the copied ones, and win over them. Image types of Amazon Linux 2 become those of Amazon Linux 2023.
   *
   * It is copied when a group is made. From then on the groups go on from what they have themselves, so the copied one
   * may change and go. For the same reason a label, a taint or a tag that was given stays when it is given no more; take
   * it from the group itself as well. Auto Scaling groups copy no role and no image.
   *
   * @default nothing is copied
   */
  readonly like?: string;
  /** All of one architecture. @default those of `like` */
  readonly instanceTypes?: string[];
  /**
   * An image type of AL2023 or Bottlerocket, for which EKS writes user data and computes max pods.
   *
   * @default that of `like`; else AL2023_x86_64_STANDARD or AL2023_ARM_64_STANDARD, as the instance types want it
   */
  readonly amiType?: string;
  /** An image of one's own, to which `osFamily` belongs. Needed for `autoScaling`. @default EKS chooses by `amiType` */
  readonly imageId?: pulumi.Input<string>;
  /** The operating system of `imageId`; decides how its nodes are told to join. */
  readonly osFamily?: WorkerOsFamily;
  /** ON_DEMAND, SPOT or, for managed groups, CAPACITY_BLOCK. @default that of `like`, else AWS's: ON_DEMAND */
  readonly capacityType?: string;
  /** In GiB. @default that of `like`, else EKS's or the image's */
  readonly diskSize?: number;
  /** The role of a managed group's nodes. @default that of `like` */
  readonly nodeRoleArn?: pulumi.Input<string>;
  /** The instance profile of an Auto Scaling group's nodes, whose role the cluster admits. */
  readonly instanceProfileArn?: pulumi.Input<string>;
  /**
   * Security groups of the nodes, in the place of the cluster's, which is to be named too where it is meant.
   *
   * @default the cluster's
   */
  readonly securityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Nodes at the least in each zone. A group below it is raised to it. @default 0 */
  readonly minSize?: number;
  /** Nodes at the most in each zone. @default that of `like`, for each zone */
  readonly maxSize?: number;
  /** Labels of the nodes. @default those of `like` */
  readonly labels?: Record<string, string>;
  /** Taints of the nodes. @default those of `like` */
  readonly taints?: WorkerGroupTaint[];
  /** Tags of the groups; an Auto Scaling group hands them to its nodes. @default those of `like` */
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * A named group of ENIConfigs: nodes are labelled vpc.amazonaws.com/externalEniConfig with it and their zone, such as
   * `batch-us-west-2a`. CNI 1.11.0 or newer.
   *
   * @default the ENIConfig of the zone
   */
  readonly eniConfig?: string;
  /**
   * Pods at the most on a node with an image of one's own. Elsewhere EKS computes it, and wins.
   *
   * @default what the smallest of the instance types can carry under custom networking
   */
  readonly maxPods?: number;
  /** Whether aws-node has ENABLE_PREFIX_DELEGATION, for max pods. @default false */
  readonly prefixDelegation?: boolean;
  /** MAX_ENI of aws-node, for max pods. @default as many ENIs as the type takes */
  readonly maxEni?: number;
}

/** A zone of a worker group. */
export interface WorkerGroupZone {
  /** Such as `us-west-2a`. */
  readonly availabilityZone: string;
  /** Subnets of the zone for the nodes themselves, which are not those of pods. A group keeps those it was made with. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether the zone's group exists, made by others, and is taken over; what is not given stays as it is. Stays once it
   * is given.
   *
   * @default false
   */
  readonly adopt?: boolean;
}

/** A taint of nodes. */
export interface WorkerGroupTaint {
  readonly key: string;
  /** @default "" */
  readonly value?: string;
  /** NoSchedule, PreferNoSchedule or NoExecute. */
  readonly effect: string;
}

/** A group of nodes of a worker group. */
export interface WorkerNodeGroup {
  /** Of the managed node group or the Auto Scaling group. */
  readonly nodeGroupName: string;
  readonly kind: WorkerKind;
  readonly availabilityZone: string;
  readonly maxSize: number;
}
