import { addressCount, LARGEST_BLOCK, SMALLEST_BLOCK, usableAddressCount } from "./cidrBlock";
import { ADDRESSES_PER_PREFIX } from "./maxPods";

/** What nodes ask of one subnet. */
export interface SubnetDemand {
  /** All addresses: those of prefixes, single ones, and the ENIs' own. */
  readonly addresses: number;
  /** /28 prefixes among them. */
  readonly prefixes: number;
}

/**
 * /28 prefixes that EC2 can hand out of a subnet that nothing else is in: of all its aligned /28 blocks the first
 * and the last are broken by addresses that AWS keeps.
 */
export function usablePrefixCount(prefixLength: number): number {
  return Math.max(0, addressCount(prefixLength) / ADDRESSES_PER_PREFIX - 2);
}

/**
 * Whether a subnet of this size can serve a demand. Single addresses are taken to fill the two broken /28 blocks
 * first, which is what reservations achieve; a subnet that has been in use without them holds fewer prefixes.
 */
export function canServe(prefixLength: number, { addresses, prefixes }: SubnetDemand): boolean {
  return addresses <= usableAddressCount(prefixLength) && prefixes <= usablePrefixCount(prefixLength);
}

/** The smallest subnet that can serve a demand, as a prefix length; `undefined` when even a /16 can't. */
export function smallestSubnet(demand: SubnetDemand): number | undefined {
  for (let prefixLength = SMALLEST_BLOCK; prefixLength >= LARGEST_BLOCK; prefixLength--) {
    if (canServe(prefixLength, demand)) return prefixLength;
  }
  return undefined;
}
