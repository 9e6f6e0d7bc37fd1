import { isAwsBlockSize } from "./cidrBlock";
import { SMALLEST_PREFIX_SUBNET } from "./prefixReservations";
import { shown, type Problem } from "./problem";
import { type VpcAddressing } from "./vpcAddressing";

/** What pod subnets are wanted, and what there is already. */
export interface AddressPlanRequest {
  /** The VPC: a pod block that it does not have yet must be one that it may be given. */
  readonly vpc: VpcAddressing;
  /** The blocks for pods, in the order in which they are used up. */
  readonly podBlocks: readonly (string | IpamBlock)[];
  readonly zones: readonly ZoneRequest[];
  /** Size of a subnet where its zone names none. @default 19, which is 8,187 usable addresses */
  readonly prefixLength?: number;
  /** Subnets of the VPC today. Those in the pod blocks are kept where they are, whatever else changes. */
  readonly existing?: readonly ExistingSubnet[];
  /** Plan CIDR reservations for prefix delegation. @default false */
  readonly reservePrefixes?: boolean;
}

/** A block that an IPAM pool will provide: only its size is known beforehand. */
export interface IpamBlock {
  readonly netmaskLength: number;
}

/** What one zone wants. */
export interface ZoneRequest {
  /** Its name, such as `us-west-2a`. */
  readonly availabilityZone: string;
  /** @default that of the whole request */
  readonly prefixLength?: number;
  /** How many subnets. @default 1 */
  readonly subnets?: number;
  /** Blocks that were chosen by hand; they count among the `subnets`. */
  readonly cidrs?: readonly string[];
}

/** A subnet that the VPC has today. */
export interface ExistingSubnet {
  readonly availabilityZone: string;
  readonly cidr: string;
  readonly subnetId?: string;
}

/** The size of a subnet where none is given: 8,187 usable addresses. */
export const DEFAULT_PREFIX_LENGTH = 19;

/** The size of a zone's subnets, as a prefix length. */
export function prefixLengthOf(request: AddressPlanRequest, zone: ZoneRequest): number {
  return zone.prefixLength ?? request.prefixLength ?? DEFAULT_PREFIX_LENGTH;
}

/** Everything that is wrong with a request in itself, before it meets the VPC. */
export function requestProblems(request: AddressPlanRequest): Problem[] {
  return [...sizeProblems(request), ...zoneProblems(request)];
}

function sizeProblems(request: AddressPlanRequest): Problem[] {
  const problems: Problem[] = [];
  const check = (path: string, length: number, what: string) => {
    if (isAwsBlockSize(length)) return;
    problems.push({
      path,
      reason: `/${length} is not a size of ${what}; AWS takes /16 to /28.`,
      fix: "Give a whole number from 16 to 28, such as 19.",
    });
  };
  if (request.prefixLength !== undefined) check("prefixLength", request.prefixLength, "a subnet");
  request.zones.forEach((zone, index) => {
    if (zone.prefixLength !== undefined) check(`zones[${index}].prefixLength`, zone.prefixLength, "a subnet");
    const tooSmall = prefixLengthOf(request, zone) > SMALLEST_PREFIX_SUBNET;
    if (request.reservePrefixes === true && tooSmall) {
      problems.push({
        path: zone.prefixLength === undefined ? "prefixLength" : `zones[${index}].prefixLength`,
        reason: `a /${prefixLengthOf(request, zone)} subnet (${zone.availabilityZone}) has no whole /28 to hand out as a prefix.`,
        fix: `Give ${SMALLEST_PREFIX_SUBNET} or less, or leave prefixes out.`,
      });
    }
  });
  request.podBlocks.forEach((block, index) => {
    if (typeof block !== "string")
      check(`podBlocks[${index}].netmaskLength`, block.netmaskLength, "a VPC block");
  });
  if (request.podBlocks.length === 0) {
    problems.push({
      path: "podBlocks",
      reason: "no block for pods was given.",
      fix: "Give at least one, such as 100.64.0.0/16.",
    });
  }
  return problems;
}

function zoneProblems(request: AddressPlanRequest): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  request.zones.forEach(({ availabilityZone, subnets }, index) => {
    const path = `zones[${index}]`;
    const before = seen.get(availabilityZone);
    if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(availabilityZone)) {
      problems.push({
        path,
        reason: `${shown(availabilityZone)} is not the name of a zone.`,
        fix: "Write it as AWS does, such as us-west-2a.",
      });
    } else if (before !== undefined) {
      problems.push({
        path,
        reason: `${availabilityZone} is named twice (zones[${before}]).`,
        fix: "Name it once; its number of subnets is a setting of the zone.",
      });
    }
    seen.set(availabilityZone, index);
    if (subnets !== undefined && !(Number.isSafeInteger(subnets) && subnets >= 1)) {
      problems.push({
        path: `${path}.subnets`,
        reason: `${subnets} is not a number of subnets.`,
        fix: "Give a whole number from 1 up.",
      });
    }
  });
  if (request.zones.length === 0) {
    problems.push({
      path: "zones",
      reason: "no zone was given.",
      fix: "Name every zone that has nodes, such as us-west-2a.",
    });
  }
  return problems;
}
