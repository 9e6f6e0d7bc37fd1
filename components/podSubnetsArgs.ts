import type * as pulumi from "@pulumi/pulumi";
import type { PodEgress } from "../planning/podNetwork/podSubnetsRequest";

/** Arguments of `PodSubnets`. */
export interface PodSubnetsArgs {
  readonly clusterName: string;
  /** @default the VPC that vpcName names, else that of the cluster */
  readonly vpcId?: pulumi.Input<string>;
  /** The Name tag of the VPC, in place of vpcId. */
  readonly vpcName?: string;
  /** The subnets. Plain, because each is a resource. */
  readonly subnets: PodSubnet[];
  /** How pods leave the VPC, where a subnet names no route table. @default nodes */
  readonly egress?: PodEgress;
  /**
   * By zone, the public subnets for NAT gateways. With singleNat, the one of the first zone by name is taken.
   *
   * @default found by their route to an internet gateway
   */
  readonly publicSubnetIds?: Record<string, pulumi.Input<string>>;
  /**
   * Whether pods leave their nodes with their own addresses (AWS_VPC_K8S_CNI_EXTERNALSNAT), for which there has to be a
   * NAT on their way: its absence is warned of.
   *
   * @default as the add-on vpc-cni is set; off without one
   */
  readonly externalSnat?: boolean;
  /** Further tags, of everything that is made. @default none */
  readonly tags?: Record<string, pulumi.Input<string>>;
  /**
   * Whether the CNI's subnet discovery is to find the subnets (tag kubernetes.io/role/cni). It then gives nodes that
   * have no ENIConfig addresses of them too.
   *
   * @default false
   */
  readonly cniRoleTag?: boolean;
  /**
   * Whether to keep whole /28 blocks for prefix delegation, so that single addresses never break them up: a sixteenth
   * of each subnet, at its start, stays for those. The subnets have to be /26 or larger.
   *
   * @default false
   */
  readonly prefixReservations?: boolean;
  /** Runs pods on Fargate in the subnets. @default none */
  readonly fargateProfile?: PodFargateProfile;
}

/** A subnet for the pods of one zone. */
export interface PodSubnet {
  /** The zone's name, such as `us-west-2a`, or `us-west-2-lax-1a` of a Local Zone. */
  readonly availabilityZone: string;
  readonly cidrBlock: pulumi.Input<string>;
  /** Tells several subnets of a zone apart; nodes choose one by an ENIConfig of the group. @default the zone's own */
  readonly group?: string;
  /** @default as `egress` says */
  readonly routeTableId?: pulumi.Input<string>;
  /**
   * The id of a subnet that exists, made by others, and is taken over. Stays once it is given. The subnet keeps the
   * routes that it has unless `routeTableId` is given, and of its tags those that are given here.
   */
  readonly adopt?: string;
}

/** A Fargate profile whose pods are in the pod subnets. */
export interface PodFargateProfile {
  /** A profile can't be changed: subnets of zones added later are in it from the next name on. */
  readonly name: string;
  readonly podExecutionRoleArn: pulumi.Input<string>;
  /** At most 5. */
  readonly selectors: PodFargateSelector[];
}

/** Which pods run on Fargate. */
export interface PodFargateSelector {
  readonly namespace: string;
  /** Labels that a pod has to have. @default any */
  readonly labels?: Record<string, string>;
}

/** A pod subnet that is there, with its routes. */
export interface PodSubnetInfo {
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly cidrBlock: string;
  readonly group?: string;
}
