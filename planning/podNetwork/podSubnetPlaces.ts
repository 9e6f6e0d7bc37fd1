import { planSubnets } from "../addressPlan";
import { DEFAULT_PREFIX_LENGTH } from "../addressPlanRequest";
import { contains, readCidr } from "../cidrBlock";
import { InvalidInputError, type Problem } from "../problem";
import type { VpcPeering } from "../vpcAddressing";
import type { ClusterFacts, SubnetFacts } from "./clusterFacts";
import { ownPodSubnets, podGroupOf } from "./nodeSubnets";
import type { PodGroupRequest, PodNetworkRequest } from "./request";

/** For whose pods a subnet is: those of a zone, or of a named group in it. */
export interface PodPlace {
  readonly availabilityZone: string;
  readonly group?: string;
}

/** A pod subnet with its block. */
export interface PlacedPodSubnet extends PodPlace {
  readonly cidrBlock: string;
}

/** The places that are wanted, by zone and then by group, the zone's own first. */
export function wantedPlaces(
  zones: readonly string[],
  podGroups: readonly PodGroupRequest[] = [],
): PodPlace[] {
  const groups = [...podGroups].sort((a, b) => (a.name < b.name ? -1 : 1));
  return zones.flatMap((availabilityZone) => [
    { availabilityZone },
    ...groups
      .filter((group) => (group.zones ?? zones).includes(availabilityZone))
      .map(({ name }) => ({ availabilityZone, group: name })),
  ]);
}

/** A place by one name. No zone ends with that of a group, so no two have the same. */
export function placeKey({ availabilityZone, group }: PodPlace): string {
  return group === undefined ? availabilityZone : `${availabilityZone}-${group}`;
}

/** The place of a pod subnet of ours. */
export function placeOf(subnet: SubnetFacts): PodPlace {
  const group = podGroupOf(subnet);
  const { availabilityZone } = subnet;
  return group === undefined ? { availabilityZone } : { availabilityZone, group };
}

/**
 * Gives every place a block. What exists of ours, or is taken over, keeps its block, whatever else is wanted; subnets of
 * others in the pod blocks, of another cluster for instance, are planned around.
 *
 * @param adopted subnets of others that are taken over.
 * @throws InvalidInputError with what forbids it, at paths of the request.
 */
export function placePodSubnets(
  facts: ClusterFacts,
  request: PodNetworkRequest,
  places: readonly PodPlace[],
  adopted: readonly SubnetFacts[],
): PlacedPodSubnet[] {
  // Without zones there is nothing to place, and that is said elsewhere.
  if (places.length === 0) return [];
  const { serviceCidrBlock } = facts;
  const kept = keptSubnets(facts, request, adopted);
  const { subnets } = underOwnPaths(places, request, () =>
    planSubnets({
      vpc: {
        cidrBlocks: facts.cidrBlocks.map(({ cidrBlock }) => cidrBlock),
        routes: facts.routes,
        peerings: (facts.peers ?? []).map(({ peeringId, status, requester, cidrBlocks }): VpcPeering => ({
          peeringId,
          status: status === "active" ? "active" : "pending-acceptance",
          role: requester ? "requester" : "accepter",
          // Of a side that has not accepted yet, EC2 tells no block.
          cidrBlocks: cidrBlocks.filter((cidrBlock) => cidrBlock !== ""),
        })),
        ...(serviceCidrBlock !== undefined && { serviceCidrBlock }),
        ...(request.cidrBlocksPerVpc !== undefined && {
          quotas: { cidrBlocksPerVpc: request.cidrBlocksPerVpc },
        }),
      },
      podBlocks: request.podCidrs,
      zones: places.map((place) => ({
        availabilityZone: placeKey(place),
        prefixLength: prefixLengthOf(place, request),
      })),
      prefixLength: request.subnetPrefixLength ?? DEFAULT_PREFIX_LENGTH,
      existing: facts.subnets
        .filter(({ cidrBlock }) => cidrBlock !== "")
        .map((subnet) => ({
          cidr: subnet.cidrBlock,
          subnetId: subnet.subnetId,
          // A subnet that is nobody's here only takes up its place.
          availabilityZone: kept.get(subnet.subnetId) ?? `${subnet.availabilityZone} (not ours)`,
        })),
    }),
  );
  return places.flatMap((place) => {
    const planned = subnets.find(({ availabilityZone }) => availabilityZone === placeKey(place));
    // Only blocks of IPAM are unknown, and none is asked for.
    return planned?.cidr === undefined ? [] : [{ ...place, cidrBlock: planned.cidr }];
  });
}

/**
 * The subnet that each place keeps, as places by subnet. Where an interrupted replacement left two, it is the one that
 * is taken over, else the one in the earlier pod block.
 */
function keptSubnets(
  facts: ClusterFacts,
  { podCidrs }: PodNetworkRequest,
  adopted: readonly SubnetFacts[],
): Map<string, string> {
  const kept = new Map<string, string>();
  const taken = new Set<string>();
  const keep = (subnet: SubnetFacts, place: PodPlace) => {
    if (taken.has(placeKey(place))) return;
    taken.add(placeKey(place));
    kept.set(subnet.subnetId, placeKey(place));
  };
  for (const subnet of adopted) keep(subnet, { availabilityZone: subnet.availabilityZone });
  for (const podCidr of podCidrs) {
    for (const subnet of ownPodSubnets(facts)) if (isIn(podCidr, subnet)) keep(subnet, placeOf(subnet));
  }
  return kept;
}

/** Whether a block contains a subnet; one that can't be read contains none. */
export function isIn(podCidr: string, { cidrBlock }: Pick<SubnetFacts, "cidrBlock">): boolean {
  const outer = readCidr(podCidr);
  const inner = readCidr(cidrBlock);
  return outer.kind === "block" && inner.kind === "block" && contains(outer.block, inner.block);
}

function prefixLengthOf(
  { group }: PodPlace,
  { subnetPrefixLength, podGroups = [] }: PodNetworkRequest,
): number {
  const ofGroup = podGroups.find(({ name }) => name === group)?.subnetPrefixLength;
  return ofGroup ?? subnetPrefixLength ?? DEFAULT_PREFIX_LENGTH;
}

/** Problems of an address plan under the names that the request has for its parts. */
function underOwnPaths<T>(places: readonly PodPlace[], request: PodNetworkRequest, plan: () => T): T {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(error.problems.map((problem) => underOwnPath(problem, places, request)));
  }
}

function underOwnPath(problem: Problem, places: readonly PodPlace[], request: PodNetworkRequest): Problem {
  const at = /^zones\[(\d+)\](.*)$/.exec(problem.path);
  const place = at && places[Number(at[1])];
  if (!place) {
    const path = problem.path
      .replace(/^podBlocks/, "podCidrs")
      .replace(/^prefixLength$/, "subnetPrefixLength");
    return { ...problem, path };
  }
  const group = (request.podGroups ?? []).findIndex(({ name }) => name === place.group);
  if (group >= 0) return { ...problem, path: `podGroups[${group}]${at[2] ?? ""}` };
  const zone = (request.zones ?? []).indexOf(place.availabilityZone);
  // Zones that nobody gave have no place in the request: it is the blocks that are too small for them.
  return { ...problem, path: zone < 0 ? "podCidrs" : `zones[${zone}]` };
}
