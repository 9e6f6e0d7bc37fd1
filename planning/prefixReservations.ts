import { addressCount, blockAt, cidrBlock, freeBlocks } from "./cidrBlock";
import { sum } from "./sequence";

/** CIDR reservations of type `prefix` for a pod subnet, so that single addresses never break up its /28 blocks. */
export interface PrefixReservations {
  /** The ranges to reserve, each on a /28 boundary, in address order. */
  readonly cidrs: readonly string[];
  /** /28 prefixes that EC2 can hand out of them. */
  readonly prefixes: number;
}

/** The smallest subnet that has a /28 to hand out: of a /27 the first half is reserved by AWS, the last broken. */
export const SMALLEST_PREFIX_SUBNET = 26;

/**
 * What to reserve of a pod subnet for prefix delegation.
 *
 * A sixteenth (at least one /28) stays free at the start: every ENI needs one single address of the subnet for
 * itself. It carries at least one prefix, so of a /22 or larger no prefix is ever left without an address for its ENI.
 *
 *     |<- 1/16 ->|<- 1/16 ->|<-- 1/8 -->|<------ 1/4 ------>|<------------- 1/2 ------------->|
 *     | ENIs     | prefixes | prefixes  | prefixes          | prefixes, but the last /28      |
 *
 * Source: VPC user guide, "Subnet CIDR reservations"; EC2 CreateSubnetCidrReservation. The last /28 is reserved
 * with the rest but never handed out, because AWS keeps the subnet's last address.
 *
 * @throws RangeError for a subnet smaller than /26, which has no /28 to hand out.
 */
export function prefixReservations(subnetCidr: string): PrefixReservations {
  const subnet = cidrBlock(subnetCidr);
  if (subnet.prefixLength > SMALLEST_PREFIX_SUBNET) {
    throw new RangeError(
      `${subnetCidr} has no whole /28 that EC2 could hand out; a /26 is the smallest that has`,
    );
  }
  const forEnis = blockAt(subnet.first, Math.min(subnet.prefixLength + 4, 28));
  const reserved = freeBlocks(subnet, [forEnis]);
  const addresses = sum(reserved, ({ prefixLength }) => addressCount(prefixLength));
  return { cidrs: reserved.map((block) => block.cidr), prefixes: addresses / 16 - 1 };
}
