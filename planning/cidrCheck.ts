import { readCidr, type CidrBlock } from "./cidrBlock";
import { proposeBlocks } from "./cidrProposals";
import { isPool } from "./cidrRestrictions";
import { findingsOn, type CidrRule, type Finding } from "./cidrRules";
import { InvalidInputError, throwIfAny } from "./problem";
import { notABlock, readVpc, type VpcAddressing } from "./vpcAddressing";

/** A rule that a block breaks, or a matter to know about. */
export interface CidrFinding {
  readonly rule: CidrRule;
  readonly reason: string;
  readonly fix: string;
  /** What it conflicts with, as a block, where it is one. */
  readonly conflictsWith?: string;
}

/** Whether a block may be associated with a VPC. */
export interface CidrCheck {
  readonly ok: boolean;
  /** Everything that forbids it. */
  readonly problems: readonly CidrFinding[];
  /** What AWS allows and a person may still not want. */
  readonly warnings: readonly CidrFinding[];
  /** Free blocks to take instead, best first; none when the block is all right. */
  readonly proposals: readonly string[];
}

/**
 * Says whether a block may be associated with a VPC, by every rule of AWS and by what a cluster needs besides.
 *
 * Rules: VPC user guide, "VPC CIDR blocks" (size, overlap, restriction table, routes, peering, Direct Connect,
 * quota); the service range and other clusters' blocks are compared because nobody else does it after the cluster
 * was created.
 *
 * @throws InvalidInputError when an input is not an IPv4 block, or the VPC has none.
 */
export function checkCidrBlock(cidr: string, vpc: VpcAddressing): CidrCheck {
  const reading = readCidr(cidr);
  const { read, problems } = readVpc(vpc);
  if (reading.kind === "malformed") throw new InvalidInputError([notABlock("cidr", cidr), ...problems]);
  throwIfAny(problems);

  const block = reading.kind === "block" ? reading.block : reading.enclosing;
  const findings = [
    ...(reading.kind === "hostBits" ? [hostBits(cidr, reading.enclosing)] : []),
    ...findingsOn(block, read),
  ];
  const forbidden = findings.filter(({ severity }) => severity === "problem");
  const proposals =
    forbidden.length > 0 ? proposeBlocks(read, block.prefixLength, isPool(block) ? block : undefined) : [];
  const present = (finding: Finding): CidrFinding => {
    const conflict = finding.becauseOf ?? finding.region;
    return {
      rule: finding.rule,
      reason: finding.reason,
      fix: finding.fix ?? useInstead(proposals),
      ...(conflict && { conflictsWith: conflict.cidr }),
    };
  };
  return {
    ok: forbidden.length === 0,
    problems: forbidden.map(present),
    warnings: findings.filter(({ severity }) => severity === "warning").map(present),
    proposals: proposals.map((proposal) => proposal.cidr),
  };
}

/**
 * The best free blocks for a VPC, best first: of 100.64.0.0/10 before anything else, as large as asked for
 * before smaller ones.
 *
 * @param prefixLength the size wanted. @default 16
 * @throws InvalidInputError as `checkCidrBlock` does.
 */
export function proposeCidrBlocks(vpc: VpcAddressing, prefixLength = 16): string[] {
  const { read, problems } = readVpc(vpc);
  throwIfAny(problems);
  return proposeBlocks(read, prefixLength).map((block) => block.cidr);
}

function hostBits(cidr: string, enclosing: CidrBlock): Finding {
  return {
    rule: "host-bits",
    severity: "problem",
    reason: `${cidr} is not on the boundary of a /${enclosing.prefixLength}: it has bits set behind the prefix.`,
    fix: `Write ${enclosing.cidr} if that block is meant; it is never rounded for you.`,
  };
}

function useInstead(proposals: readonly CidrBlock[]): string {
  const best = proposals[0];
  return best === undefined
    ? "No block of 100.64.0.0/10 or of the VPC's own range is free of problems; clear the others first."
    : `Use ${best.cidr}, which is free.`;
}
