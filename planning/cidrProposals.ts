import { addressCount, alignUp, blockAt, LARGEST_BLOCK, SMALLEST_BLOCK, type CidrBlock } from "./cidrBlock";
import { rfc1918RangeOf, SHARED_ADDRESS_SPACE } from "./cidrRestrictions";
import { findingsOn } from "./cidrRules";
import type { ReadVpc } from "./vpcAddressing";

const PROPOSALS = 3;

/** Blocks down to a sixteenth of the size asked for are still worth proposing. */
const SMALLER_BY_AT_MOST = 4;

/**
 * Free blocks for a VPC, best first.
 *
 * 100.64.0.0/10 comes before the VPC's own RFC 1918 range, which is what clusters run out of; a block without
 * warnings before one with; the size asked for before a smaller one; then the lowest address.
 *
 * @param pool a range to propose from before any other.
 */
export function proposeBlocks(vpc: ReadVpc, prefixLength: number, pool?: CidrBlock): CidrBlock[] {
  const primary = vpc.blocks[0];
  const own = primary && rfc1918RangeOf(primary);
  const largest = Math.min(Math.max(prefixLength, LARGEST_BLOCK), SMALLEST_BLOCK);
  const smallest = Math.min(largest + SMALLER_BY_AT_MOST, SMALLEST_BLOCK);
  for (const range of [pool, SHARED_ADDRESS_SPACE, own]) {
    for (let length = largest; range !== undefined && length <= smallest; length++) {
      const found = freeBlocksOf(range, length, vpc);
      if (found.length > 0) return found;
    }
  }
  return [];
}

function freeBlocksOf(pool: CidrBlock, prefixLength: number, vpc: ReadVpc): CidrBlock[] {
  const clean: CidrBlock[] = [];
  const withWarnings: CidrBlock[] = [];
  let first = alignUp(pool.first, prefixLength);
  while (first <= pool.last && clean.length < PROPOSALS) {
    const block = blockAt(first, prefixLength);
    const findings = findingsOn(block, vpc);
    const problems = findings.filter(({ severity }) => severity === "problem");
    // A problem without a region, such as a quota, stands against every block.
    if (problems.some(({ region }) => region === undefined)) return [];
    if (problems.length === 0) (findings.length === 0 ? clean : withWarnings).push(block);
    // Beyond whatever is in the way; and beyond warnings too, once there are enough blocks with one.
    const passed = withWarnings.length < PROPOSALS ? problems : findings;
    const beyond = Math.max(
      first + addressCount(prefixLength),
      ...passed.map(({ region }) => (region?.last ?? 0) + 1),
    );
    first = alignUp(beyond, prefixLength);
  }
  return [...clean, ...withWarnings].slice(0, PROPOSALS);
}
