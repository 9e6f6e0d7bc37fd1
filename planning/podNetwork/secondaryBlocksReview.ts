import { checkCidrBlock } from "../cidrCheck";
import { type Problem } from "../problem";
import { DEFAULT_CIDR_BLOCKS_PER_VPC, type VpcPeering } from "../vpcAddressing";
import type { ClusterFacts, VpcPeerFacts } from "./clusterFacts";
import type { SecondaryBlocksRequest } from "./secondaryBlocks";

/** A VPC as it is, with its primary block first. */
export interface LiveVpc extends Pick<ClusterFacts, "cidrBlocks" | "routes" | "peers"> {
  readonly vpcId: string;
}

/** What the VPC says to the blocks that it is to have. */
export interface SecondaryBlocksReview {
  readonly problems: readonly Problem[];
  /** What AWS allows and a person may still not want. */
  readonly warnings: readonly string[];
  /** The associations to take over, by their blocks. */
  readonly adopted: ReadonlyMap<string, string>;
}

/**
 * Holds blocks of good form against the VPC that is to have them, by every rule of AWS (`checkCidrBlock`).
 *
 * A block that the VPC has already is one of an earlier run, or one to take over, and no conflict. Whether it is to be
 * taken over is never concluded from its being there.
 */
export function reviewSecondaryBlocks(
  { cidrBlocks = [], cidrBlocksPerVpc }: SecondaryBlocksRequest,
  { vpcId, cidrBlocks: live, routes, peers = [] }: LiveVpc,
): SecondaryBlocksReview {
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const adopted = new Map<string, string>();
  const present = live.map((block) => block.cidrBlock);
  const [primary, ...secondary] = live;
  // More blocks than the default are there only after the quota was raised, nobody here knows how far.
  const isRaised = live.length > DEFAULT_CIDR_BLOCKS_PER_VPC;
  const quota = cidrBlocksPerVpc ?? (isRaised ? live.length + cidrBlocks.length : undefined);
  const addedBefore: string[] = [];
  cidrBlocks.forEach(({ cidrBlock: cidr, adopt = false }, index) => {
    const path = `cidrBlocks[${index}].cidrBlock`;
    const there = secondary.find((block) => block.cidrBlock === cidr);
    if (cidr === primary?.cidrBlock) {
      problems.push({
        path,
        reason: `${cidr} is the primary block of ${vpcId}, in which its nodes are.`,
        fix: "Give pods a block of their own, such as 100.64.0.0/16.",
      });
    } else if (adopt && there === undefined) {
      const known = secondary.map((block) => block.cidrBlock).join(", ") || "none";
      problems.push({
        path,
        reason: `${vpcId} has no block ${cidr} that could be taken over (its secondary blocks: ${known}).`,
        fix: "Correct the block, or leave adopt out to have it added.",
      });
    } else if (adopt && there !== undefined) {
      adopted.set(cidr, there.associationId);
    } else if (there === undefined) {
      const check = checkCidrBlock(cidr, {
        cidrBlocks: [...present, ...addedBefore],
        routes,
        peerings: peers.flatMap(peeringOf),
        ...(quota !== undefined && { quotas: { cidrBlocksPerVpc: quota } }),
      });
      for (const { rule, reason, fix } of check.problems) {
        const isQuota = rule === "cidr-quota";
        problems.push({ path, reason, fix: isQuota ? `${fix} Then give it as cidrBlocksPerVpc.` : fix });
      }
      warnings.push(...check.warnings.map(({ reason, fix }) => `${path}: ${reason} ${fix}`));
      // What the VPC has already is counted already.
      if (!check.problems.some(({ rule }) => rule === "vpc-overlap")) addedBefore.push(cidr);
    }
  });
  return { problems, warnings, adopted };
}

/** A peering connection in the words of the check. The blocks of a side that has not accepted are unknown to EC2. */
function peeringOf({ peeringId, status, requester, cidrBlocks }: VpcPeerFacts): VpcPeering[] {
  if (status !== "active" && status !== "pending-acceptance") return [];
  return [
    {
      peeringId,
      status,
      role: requester ? "requester" : "accepter",
      cidrBlocks: cidrBlocks.filter((cidr) => cidr !== ""),
    },
  ];
}
