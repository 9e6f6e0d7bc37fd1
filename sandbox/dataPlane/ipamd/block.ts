/**
 * What an ENI has to give besides its own address: a single address such as `10.8.0.5`, or a prefix of 16 addresses such
 * as `100.64.0.16/28`. Either takes one place on its ENI.
 */
export type Block = string;

/** What ipamd asks EC2 for: addresses, or prefixes with prefix delegation. */
export type BlockKind = "address" | "prefix";

/** How many addresses a prefix has; EC2 has no other size of IPv4 prefixes. */
export const ADDRESSES_OF_PREFIX = 16;

export function kindOf(block: Block): BlockKind {
  return block.includes("/") ? "prefix" : "address";
}

/** How many addresses for pods one block of a kind has. */
export function sizeOf(kind: BlockKind): number {
  return kind === "prefix" ? ADDRESSES_OF_PREFIX : 1;
}

/** The addresses in a block, which pods may have from the first to the last. */
export function addressesIn(block: Block): readonly string[] {
  if (kindOf(block) === "address") return [block];
  const [first = ""] = block.split("/");
  const at = first.lastIndexOf(".") + 1;
  const [network, host] = [first.slice(0, at), Number(first.slice(at))];
  return Array.from({ length: ADDRESSES_OF_PREFIX }, (_, index) => `${network}${host + index}`);
}
