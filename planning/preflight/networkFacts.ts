import type { CidrBlock } from "../cidrBlock";
import type { RouteTableFacts } from "../podNetwork/clusterFacts";
import type { Traffic } from "./traffic";

/** A network interface of the VPC, whoever has it. */
export interface InterfaceFacts {
  readonly eniId: string;
  /** What it belongs to, as people know it: its description, or the instance's id. */
  readonly of: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  /** Its IPv4 addresses, the primary one among them; not those of prefixes. */
  readonly addresses: readonly string[];
}

/** Where a route leads. */
export type RouteTarget =
  "local" | "internetGateway" | "natGateway" | "peering" | "transitGateway" | "virtualGateway" | "other";

/** An IPv4 route, one that is in force or one whose target is gone (`blackhole`). */
export interface RouteFacts {
  readonly destination: CidrBlock;
  readonly target: RouteTarget;
  /** The id of what it leads to, such as `pcx-0c1d`. */
  readonly targetId: string;
  readonly isBlackhole: boolean;
}

/** A route table of the VPC with its IPv4 routes; those whose destination is a prefix list are resolved. */
export interface RouteTableWithRoutes extends RouteTableFacts {
  readonly routes: readonly RouteFacts[];
}

/** Routes by which another VPC answers over a peering. */
export interface PeerRoutes {
  readonly peeringId: string;
  readonly vpcId: string;
  /** Destinations that the other VPC's route tables lead over the peering; undefined where they can't be seen. */
  readonly destinations: readonly CidrBlock[] | undefined;
}

/** One rule of a security group: who may send to it, or whom it may send to. */
export interface SecurityGroupRuleFacts {
  readonly ruleId: string;
  readonly direction: "ingress" | "egress";
  readonly traffic: Traffic;
  /** The other side, of which a rule names one: blocks (of a prefix list all of them) or a security group. */
  readonly blocks: readonly CidrBlock[];
  /** Set where the blocks are those of a prefix list. */
  readonly prefixListId?: string;
  readonly groupId?: string;
}

/** A security group of the VPC. */
export interface SecurityGroupFacts {
  readonly groupId: string;
  readonly name: string;
  readonly rules: readonly SecurityGroupRuleFacts[];
}

/** One entry of a network ACL; they are asked by their numbers, and the first that matches decides. */
export interface NetworkAclEntryFacts {
  readonly number: number;
  readonly direction: "ingress" | "egress";
  readonly allows: boolean;
  readonly traffic: Traffic;
  readonly block: CidrBlock;
}

/** A network ACL of the VPC. */
export interface NetworkAclFacts {
  readonly networkAclId: string;
  /** Whether subnets that are made have it. */
  readonly isDefault: boolean;
  readonly subnetIds: readonly string[];
  readonly entries: readonly NetworkAclEntryFacts[];
}

/** A block that a NetworkPolicy admits. */
export interface IpBlockFacts {
  readonly direction: "ingress" | "egress";
  readonly cidr: string;
  /** Parts of it that are not admitted. */
  readonly except: readonly string[];
}

/** A NetworkPolicy, as far as it goes by addresses. */
export interface NetworkPolicyFacts {
  readonly namespace: string;
  readonly name: string;
  readonly ipBlocks: readonly IpBlockFacts[];
}
