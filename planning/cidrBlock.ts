import { Address4 } from "ip-address";

/** A block of IPv4 addresses, always on its own boundary: 100.64.0.0/16, never 100.64.3.0/16. */
export interface CidrBlock {
  /** The block as AWS writes it. */
  readonly cidr: string;
  /** Its first address as a number, 0 to 2^32 - 1. */
  readonly first: number;
  /** Its last address as a number. */
  readonly last: number;
  readonly prefixLength: number;
}

/** What a text turned out to be when it was read as an IPv4 block. */
export type CidrReading =
  | { readonly kind: "block"; readonly block: CidrBlock }
  /** Well written, but with bits set behind the prefix. EC2 would round it silently; we don't. */
  | { readonly kind: "hostBits"; readonly enclosing: CidrBlock }
  | { readonly kind: "malformed" };

/** Reads a text as an IPv4 block, strictly: four decimal parts without leading zeros, and a prefix length. */
export function readCidr(text: string): CidrReading {
  let address: Address4;
  try {
    address = new Address4(text);
  } catch {
    return { kind: "malformed" };
  }
  // Refuses what the library is lenient about: a bare address, "/08".
  if (`${address.addressMinusSuffix}/${address.subnetMask}` !== text) return { kind: "malformed" };
  const block = blockAt(Number(address.startAddress().bigInt()), address.subnetMask);
  return block.cidr === text ? { kind: "block", block } : { kind: "hostBits", enclosing: block };
}

/**
 * The block of a text that is known to be one, such as a constant or what AWS answered.
 *
 * @throws RangeError if it is not.
 */
export function cidrBlock(text: string): CidrBlock {
  const reading = readCidr(text);
  if (reading.kind !== "block") throw new RangeError(`${text} is not an IPv4 block`);
  return reading.block;
}

/** The block of the given size that starts at an address, which must be a multiple of that size. */
export function blockAt(first: number, prefixLength: number): CidrBlock {
  const cidr = `${Address4.fromInteger(first).correctForm()}/${prefixLength}`;
  return { cidr, first, last: first + addressCount(prefixLength) - 1, prefixLength };
}

/** How many addresses a block of this prefix length has, reserved ones included. */
export function addressCount(prefixLength: number): number {
  return 2 ** (32 - prefixLength);
}

/** The largest and the smallest block that a VPC or a subnet can have, as prefix lengths (VPC user guide). */
export const LARGEST_BLOCK = 16;
export const SMALLEST_BLOCK = 28;

/** Whether AWS takes a block of this size, for a VPC or a subnet. */
export function isAwsBlockSize(prefixLength: number): boolean {
  return Number.isInteger(prefixLength) && prefixLength >= LARGEST_BLOCK && prefixLength <= SMALLEST_BLOCK;
}

/** Addresses that AWS keeps of every subnet: the first four and the last (VPC user guide, "Subnet sizing"). */
const RESERVED_ADDRESSES = 5;

/** How many addresses of a subnet of this prefix length network interfaces can have. */
export function usableAddressCount(prefixLength: number): number {
  return Math.max(0, addressCount(prefixLength) - RESERVED_ADDRESSES);
}

/** Whether two blocks share an address. */
export function overlaps(a: CidrBlock, b: CidrBlock): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether the outer block holds every address of the inner one; a block contains itself. */
export function contains(outer: CidrBlock, inner: CidrBlock): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** The first address at or above `address` at which a block of this size may start. */
export function alignUp(address: number, prefixLength: number): number {
  const size = addressCount(prefixLength);
  return Math.ceil(address / size) * size;
}

/** What of a block is left without the taken ones: the fewest, largest blocks, in address order. */
export function freeBlocks(block: CidrBlock, taken: readonly CidrBlock[]): CidrBlock[] {
  const inTheWay = taken.filter((other) => overlaps(block, other));
  if (inTheWay.length === 0) return [block];
  if (inTheWay.some((other) => contains(other, block))) return [];
  const half = block.prefixLength + 1;
  return [block.first, block.first + addressCount(half)].flatMap((first) =>
    freeBlocks(blockAt(first, half), inTheWay),
  );
}
