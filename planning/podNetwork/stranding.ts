import { addressCount, cidrBlock, usableAddressCount } from "../cidrBlock";
import { fromEnv } from "../awsNode/env";
import { prefixReservations, SMALLEST_PREFIX_SUBNET } from "../prefixReservations";
import type { Problem } from "../problem";
import { sum } from "../sequence";
import type { ClusterFacts, SubnetFacts } from "./clusterFacts";
import { ownPodSubnets } from "./nodeSubnets";
import { placeKey, placeOf, type PlacedPodSubnet } from "./podSubnetPlaces";
import { FORCE, type PodNetworkRequest } from "./request";

/**
 * How many addresses of a subnet somebody has: pods, and the network interfaces that carry them.
 *
 * Addresses that are reserved for prefixes count as taken in EC2's number of free ones, though nobody has them. Every
 * prefix lies on a network interface with an address outside of them, so that one in use is never missed.
 *
 * @param hasPrefixReservations whether it has the reservations that are made for a pod subnet.
 */
export function usedAddresses(
  { cidrBlock: cidr, freeAddresses }: SubnetFacts,
  hasPrefixReservations = false,
): number {
  const taken = Math.max(0, usableAddressCount(cidrBlock(cidr).prefixLength) - freeAddresses);
  const reserved = hasPrefixReservations ? reservedAddresses(cidr) : 0;
  // While they are being made, there are none yet.
  return taken >= reserved ? taken - reserved : taken;
}

function reservedAddresses(cidr: string): number {
  if (cidrBlock(cidr).prefixLength > SMALLEST_PREFIX_SUBNET) return 0;
  return sum(prefixReservations(cidr).cidrs, (block) => addressCount(cidrBlock(block).prefixLength));
}

/**
 * What of a plan would take away from pods, or from nodes, what they live on.
 *
 * @param zones those that the plan has.
 * @param placed the pod subnets of the plan; undefined where there is no plan of them, and nothing is said of them.
 */
export function strandingProblems(
  facts: ClusterFacts,
  request: PodNetworkRequest,
  zones: readonly string[],
  placed: readonly PlacedPodSubnet[] | undefined,
): Problem[] {
  const problems: [force: string, problem: Problem][] = [
    ...uncoveredZones(facts, zones).map((problem): [string, Problem] => [
      FORCE.ZoneWithoutEniConfig,
      problem,
    ]),
    ...lostSubnets(facts, request, placed).map((problem): [string, Problem] => [
      FORCE.PodSubnetInUse,
      problem,
    ]),
    ...flagOff(facts, request).map((problem): [string, Problem] => [FORCE.CustomNetworkingOff, problem]),
  ];
  return problems.flatMap(([force, problem]) =>
    request.force?.includes(force) === true
      ? []
      : [{ ...problem, fix: `${problem.fix} To do it all the same, give force: ["${force}"].` }],
  );
}

/** Zones with running nodes for which there never was a pod subnet of ours; of others, the subnet that goes is told. */
function uncoveredZones(facts: ClusterFacts, zones: readonly string[]): Problem[] {
  const own = new Set(ownPodSubnets(facts).map((subnet) => placeKey(placeOf(subnet))));
  return [...nodesByZone(facts)]
    .filter(([zone]) => !zones.includes(zone) && !own.has(zone))
    .map(([zone, nodes]) => ({
      path: "zones",
      reason: `${nodesOf(nodes)} in ${zone}, which is not among them: without an ENIConfig, new nodes there never become Ready and those of today get no further addresses.`,
      fix: `Add ${zone}, or move its nodes to another zone first.`,
    }));
}

function lostSubnets(
  facts: ClusterFacts,
  { podCidrs, prefixReservations: isReserved }: PodNetworkRequest,
  placed: readonly PlacedPodSubnet[] | undefined,
): Problem[] {
  if (placed === undefined) return [];
  const nodes = nodesByZone(facts);
  const own = ownPodSubnets(facts);
  return own.flatMap((subnet) => {
    const place = placeOf(subnet);
    const next = placed.find((one) => placeKey(one) === placeKey(place));
    if (next?.cidrBlock === subnet.cidrBlock) return [];
    // One that was left behind while its place has another already is nobody's any more.
    const isReplaced =
      next &&
      own.some((other) => other.cidrBlock === next.cidrBlock && placeKey(placeOf(other)) === placeKey(place));
    if (isReplaced) return [];
    const used = usedAddresses(subnet, isReserved);
    // The nodes of a group are not told by their zone.
    const living = place.group === undefined ? (nodes.get(place.availabilityZone) ?? 0) : 0;
    if (used === 0 && living === 0) return [];
    const who = [
      ...(used > 0 ? [`${used} of its addresses ${used === 1 ? "is" : "are"} in use`] : []),
      ...(living > 0 ? [nodesOf(living) + " in its zone"] : []),
    ].join(" and ");
    const what = `the pod subnet ${subnet.cidrBlock} of ${place.group === undefined ? "" : `${place.group} in `}${place.availabilityZone} (${subnet.subnetId})`;
    if (next !== undefined) {
      return [
        {
          path: "podCidrs",
          reason: `${what} is in none of ${podCidrs.join(", ")}, so it would be replaced by ${next.cidrBlock}, and ${who}.`,
          fix: "Keep its block among them, and add others behind it.",
        },
      ];
    }
    return [
      {
        path: place.group === undefined ? "zones" : "podGroups",
        reason: `${what} would be deleted, and ${who}.`,
        fix: `Keep ${place.group ?? place.availabilityZone}, or move its ${living > 0 ? "nodes" : "pods"} elsewhere first.`,
      },
    ];
  });
}

/** Only own pod subnets tell that nodes are new: their interfaces are in there. */
function flagOff(facts: ClusterFacts, { cni, prefixReservations: isReserved }: PodNetworkRequest): Problem[] {
  if (fromEnv(cni?.env ?? {}).settings.customNetworking !== false) return [];
  const used = ownPodSubnets(facts).filter((subnet) => usedAddresses(subnet, isReserved) > 0);
  if (used.length === 0) return [];
  return [
    {
      path: "cni.env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
      reason: `addresses of ${used.map((subnet) => subnet.cidrBlock).join(", ")} are in use: turned off, nodes with pods there get no further addresses in their own subnets beyond what max pods and the primary interface leave.`,
      fix: "Leave it on. To go back, see that the subnets of the nodes have room for these pods, turn it off, and replace the nodes right after.",
    },
  ];
}

function nodesByZone({ instances }: ClusterFacts): Map<string, number> {
  const nodes = new Map<string, number>();
  for (const { availabilityZone } of instances)
    nodes.set(availabilityZone, (nodes.get(availabilityZone) ?? 0) + 1);
  return nodes;
}

function nodesOf(count: number): string {
  return count === 1 ? "1 node runs" : `${count} nodes run`;
}
