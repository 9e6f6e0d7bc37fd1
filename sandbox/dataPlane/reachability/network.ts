import type { LabelSelector } from "../../labelSelector";

/** All that decides whether a TCP connection comes about: what EC2 says, and what Kubernetes says. */
export interface NetworkView {
  /** ENIs by every address of theirs: primary, secondary, and those of their prefixes. */
  readonly interfaces: ReadonlyMap<string, InterfaceView>;
  readonly subnets: ReadonlyMap<string, SubnetView>;
  readonly vpcs: ReadonlyMap<string, VpcView>;
  readonly securityGroups: ReadonlyMap<string, SecurityGroupView>;
  /** CIDR blocks of prefix lists. */
  readonly prefixLists: ReadonlyMap<string, readonly string[]>;
  /** The subnets of NAT gateways, and their own private addresses. */
  readonly natGateways: ReadonlyMap<string, { readonly subnetId: string; readonly address: string }>;
  /** Peerings that are active, each with its two VPCs. */
  readonly peerings: ReadonlyMap<string, readonly [string, string]>;
  /** Nodes by the ids of their instances. */
  readonly nodes: ReadonlyMap<string, NodeNetworkView>;
  /** Pods by address, without those on their host's network and without what has ended. */
  readonly pods: ReadonlyMap<string, PodNetworkView>;
  /** Labels of namespaces. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly networkPolicies: readonly NetworkPolicyView[];
}

/** An ENI. */
export interface InterfaceView {
  readonly interfaceId: string;
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
  /** Nothing while it is attached to none. */
  readonly instanceId: string | undefined;
  /** Whether it is the branch ENI of one pod, whose traffic leaves the node in any case. */
  readonly isBranch: boolean;
  /** Whether the internet reaches it, and it the internet, by an internet gateway. */
  readonly hasPublicAddress: boolean;
}

/** A subnet, with the tables that apply to it: its own, or else the VPC's. */
export interface SubnetView {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly routes: readonly RouteView[];
  readonly routeTableId: string;
  readonly acl: NetworkAclView;
}

/** A VPC. */
export interface VpcView {
  /** Associated CIDR blocks, the primary one first. */
  readonly blocks: readonly string[];
}

/** A route of a route table. */
export interface RouteView {
  /** A CIDR block; prefix lists are spelled out. */
  readonly destination: string;
  /** `local`, or the id of a gateway, a peering, an ENI. */
  readonly target: string;
  readonly isBlackhole: boolean;
}

/** A network ACL. */
export interface NetworkAclView {
  readonly aclId: string;
  /** By rule number. */
  readonly ingress: readonly AclRuleView[];
  readonly egress: readonly AclRuleView[];
}

/** A rule of a network ACL about TCP. */
export interface AclRuleView {
  readonly number: number;
  readonly cidr: string;
  readonly ports: PortRange;
  readonly allows: boolean;
}

/** A security group. */
export interface SecurityGroupView {
  readonly groupId: string;
  readonly name: string;
  readonly ingress: readonly GroupRuleView[];
  readonly egress: readonly GroupRuleView[];
}

/** A rule of a security group about TCP. */
export interface GroupRuleView {
  readonly ports: PortRange;
  readonly cidrs: readonly string[];
  /** Ids of groups: whatever ENI has one of them. */
  readonly groups: readonly string[];
  readonly prefixLists: readonly string[];
}

/** From the first port to the last. */
export type PortRange = readonly [number, number];

export const ALL_PORTS: PortRange = [0, 65535];

/** A node, as far as traffic of its pods goes. */
export interface NodeNetworkView {
  /** Its own address, on its primary ENI. */
  readonly address: string;
  /** AWS_VPC_K8S_CNI_EXTERNALSNAT: pods leave the VPC with their own addresses. */
  readonly externalSnat: boolean;
  /** AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS. */
  readonly excludeSnatCidrs: readonly string[];
  /** Whether the CNI's node agent enforces NetworkPolicies there. */
  readonly enforcesNetworkPolicies: boolean;
}

/** A pod with an address of its own. */
export interface PodNetworkView {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Container ports by their names. */
  readonly namedPorts: Readonly<Record<string, number>>;
}

/** A NetworkPolicy. */
export interface NetworkPolicyView {
  readonly namespace: string;
  readonly name: string;
  readonly podSelector: LabelSelector;
  /** Nothing where the policy says nothing about traffic to its pods. */
  readonly ingress: readonly PolicyRule[] | undefined;
  /** Nothing where it says nothing about traffic from them. */
  readonly egress: readonly PolicyRule[] | undefined;
}

/** What a NetworkPolicy admits: any of the peers at any of the ports; all of them where it names none. */
export interface PolicyRule {
  readonly peers: readonly PolicyPeer[];
  readonly ports: readonly PolicyPort[];
}

/** The other end: addresses, or pods. */
export type PolicyPeer =
  | { readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] } }
  | {
      /** Of the policy's own namespace where no namespaceSelector is given. */
      readonly podSelector: LabelSelector | undefined;
      readonly namespaceSelector: LabelSelector | undefined;
    };

/** A TCP port, the range up to `endPort`, or the name of a container port. */
export interface PolicyPort {
  readonly port: number | string | undefined;
  readonly endPort: number | undefined;
}
