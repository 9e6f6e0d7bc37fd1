import { isAwsBlockSize, overlaps, readCidr, type CidrBlock } from "../cidrBlock";
import { isPool, neverAssignableRangeOf } from "../cidrRestrictions";
import { shown, type Problem } from "../problem";
import { notABlock } from "../vpcAddressing";

/** The blocks that a VPC is to have for its pods. */
export interface SecondaryBlocksRequest {
  readonly cidrBlocks?: readonly WantedBlock[];
  readonly ipamBlocks?: readonly WantedIpamBlock[];
  /** Further blocks that none of them may overlap. */
  readonly avoid?: readonly string[];
  /** The applied quota of IPv4 blocks per VPC, the primary included. */
  readonly cidrBlocksPerVpc?: number;
}

/** A block that is given. */
export interface WantedBlock {
  readonly cidrBlock: string;
  /** Whether the VPC has it already, made by others. */
  readonly adopt?: boolean;
}

/** A block that an IPAM pool provides. */
export interface WantedIpamBlock {
  readonly name: string;
  readonly netmaskLength: number;
}

/** What is wrong with blocks that no VPC could have: their form, their size, each other. */
export function secondaryBlockProblems({
  cidrBlocks = [],
  ipamBlocks = [],
  avoid = [],
}: SecondaryBlocksRequest): Problem[] {
  if (cidrBlocks.length + ipamBlocks.length === 0) {
    const reason = "there is no block, neither here nor in ipamBlocks.";
    return [{ path: "cidrBlocks", reason, fix: "Give at least one, such as 100.64.0.0/16." }];
  }
  const problems: Problem[] = [];
  const readAll = (texts: readonly string[], pathOf: (index: number) => string) =>
    texts.map((text, index) => {
      const reading = readCidr(text);
      if (reading.kind === "block") return reading.block;
      problems.push(notABlock(pathOf(index), text));
      return undefined;
    });
  const avoided = readAll(avoid, (index) => `avoid[${index}]`);
  const blocks = readAll(
    cidrBlocks.map((block) => block.cidrBlock),
    (index) => `cidrBlocks[${index}].cidrBlock`,
  );
  blocks.forEach((block, index) => {
    if (block === undefined) return;
    const path = `cidrBlocks[${index}].cidrBlock`;
    problems.push(
      ...sizeProblems(path, block),
      ...overlapProblems(path, block, blocks.slice(0, index), (at) => `cidrBlocks[${at}]`),
      ...overlapProblems(path, block, avoided, (at) => `avoid[${at}]`),
    );
  });
  problems.push(...ipamBlockProblems(ipamBlocks));
  return problems;
}

function sizeProblems(path: string, block: CidrBlock): Problem[] {
  const never = neverAssignableRangeOf(block);
  if (never !== undefined) {
    const reason = `${block.cidr} can't be a block of a VPC: ${never.why}.`;
    return [{ path, reason, fix: "Take a block of 100.64.0.0/10." }];
  }
  if (isAwsBlockSize(block.prefixLength)) return [];
  return [
    {
      path,
      reason: `a VPC takes blocks from /16 to /28, and ${block.cidr} is none.`,
      fix: isPool(block)
        ? "Take one or more /16 blocks of it, such as 100.64.0.0/16."
        : "Take a block of such a size.",
    },
  ];
}

function overlapProblems(
  path: string,
  block: CidrBlock,
  others: readonly (CidrBlock | undefined)[],
  pathOf: (index: number) => string,
): Problem[] {
  return others.flatMap((other, index) =>
    other !== undefined && overlaps(block, other)
      ? [
          {
            path,
            reason: `${block.cidr} overlaps ${other.cidr} (${pathOf(index)}).`,
            fix: "Take another block, or leave one of them out.",
          },
        ]
      : [],
  );
}

function ipamBlockProblems(ipamBlocks: readonly WantedIpamBlock[]): Problem[] {
  const names = ipamBlocks.map(({ name }) => name);
  return ipamBlocks.flatMap(({ name, netmaskLength }, index): Problem[] => {
    const path = `ipamBlocks[${index}]`;
    const problems: Problem[] = [];
    if (name === "" || names.indexOf(name) < index) {
      problems.push({
        path: `${path}.name`,
        reason: name === "" ? "it is empty." : `${shown(name)} is the name of an earlier block too.`,
        fix: "Give each block a name of its own, which it keeps.",
      });
    }
    if (!isAwsBlockSize(netmaskLength)) {
      problems.push({
        path: `${path}.netmaskLength`,
        reason: `a VPC takes blocks from /16 to /28, and /${netmaskLength} is none.`,
        fix: "Give a whole number from 16 to 28.",
      });
    }
    return problems;
  });
}
