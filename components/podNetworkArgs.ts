import type * as pulumi from "@pulumi/pulumi";
import type { CniMode } from "../planning/podNetwork/cniMode";
import type { PodEgress } from "../planning/podNetwork/podSubnetsRequest";
import type { PodFargateProfile, PodSubnetInfo } from "./podSubnetsArgs";
import type { WorkerKind, WorkerSettings } from "./workers/workerGroupArgs";

/** Arguments of `PodNetwork`. Plain, but for what decides nothing: they decide which resources there are. */
export interface PodNetworkArgs {
  /** Of the EKS cluster, which is read. */
  readonly clusterName: string;
  /** The blocks for pods, in the order in which they are used up, such as `100.64.0.0/16`. */
  readonly podCidrs: string[];
  /** Further blocks that none of them may overlap, such as those of networks on premises. @default none */
  readonly avoid?: string[];
  /**
   * How many IPv4 blocks the VPC may have, the primary included: the quota L-83CA0A9D, where it was raised.
   *
   * @default 5, what AWS starts with
   */
  readonly cidrBlocksPerVpc?: number;
  /** Size of a pod subnet that is yet to be made, as a prefix length. @default 19, which is 8,187 usable addresses */
  readonly subnetPrefixLength?: number;
  /**
   * The zones in which pods have subnets. Each zone with running nodes has to be among them.
   *
   * @default where the cluster has nodes or groups of them, and where a pod subnet of this network is
   */
  readonly zones?: string[];
  /** EC2NodeClasses of Karpenter by name, whose subnets are those of nodes too. @default none */
  readonly ec2NodeClasses?: string[];
  /** Named groups of nodes whose pods have subnets and security groups of their own. @default none */
  readonly podGroups?: PodGroup[];
  /** Security groups of pods that are in no named group. @default those that their nodes carry */
  readonly securityGroupIds?: string[];
  /** How pods leave the VPC. @default nodes: as the nodes of their zone do */
  readonly egress?: PodEgress;
  /** By zone, the route table of its pod subnets. @default as `egress` says */
  readonly routeTableIds?: Record<string, string>;
  /** By zone, the public subnet for its NAT gateway. @default found by its route to an internet gateway */
  readonly publicSubnetIds?: Record<string, pulumi.Input<string>>;
  /** Further tags of the pod subnets and of what they need. @default none */
  readonly tags?: Record<string, pulumi.Input<string>>;
  /** Whether the CNI's subnet discovery is to find the pod subnets. @default false */
  readonly cniRoleTag?: boolean;
  /** Whether to keep whole /28 blocks of the pod subnets for prefix delegation. @default false */
  readonly prefixReservations?: boolean;
  /** Runs pods on Fargate in the pod subnets. @default none */
  readonly fargateProfile?: PodFargateProfile;
  /** How aws-node is installed and set, beside what the pod network sets. @default as it is */
  readonly cni?: PodNetworkCni;
  /** New workers, in every zone that has nodes. @default none */
  readonly workerGroups?: PodNetworkWorkerGroup[];
  /** What exists, made by others, and is taken over. Stays once it is given. @default nothing but the add-on vpc-cni */
  readonly adopt?: PodNetworkAdoption;
  /**
   * What is done although it would strand running pods: `zone-without-eniconfig` (nodes run in a zone that is left out),
   * `pod-subnet-in-use` (one goes or is replaced), `custom-networking-off`. @default nothing
   */
  readonly force?: string[];
}

/** Nodes whose pods have subnets of their own, chosen by the node label vpc.amazonaws.com/externalEniConfig. */
export interface PodGroup {
  /** What its ENIConfigs are called, before the zone: `batch` becomes `batch-us-west-2a`. */
  readonly name: string;
  /** @default all zones of the pod network */
  readonly zones?: string[];
  /** @default those of the pods in no group */
  readonly securityGroupIds?: string[];
  /** @default that of the pod network */
  readonly subnetPrefixLength?: number;
}

/** How aws-node is installed and set. */
export interface PodNetworkCni {
  /** @default as the cluster has it */
  readonly mode?: CniMode;
  /** Whether the add-on that the cluster has is taken over; see `VpcCni`. @default true */
  readonly adopt?: boolean;
  /** Variables of aws-node, such as `WARM_IP_TARGET`. @default none */
  readonly env?: Record<string, string>;
  /** Variables of its init container. @default none */
  readonly initEnv?: Record<string, string>;
  /** Such as `v1.23.1-eksbuild.1`. @default as it is */
  readonly addOnVersion?: string;
  /** Whether the definition of ENIConfig is made here, for a self-managed CNI that has none. @default false */
  readonly installCrd?: boolean;
}

/** New workers that take the place of old ones. */
export interface PodNetworkWorkerGroup extends WorkerSettings {
  /** What the groups are called, before the zone: `workers` becomes `workers-us-west-2a`. */
  readonly name: string;
  /** The groups whose nodes these take the place of, managed or Auto Scaling ones. */
  readonly replaces: string[];
}

/** What exists, made by others, and is taken over. */
export interface PodNetworkAdoption {
  /** Blocks of `podCidrs` that the VPC has. @default none */
  readonly cidrBlocks?: string[];
  /** Ids of subnets that become the pod subnets of their zones. @default none */
  readonly podSubnets?: string[];
  /** Names of ENIConfigs. @default none */
  readonly eniConfigs?: string[];
  /** Names of managed node groups that `workerGroups` would make. @default none */
  readonly nodeGroups?: string[];
}

/** A pod network, with everything that moving the pods to it needs to know. */
export interface PodNetworkSummary {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  /** The blocks for pods. */
  readonly podCidrs: string[];
  readonly podSubnets: PodSubnetInfo[];
  /** Names of the ENIConfigs. */
  readonly eniConfigs: string[];
  readonly cni: PodNetworkCniSummary;
  readonly workerGroups: PodNetworkNodeGroup[];
}

/** How aws-node is installed. */
export interface PodNetworkCniSummary {
  readonly mode: CniMode;
}

/** A group with new workers. */
export interface PodNetworkNodeGroup {
  /** Of the worker group that it belongs to. */
  readonly name: string;
  readonly kind: WorkerKind;
  /** Of the managed node group or the Auto Scaling group. */
  readonly nodeGroupName: string;
  readonly availabilityZone: string;
  /** The groups that it takes the place of, together with the others of its worker group. */
  readonly replaces: string[];
  readonly maxSize: number;
}
