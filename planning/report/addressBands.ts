import { addressCount, contains, readCidr, usableAddressCount, type CidrBlock } from "../cidrBlock";
import type { SubnetUse } from "./timeline";

/** A subnet in a band. */
export interface BandSubnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  /** Where it begins and how wide it is, as parts of its block. */
  readonly start: number;
  readonly width: number;
  /** Addresses that interfaces can have. */
  readonly usable: number;
  readonly used: number;
  /** From 0 to 1. */
  readonly fullness: number;
  /** Whether it is for pods. */
  readonly isForPods: boolean;
}

/** A block of the VPC, with its subnets at one moment. */
export interface BandMoment {
  readonly subnets: readonly BandSubnet[];
  readonly used: number;
}

/** A block of the VPC, before and after. */
export interface AddressBand {
  readonly cidrBlock: string;
  readonly addresses: number;
  /** Its part of all addresses of the VPC. */
  readonly share: number;
  /** Whether pods are to have their addresses here. */
  readonly isForPods: boolean;
  /** As the first rotation began; none where there was none. */
  readonly before: BandMoment | undefined;
  readonly after: BandMoment;
}

/** What bands are drawn of. */
export interface AddressSpace {
  /** Blocks of the VPC. */
  readonly blocks: readonly string[];
  readonly podCidrs: readonly string[];
  readonly podSubnetIds: readonly string[];
  readonly before: readonly SubnetUse[] | undefined;
  readonly after: readonly SubnetUse[];
}

/** The blocks of a VPC with their subnets, to scale. */
export function addressBands(space: AddressSpace): AddressBand[] {
  const blocks = space.blocks.flatMap(blockOf);
  const all = blocks.reduce((sum, { prefixLength }) => sum + addressCount(prefixLength), 0);
  const podRanges = space.podCidrs.flatMap(blockOf);
  return blocks.map((block) => {
    const moment = (subnets: readonly SubnetUse[]) => momentOf(block, subnets, new Set(space.podSubnetIds));
    const addresses = addressCount(block.prefixLength);
    return {
      cidrBlock: block.cidr,
      addresses,
      share: addresses / all,
      isForPods: podRanges.some((range) => contains(range, block) || contains(block, range)),
      before: space.before && moment(space.before),
      after: moment(space.after),
    };
  });
}

function momentOf(
  block: CidrBlock,
  all: readonly SubnetUse[],
  podSubnetIds: ReadonlySet<string>,
): BandMoment {
  const size = addressCount(block.prefixLength);
  const subnets = all
    .flatMap((subnet) => blockOf(subnet.cidrBlock).map((own) => ({ subnet, own })))
    .filter(({ own }) => contains(block, own))
    .sort((a, b) => a.own.first - b.own.first)
    .map(({ subnet: { freeAddresses, ...subnet }, own }): BandSubnet => {
      const usable = usableAddressCount(own.prefixLength);
      const used = Math.min(usable, Math.max(0, usable - freeAddresses));
      return {
        ...subnet,
        start: (own.first - block.first) / size,
        width: addressCount(own.prefixLength) / size,
        usable,
        used,
        fullness: usable === 0 ? 0 : used / usable,
        isForPods: podSubnetIds.has(subnet.subnetId),
      };
    });
  return { subnets, used: subnets.reduce((sum, { used }) => sum + used, 0) };
}

/** None of a text that is no block, such as the one of a subnet that has IPv6 alone. */
function blockOf(cidr: string): CidrBlock[] {
  const reading = readCidr(cidr);
  return reading.kind === "block" ? [reading.block] : [];
}
