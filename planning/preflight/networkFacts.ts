import type { CidrBlock } from "../cidrBlock";
import type { Traffic } from "./traffic";

/** A network interface of the VPC, whoever has it. */
export interface InterfaceFacts {
  readonly eniId: string;
  /** What it belongs to, as people know it: its description, or the instance's id. */
  readonly of: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
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
