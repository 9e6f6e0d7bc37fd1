import type { Env } from "../awsNode/env";
import type { TaintFacts } from "./clusterFacts";
import type { PodEgress } from "./podSubnetsRequest";

/** What is wanted of a pod network, as far as planning looks at it. */
export interface PodNetworkRequest {
  /** The blocks for pods, in the order in which they are used up. */
  readonly podCidrs: readonly string[];
  /** Size of a pod subnet. @default 19, which is 8,187 usable addresses */
  readonly subnetPrefixLength?: number;
  /** IPv4 blocks that the VPC may have, the primary included. @default 5, what AWS starts with */
  readonly cidrBlocksPerVpc?: number;
  /** @default where nodes are, and where pod subnets of ours are */
  readonly zones?: readonly string[];
  /** @default none */
  readonly podGroups?: readonly PodGroupRequest[];
  /** Of the zones' ENIConfigs. @default those that the nodes carry */
  readonly securityGroupIds?: readonly string[];
  /** How pods leave the VPC. @default nodes */
  readonly egress?: PodEgress;
  /** Route tables by zone. @default those of the nodes */
  readonly routeTableIds?: Readonly<Record<string, string>>;
  /** Whether pod subnets have reservations for prefixes. @default false */
  readonly prefixReservations?: boolean;
  readonly cni?: CniRequest;
  /** @default none */
  readonly workerGroups?: readonly WorkerGroupRequest[];
  /** @default nothing */
  readonly adopt?: AdoptionRequest;
  /** @default none */
  readonly force?: readonly string[];
}

/** A named group of nodes whose pods have subnets of their own. */
export interface PodGroupRequest {
  readonly name: string;
  /** @default all */
  readonly zones?: readonly string[];
  readonly securityGroupIds?: readonly string[];
  readonly subnetPrefixLength?: number;
}

/** Settings of aws-node beside those of the pod network. */
export interface CniRequest {
  /** The version that the add-on is to have. @default the one that it has */
  readonly addOnVersion?: string;
  readonly env?: Env;
  readonly initEnv?: Env;
}

/** A group of new workers, as far as planning looks at it. */
export interface WorkerGroupRequest {
  readonly name: string;
  /** Names of the groups that it takes the place of. */
  readonly replaces: readonly string[];
  /** The managed node group that is copied. */
  readonly like?: string;
  readonly instanceTypes?: readonly string[];
  /** Nodes at the most in each zone. @default that of `like` */
  readonly maxSize?: number;
  /** Of the nodes, besides those of `like`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Of the nodes, besides those of `like`. */
  readonly taints?: readonly TaintFacts[];
  /** The named group whose ENIConfigs its nodes take. */
  readonly eniConfig?: string;
}

/** What exists already, made by others, and is taken over. */
export interface AdoptionRequest {
  readonly cidrBlocks?: readonly string[];
  readonly podSubnets?: readonly string[];
  readonly eniConfigs?: readonly string[];
  readonly nodeGroups?: readonly string[];
}

/** What is refused because it would strand running pods, by the names that force it. */
export const FORCE = {
  /** Leave a zone in which nodes run without an ENIConfig. */
  ZoneWithoutEniConfig: "zone-without-eniconfig",
  /** Take a pod subnet away, or replace it, while it is in use. */
  PodSubnetInUse: "pod-subnet-in-use",
  /** Turn custom networking off while nodes have pods in pod subnets. */
  CustomNetworkingOff: "custom-networking-off",
} as const;
