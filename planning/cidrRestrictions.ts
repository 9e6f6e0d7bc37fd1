import { cidrBlock, contains, LARGEST_BLOCK, overlaps, type CidrBlock } from "./cidrBlock";

/**
 * AWS's table of permitted and restricted associations.
 *
 * Source: VPC user guide, "VPC CIDR blocks", IPv4 CIDR block association restrictions. Where the guide's wording
 * has changed over time the newer, stricter one stands here.
 */
const RFC1918 = [cidrBlock("10.0.0.0/8"), cidrBlock("172.16.0.0/12"), cidrBlock("192.168.0.0/16")] as const;

/** RFC 6598, carrier-grade NAT: the range that is free of all restrictions, and that this project is about. */
export const SHARED_ADDRESS_SPACE = cidrBlock("100.64.0.0/10");

/** The range that several AWS guides name for pods, and that AWS refuses on almost every VPC. */
export const GUIDES_WRONG_RANGE = cidrBlock("198.19.0.0/16");

/** Ranges that no VPC can have at all. */
const neverAssignable = [
  { range: cidrBlock("0.0.0.0/8"), why: "it is reserved" },
  { range: cidrBlock("127.0.0.0/8"), why: "it is the loopback range" },
  { range: cidrBlock("169.254.0.0/16"), why: "it is the link-local range (RFC 5735)" },
  { range: cidrBlock("224.0.0.0/4"), why: "it is the multicast range" },
];

/** One row: what a VPC of that primary range may not be given. Whatever is not named may be added. */
interface Row {
  readonly primaryIn: CidrBlock | "other";
  readonly mayNotAdd: readonly CidrBlock[];
}

const rows: readonly Row[] = [
  {
    primaryIn: cidrBlock("10.0.0.0/8"),
    mayNotAdd: [cidrBlock("172.16.0.0/12"), cidrBlock("192.168.0.0/16"), GUIDES_WRONG_RANGE],
  },
  {
    primaryIn: cidrBlock("172.16.0.0/12"),
    mayNotAdd: [
      cidrBlock("10.0.0.0/8"),
      cidrBlock("192.168.0.0/16"),
      cidrBlock("172.31.0.0/16"),
      GUIDES_WRONG_RANGE,
    ],
  },
  {
    primaryIn: cidrBlock("192.168.0.0/16"),
    mayNotAdd: [cidrBlock("10.0.0.0/8"), cidrBlock("172.16.0.0/12"), GUIDES_WRONG_RANGE],
  },
  { primaryIn: GUIDES_WRONG_RANGE, mayNotAdd: RFC1918 },
  // A publicly routable primary, or one in 100.64.0.0/10.
  { primaryIn: "other", mayNotAdd: [...RFC1918, GUIDES_WRONG_RANGE] },
];

/** The clause of its own: with any block in 10.0.0.0/15, nothing of 10.0.0.0/16 may be added. */
const clause = { anyBlockIn: cidrBlock("10.0.0.0/15"), mayNotAdd: cidrBlock("10.0.0.0/16") };

/** The range that no VPC can have which a block is in or reaches into, if there is one. */
export function neverAssignableRangeOf(block: CidrBlock): { range: CidrBlock; why: string } | undefined {
  return neverAssignable.find(({ range }) => overlaps(range, block));
}

/** A line of the table that forbids a block. */
export interface Restriction {
  /** The range that the block may not come from. */
  readonly range: CidrBlock;
  /** Why, as the second half of a sentence. */
  readonly why: string;
  /** The block of the VPC that brings the restriction, if one does. */
  readonly becauseOf?: CidrBlock;
}

/**
 * Every restriction of the table that a block falls under.
 *
 * @param vpcBlocks the blocks of the VPC, the primary first: the rows of the table go by the primary.
 */
export function restrictionsOn(block: CidrBlock, vpcBlocks: readonly CidrBlock[]): Restriction[] {
  const never = neverAssignableRangeOf(block);
  const found: Restriction[] = never === undefined ? [] : [never];
  const primary = vpcBlocks[0];
  if (primary === undefined) return found;

  const row = rows.find(({ primaryIn }) => primaryIn === "other" || contains(primaryIn, primary));
  for (const range of row?.mayNotAdd ?? []) {
    if (overlaps(range, block)) {
      found.push({ range, why: whyNot(range, primary), becauseOf: primary });
    }
  }
  const inClause = vpcBlocks.find((other) => overlaps(clause.anyBlockIn, other));
  if (inClause !== undefined && overlaps(clause.mayNotAdd, block)) {
    found.push({
      range: clause.mayNotAdd,
      why: `a VPC with a block in ${clause.anyBlockIn.cidr} (here ${inClause.cidr}) can't be given one of it`,
      becauseOf: inClause,
    });
  }
  return found;
}

function whyNot(range: CidrBlock, primary: CidrBlock): string {
  const beside = `AWS refuses it beside the primary block ${primary.cidr}`;
  if (range === GUIDES_WRONG_RANGE) {
    return `${beside}; several AWS guides name it next to 100.64.0.0/10, but the restriction table of the VPC user guide forbids it`;
  }
  if (range.cidr === "172.31.0.0/16") return `${beside}, although both are in 172.16.0.0/12`;
  return `${beside}, which is of another range`;
}

/** Whether a block is a part of 100.64.0.0/10 that is too large for a VPC: a pool to take blocks from. */
export function isPool(block: CidrBlock): boolean {
  return block.prefixLength < LARGEST_BLOCK && contains(SHARED_ADDRESS_SPACE, block);
}

/** The RFC 1918 range that holds a block, if one does. */
export function rfc1918RangeOf(block: CidrBlock): CidrBlock | undefined {
  return RFC1918.find((range) => contains(range, block));
}
