/** A block of IPv4 addresses. */
export interface Ipv4Block {
  /** The first address, as a number. */
  readonly first: number;
  /** How many there are. */
  readonly size: number;
  readonly prefixLength: number;
}

/** Reads 10.8.0.0/16, or answers undefined. Bits behind the prefix are cut off, as EC2 does. */
export function readIpv4Block(text: string): Ipv4Block | undefined {
  const [, address = "", length = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const number = readIpv4(address);
  const prefixLength = Number(length);
  if (number === undefined || length === "" || prefixLength > 32) return undefined;
  const size = 2 ** (32 - prefixLength);
  return { first: number - (number % size), size, prefixLength };
}

/** Reads 10.8.0.4 as a number, or answers undefined. */
export function readIpv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}

/** Writes a number as 10.8.0.4. */
export function writeIpv4(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

/** Writes 10.8.0.0/16. */
export function writeIpv4Block(block: Ipv4Block): string {
  return `${writeIpv4(block.first)}/${block.prefixLength}`;
}

/** Whether two blocks share an address. */
export function overlap(left: Ipv4Block, right: Ipv4Block): boolean {
  return left.first < right.first + right.size && right.first < left.first + left.size;
}

/** Whether every address of the inner block lies in the outer one. */
export function contains(outer: Ipv4Block, inner: Ipv4Block): boolean {
  return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;
}
