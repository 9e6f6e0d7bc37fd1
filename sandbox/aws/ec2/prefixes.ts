import { AwsError } from "../protocol/awsError";
import { isGiven, listOf, numberOf, structuresOf, type QueryForm } from "../protocol/queryForm";
import { child, type XmlElement } from "../protocol/xml";
import type { Subnet } from "./inventory";
import {
  contains,
  overlap,
  readIpv4,
  readIpv4Block,
  writeIpv4,
  writeIpv4Block,
  type Ipv4Block,
} from "./ipv4";

/** Prefixes of ENIs, of which moto knows nothing. */
export interface PrefixLedger {
  of(networkInterfaceId: string): readonly string[];
  /** All addresses in the prefixes of a subnet's ENIs. */
  addressesIn(subnetId: string): string[];
  add(networkInterfaceId: string, subnetId: string, prefixes: readonly string[]): void;
  /** @returns the addresses that are free again. */
  remove(networkInterfaceId: string, prefixes?: readonly string[]): string[];
}

/** Every IPv4 prefix is a /28. */
const SIZE = 16;
const PREFIX_LENGTH = 28;
/** AWS keeps the first four addresses of every subnet, and the last. */
const KEPT_AT_THE_START = 4;
const KEPT_AT_THE_END = 1;

/** A ledger without prefixes. */
export function prefixLedger(): PrefixLedger {
  const held = new Map<string, { readonly subnetId: string; prefixes: readonly string[] }>();
  return {
    of: (id) => held.get(id)?.prefixes ?? [],
    addressesIn: (subnetId) =>
      [...held.values()]
        .filter((one) => one.subnetId === subnetId)
        .flatMap((one) => addressesOfPrefixes(one.prefixes)),
    add: (id, subnetId, prefixes) => {
      if (prefixes.length === 0) return;
      held.set(id, { subnetId, prefixes: [...(held.get(id)?.prefixes ?? []), ...prefixes] });
    },
    remove: (id, prefixes) => {
      const one = held.get(id);
      if (one === undefined) return [];
      const gone = one.prefixes.filter((prefix) => prefixes?.includes(prefix) ?? true);
      one.prefixes = one.prefixes.filter((prefix) => !gone.includes(prefix));
      if (one.prefixes.length === 0) held.delete(id);
      return addressesOfPrefixes(gone);
    },
  };
}

/** What a call asks for: prefixes by name, and how many more. */
export interface AskedPrefixes {
  readonly named: readonly string[];
  readonly count: number;
}

/** Reads `Ipv4PrefixCount` and `Ipv4Prefix`; creating an ENI, EC2 has structures in the list and not texts. */
export function askedPrefixes(form: QueryForm): AskedPrefixes {
  const named = [
    ...listOf(form, "Ipv4Prefix"),
    ...structuresOf(form, "Ipv4Prefix").flatMap((one) => one.get("Ipv4Prefix") ?? []),
  ];
  const count = numberOf(form, "Ipv4PrefixCount") ?? 0;
  if (isGiven(form, "Ipv4PrefixCount") && named.length > 0) {
    throw new AwsError("InvalidParameterCombination", "Ipv4PrefixCount and Ipv4Prefix exclude each other.");
  }
  return { named, count };
}

/**
 * Chooses prefixes of a subnet: aligned blocks of 16 of which no address is taken or AWS's own; those of a reservation
 * for prefixes first.
 *
 * @throws AwsError InsufficientCidrBlocks where there are not enough: the free addresses may be many, and lie scattered.
 *   InvalidParameterValue and InvalidIPAddress.InUse for prefixes that are named.
 */
export function choosePrefixes(subnet: Subnet, { named, count }: AskedPrefixes): string[] {
  if (named.length + count === 0) return [];
  for (const prefix of named) checkPrefix(subnet, prefix);
  const taken = [...subnet.taken].flatMap((address) => readIpv4(address) ?? []);
  const busy = new Set([...taken.map(startOf), ...named.flatMap((one) => readIpv4Block(one)?.first ?? [])]);
  const reserved = blocks(subnet.reserved);
  const forPrefixes = blocks(subnet.reservedForPrefixes);
  const free = wholeBlocks(subnet).filter(({ first }) => !busy.has(first));
  const candidates = [
    ...free.filter((one) => forPrefixes.some((reservation) => contains(reservation, one))),
    ...free.filter((one) => !reserved.some((reservation) => overlap(reservation, one))),
  ];
  if (candidates.length < count) {
    throw new AwsError(
      "InsufficientCidrBlocks",
      `The specified subnet does not have enough free cidr blocks to satisfy the request. (${subnet.subnetId}: ` +
        `${count} asked for, ${candidates.length} free)`,
    );
  }
  return [...named, ...candidates.slice(0, count).map(writeIpv4Block)];
}

/** Every address in prefixes. */
export function addressesOfPrefixes(prefixes: readonly string[]): string[] {
  return blocks(prefixes).flatMap(({ first }) =>
    Array.from({ length: SIZE }, (_, index) => writeIpv4(first + index)),
  );
}

/** Says in the description of an ENI which prefixes it has. */
export function describePrefixes(networkInterface: XmlElement, prefixes: readonly string[]): void {
  if (prefixes.length === 0 || child(networkInterface, "ipv4PrefixSet") !== undefined) return;
  const items = prefixes.map((prefix) => element("item", [element("ipv4Prefix", [], prefix)]));
  networkInterface.children.push(element("ipv4PrefixSet", items));
}

function checkPrefix(subnet: Subnet, text: string): void {
  const block = readIpv4Block(text);
  if (
    block?.prefixLength !== PREFIX_LENGTH ||
    !wholeBlocks(subnet).some(({ first }) => first === block.first)
  ) {
    throw new AwsError(
      "InvalidParameterValue",
      `Prefix ${text} is no /28 of the subnet that can be assigned.`,
    );
  }
  const used = addressesOfPrefixes([text]).find((address) => subnet.taken.has(address));
  if (used !== undefined) {
    throw new AwsError("InvalidIPAddress.InUse", `Address ${used} of the prefix ${text} is in use.`);
  }
}

/** The /28 of a subnet in which AWS keeps no address. */
function wholeBlocks({ subnetId, cidrBlock }: Subnet): Ipv4Block[] {
  const block = readIpv4Block(cidrBlock);
  if (block === undefined) throw new Error(`${subnetId} has no IPv4 block: ${cidrBlock}`);
  const usable = {
    first: block.first + KEPT_AT_THE_START,
    size: block.size - KEPT_AT_THE_START - KEPT_AT_THE_END,
    prefixLength: block.prefixLength,
  };
  const all = Array.from({ length: Math.floor(block.size / SIZE) }, (_, index) => ({
    first: block.first + index * SIZE,
    size: SIZE,
    prefixLength: PREFIX_LENGTH,
  }));
  return all.filter((one) => contains(usable, one));
}

function startOf(address: number): number {
  return address - (address % SIZE);
}

function blocks(texts: readonly string[] | undefined): Ipv4Block[] {
  return (texts ?? []).flatMap((text) => readIpv4Block(text) ?? []);
}

function element(name: string, children: XmlElement[], text = ""): XmlElement {
  return { name, attributes: "", text, children };
}
