import { type AddressPlanRequest } from "./addressPlanRequest";
import { blockAt, contains, overlaps, readCidr, SMALLEST_BLOCK, type CidrBlock } from "./cidrBlock";
import { checkCidrBlock } from "./cidrCheck";
import { quotaFindings } from "./cidrRules";
import { type Problem } from "./problem";
import { notABlock } from "./vpcAddressing";

/** A pod block. One that IPAM has yet to provide is planned as if it began at address 0. */
export interface PodBlock {
  readonly block: CidrBlock;
  readonly known: boolean;
}

/** A subnet whose place is settled before anything is planned. */
export interface SettledSubnet {
  readonly availabilityZone: string;
  /** The index of its pod block. */
  readonly podBlock: number;
  readonly block: CidrBlock;
  /** `adopted`: it exists. `assigned`: chosen by hand. */
  readonly origin: "adopted" | "assigned";
  readonly subnetId?: string;
}

/** What a request settles, and what is wrong with it. */
export interface Settlement {
  readonly podBlocks: readonly PodBlock[];
  /** Every subnet in a pod block that exists, of zones that are not in the plan as well. */
  readonly existing: readonly SettledSubnet[];
  /** What was chosen by hand and does not exist yet. */
  readonly assigned: readonly SettledSubnet[];
  readonly problems: readonly Problem[];
}

/** Reads pod blocks, existing subnets and assignments, and holds them against the VPC and each other. */
export function settle(request: AddressPlanRequest): Settlement {
  const problems: Problem[] = [];
  const podBlocks = readPodBlocks(request, problems);
  if (problems.length > 0) return { podBlocks, existing: [], assigned: [], problems };
  const existing = readExisting(request, podBlocks, problems);
  const assigned = readAssigned(request, podBlocks, existing, problems);
  return { podBlocks, existing, assigned, problems };
}

function readPodBlocks({ vpc, podBlocks }: AddressPlanRequest, problems: Problem[]): PodBlock[] {
  const read: PodBlock[] = [];
  const addedBefore: string[] = [];
  let blocksOfVpc = vpc.cidrBlocks.length;
  podBlocks.forEach((podBlock, index) => {
    const path = `podBlocks[${index}]`;
    const add = (found: Pick<Problem, "reason" | "fix">) => {
      problems.push({ path, reason: found.reason, fix: found.fix });
    };
    const isNew = typeof podBlock !== "string" || !vpc.cidrBlocks.includes(podBlock);
    if (isNew) {
      quotaFindings(blocksOfVpc, vpc.quotas?.cidrBlocksPerVpc).forEach(add);
      blocksOfVpc += 1;
    }
    if (typeof podBlock !== "string") {
      read.push({ block: blockAt(0, podBlock.netmaskLength), known: false });
      return;
    }
    const reading = readCidr(podBlock);
    if (reading.kind !== "block") {
      add(notABlock(path, podBlock));
      return;
    }
    const { block } = reading;
    const twin = read.findIndex((other) => other.known && overlaps(other.block, block));
    if (twin >= 0) {
      add({
        reason: `${podBlock} overlaps ${read[twin]?.block.cidr ?? ""}, which was given before it.`,
        fix: "Leave one of them out.",
      });
    } else if (isNew) {
      const check = checkCidrBlock(podBlock, { ...vpc, cidrBlocks: [...vpc.cidrBlocks, ...addedBefore] });
      // The quota was counted above, together with the blocks that IPAM will provide.
      check.problems.filter(({ rule }) => rule !== "cidr-quota").forEach(add);
      // Beside one that is refused, nothing can be said of the next.
      if (check.problems.every(({ rule }) => rule === "cidr-quota")) addedBefore.push(podBlock);
    }
    read.push({ block, known: true });
  });
  return read;
}

function readExisting(
  { existing = [] }: AddressPlanRequest,
  podBlocks: readonly PodBlock[],
  problems: Problem[],
): SettledSubnet[] {
  const settled: SettledSubnet[] = [];
  existing.forEach(({ availabilityZone, cidr, subnetId }, index) => {
    const path = `existing[${index}].cidr`;
    const reading = readCidr(cidr);
    if (reading.kind !== "block") {
      problems.push(notABlock(path, cidr));
      return;
    }
    const { block } = reading;
    const podBlock = podBlocks.findIndex((of) => of.known && overlaps(of.block, block));
    const around = podBlocks[podBlock]?.block;
    // The list may hold all subnets of the VPC; those of its other blocks are none of ours.
    if (around === undefined) return;
    const twin = settled.find((other) => overlaps(other.block, block));
    const impossible = !contains(around, block)
      ? `is larger than the pod block ${around.cidr}: no VPC can have both`
      : twin
        ? `overlaps ${twin.block.cidr}, which is in the list too: no VPC can have both`
        : block.prefixLength > SMALLEST_BLOCK
          ? "is smaller than a /28, the smallest subnet there is"
          : undefined;
    if (impossible !== undefined) {
      problems.push({
        path,
        reason: `${cidr} ${impossible}.`,
        fix: "Correct the list; aws ec2 describe-subnets --output json gives it as it is.",
      });
      return;
    }
    const id = subnetId === undefined ? {} : { subnetId };
    settled.push({ availabilityZone, podBlock, block, origin: "adopted", ...id });
  });
  return settled;
}

function readAssigned(
  { zones }: AddressPlanRequest,
  podBlocks: readonly PodBlock[],
  existing: readonly SettledSubnet[],
  problems: Problem[],
): SettledSubnet[] {
  const assigned: SettledSubnet[] = [];
  zones.forEach(({ availabilityZone, cidrs = [] }, zoneIndex) => {
    cidrs.forEach((cidr, index) => {
      const path = `zones[${zoneIndex}].cidrs[${index}]`;
      const reading = readCidr(cidr);
      if (reading.kind !== "block") {
        problems.push(notABlock(path, cidr));
        return;
      }
      const { block } = reading;
      const sameSubnet = existing.find(
        (other) => other.block.cidr === cidr && other.availabilityZone === availabilityZone,
      );
      if (sameSubnet !== undefined) return;

      const podBlock = podBlocks.findIndex((of) => of.known && contains(of.block, block));
      if (podBlock < 0) {
        const known = podBlocks.flatMap((of) => (of.known ? [of.block.cidr] : []));
        problems.push({
          path,
          reason: `${cidr} is in none of the pod blocks (${known.join(", ") || "none is known yet"}).`,
          fix: "Choose a block inside one of them, or leave it out to have one chosen.",
        });
      }
      if (block.prefixLength > SMALLEST_BLOCK) {
        problems.push({
          path,
          reason: `${cidr} is too small: a subnet is /16 to /28.`,
          fix: "Choose a larger block.",
        });
      }
      const twin = [...existing, ...assigned].find((other) => overlaps(other.block, block));
      if (twin !== undefined) {
        problems.push({
          path,
          reason: `${cidr} overlaps ${twin.block.cidr} of ${twin.availabilityZone} (${twin.origin === "adopted" ? "exists" : "assigned too"}).`,
          fix: "Choose a free block, or leave it out to have one chosen.",
        });
      }
      if (podBlock >= 0) assigned.push({ availabilityZone, podBlock, block, origin: "assigned" });
    });
  });
  return assigned;
}
