import {
  DEFAULT_PREFIX_LENGTH,
  prefixLengthOf,
  requestProblems,
  type AddressPlanRequest,
} from "./addressPlanRequest";
import { blockAt, cidrBlock, freeBlocks, SMALLEST_BLOCK, usableAddressCount } from "./cidrBlock";
import { prefixReservations, SMALLEST_PREFIX_SUBNET } from "./prefixReservations";
import { throwIfAny, type Problem } from "./problem";
import { settle, type PodBlock, type Settlement, type SettledSubnet } from "./settledSubnets";
import { placeSubnets, type Placements, type Wish } from "./subnetPlacement";
import { readVpc } from "./vpcAddressing";

/** A pod subnet of the plan. */
export interface PlannedSubnet {
  readonly availabilityZone: string;
  /** `undefined` in a block that IPAM has yet to provide; see `subnetCidrIn`. */
  readonly cidr: string | undefined;
  /** Which of the pod blocks it is cut from, from 0. */
  readonly podBlock: number;
  /** How many addresses behind the start of that block it begins. */
  readonly offset: number;
  readonly prefixLength: number;
  /** Addresses that network interfaces can have: five less than the block. */
  readonly usableAddresses: number;
  /** `adopted`: it exists. `assigned`: chosen by hand. `planned`: chosen here. */
  readonly origin: "adopted" | "assigned" | "planned";
  /**
   * Whether it stays where it is whatever else is planned: because it exists or was assigned, or because it has the
   * place of its zone's letter. Another one stays as soon as it is given as existing.
   */
  readonly isStable: boolean;
  /** Of an adopted subnet, where it was given. */
  readonly subnetId?: string;
  /** Ranges to reserve for prefixes, where asked for and the block is known. */
  readonly reservations?: readonly string[];
}

/** Every pod subnet, and what is left. */
export interface AddressPlan {
  /** By zone name, then by address. */
  readonly subnets: readonly PlannedSubnet[];
  /** What is left of the pod blocks that are known: the largest blocks possible, in address order. */
  readonly free: readonly string[];
}

/**
 * Cuts the pod blocks into subnets, one or more per zone.
 *
 * The plan is stable. What exists is kept. Of what does not exist yet, a zone's first subnet has a place of its own by
 * the zone's letter, so that neither the order of the zones nor a zone or block that comes later moves it:
 *
 *     100.64.0.0/16, /19 each
 *     | a         | b         | c         | d         | e         | f         | g         | h         |
 *     .0.0        .32.0       .64.0       .96.0       .128.0      .160.0      .192.0      .224.0
 *
 * Whatever has no such place (a second subnet of a zone, a subnet larger than `prefixLength`, a Local Zone, a letter
 * beyond the blocks) takes the first free one, which depends on what else is planned; and where places by letters
 * would not leave room for all, everything is packed. `isStable` tells; what exists and is given stays in any case.
 *
 * @throws InvalidInputError with everything that is wrong: a block that AWS would refuse, subnets that overlap or
 *   don't fit, zones named twice.
 */
export function planSubnets(request: AddressPlanRequest): AddressPlan {
  throwIfAny([...readVpc(request.vpc).problems, ...requestProblems(request)]);
  const settlement = settle(request);
  throwIfAny(settlement.problems);

  const wishes = openWishes(request, settlement);
  const { placed, unplaced } = place(request, settlement, wishes);
  throwIfAny(noRoom(request, settlement, wishes, unplaced));

  const { podBlocks, existing } = settlement;
  const subnets: Place[] = [
    ...settledInPlan(request, settlement).map((subnet) => ({ ...subnet, isStable: true })),
    ...placed.map(({ wish: { availabilityZone }, space: podBlock, block, isOwnPlace }) => ({
      availabilityZone,
      podBlock,
      block,
      origin: "planned" as const,
      isStable: isOwnPlace,
    })),
  ];
  const taken = [...existing, ...subnets].filter(({ podBlock }) => podBlocks[podBlock]?.known === true);
  return {
    subnets: subnets
      .sort((a, b) => byName(a, b) || a.podBlock - b.podBlock || a.block.first - b.block.first)
      .map((subnet) => toPlanned(request, podBlocks, subnet)),
    free: podBlocks
      .filter(({ known }) => known)
      .flatMap(({ block }) =>
        freeBlocks(
          block,
          taken.map((subnet) => subnet.block),
        ),
      )
      .sort((a, b) => a.first - b.first)
      .map(({ cidr }) => cidr),
  };
}

/**
 * The block of a planned subnet, once the block it is cut from is known.
 *
 * @param podBlock what IPAM provided, of the size that was planned with.
 */
export function subnetCidrIn(
  podBlock: string,
  subnet: Pick<PlannedSubnet, "offset" | "prefixLength">,
): string {
  return blockAt(cidrBlock(podBlock).first + subnet.offset, subnet.prefixLength).cidr;
}

function byName(a: Place, b: Place): number {
  if (a.availabilityZone === b.availabilityZone) return 0;
  return a.availabilityZone < b.availabilityZone ? -1 : 1;
}

/** A subnet with its place, settled or planned. */
type Place = Omit<SettledSubnet, "origin"> & Pick<PlannedSubnet, "origin" | "isStable">;

/** Of what is settled, the subnets of zones that the plan is about. */
function settledInPlan(request: AddressPlanRequest, { existing, assigned }: Settlement): SettledSubnet[] {
  const zones = new Set(request.zones.map(({ availabilityZone }) => availabilityZone));
  return [...existing.filter(({ availabilityZone }) => zones.has(availabilityZone)), ...assigned];
}

/** The subnets that the zones want and that are not settled. */
function openWishes(request: AddressPlanRequest, settlement: Settlement): Wish[] {
  const settled = settledInPlan(request, settlement);
  return request.zones.flatMap((zone) => {
    const { availabilityZone } = zone;
    const has = settled.filter((subnet) => subnet.availabilityZone === availabilityZone).length;
    return Array.from({ length: Math.max(0, (zone.subnets ?? 1) - has) }, (_, index) => ({
      availabilityZone,
      prefixLength: prefixLengthOf(request, zone),
      ordinal: has + index,
    }));
  });
}

function place(request: AddressPlanRequest, settlement: Settlement, wishes: readonly Wish[]): Placements {
  const inPlan = settledInPlan(request, settlement);
  const settled = [...settlement.existing, ...settlement.assigned];
  const spaces = settlement.podBlocks.map(({ block }, index) => {
    const here = settled.filter(({ podBlock }) => podBlock === index);
    return {
      block,
      taken: here.map((subnet) => subnet.block),
      foreign: here.filter((subnet) => !inPlan.includes(subnet)),
    };
  });
  return placeSubnets(wishes, spaces, request.prefixLength ?? DEFAULT_PREFIX_LENGTH);
}

function noRoom(
  request: AddressPlanRequest,
  settlement: Settlement,
  wishes: readonly Wish[],
  unplaced: readonly Wish[],
): Problem[] {
  if (unplaced.length === 0) return [];
  const blocks = request.podBlocks
    .map((block) => (typeof block === "string" ? block : `a /${block.netmaskLength} from IPAM`))
    .join(", ");
  const fitting = halvingsThatFit(request, settlement, wishes);
  const first = unplaced.filter(
    (wish, index) => unplaced.findIndex((one) => one.availabilityZone === wish.availabilityZone) === index,
  );
  return first.map((wish) => ({
    path: `zones[${request.zones.findIndex((zone) => zone.availabilityZone === wish.availabilityZone)}]`,
    reason: `no /${wish.prefixLength} is left for ${wish.availabilityZone} in ${blocks}.`,
    fix:
      fitting === undefined
        ? "Add a block."
        : `Add a block, or make the subnets smaller: /${wish.prefixLength + fitting} fits them all.`,
  }));
}

/** How often all subnets must be halved at the least to fit; undefined where they get too small before that. */
function halvingsThatFit(
  request: AddressPlanRequest,
  settlement: Settlement,
  wishes: readonly Wish[],
): number | undefined {
  const smallest = request.reservePrefixes === true ? SMALLEST_PREFIX_SUBNET : SMALLEST_BLOCK;
  const most = smallest - Math.max(...wishes.map(({ prefixLength }) => prefixLength));
  for (let halvings = 1; halvings <= most; halvings++) {
    const smaller = wishes.map((wish) => ({ ...wish, prefixLength: wish.prefixLength + halvings }));
    if (place(request, settlement, smaller).unplaced.length === 0) return halvings;
  }
  return undefined;
}

function toPlanned(
  request: AddressPlanRequest,
  podBlocks: readonly PodBlock[],
  subnet: Place,
): PlannedSubnet {
  const { availabilityZone, podBlock, block, origin, isStable, subnetId } = subnet;
  const of = podBlocks[podBlock];
  const known = of?.known === true;
  return {
    availabilityZone,
    cidr: known ? block.cidr : undefined,
    podBlock,
    offset: block.first - (of?.block.first ?? 0),
    prefixLength: block.prefixLength,
    usableAddresses: usableAddressCount(block.prefixLength),
    origin,
    isStable,
    ...(subnetId !== undefined && { subnetId }),
    ...(request.reservePrefixes === true &&
      known &&
      block.prefixLength <= SMALLEST_PREFIX_SUBNET && { reservations: prefixReservations(block.cidr).cidrs }),
  };
}
