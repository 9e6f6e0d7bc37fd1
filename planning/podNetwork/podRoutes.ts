import { shown, type Problem } from "../problem";
import type { ClusterFacts, SubnetFacts } from "./clusterFacts";
import { ownPodSubnets } from "./nodeSubnets";
import { placeKey, placeOf, type PlacedPodSubnet } from "./podSubnetPlaces";
import { PodEgress } from "./podSubnetsRequest";
import { unknownName } from "./podZones";
import type { PodNetworkRequest } from "./request";
import { externalSnatWarnings, nodeRouteTable } from "./routing";

/** A pod subnet. */
export interface PlannedPodSubnet extends PlacedPodSubnet {
  /** Left out where it gets a table of its own, or keeps the one that it brings along. */
  readonly routeTableId?: string;
  /** The id of one that exists already, made by others. */
  readonly adopt?: string;
}

/**
 * Gives pod subnets their route tables: those of the request; else, where pods leave the VPC as their nodes do, that of
 * the zone's nodes, and where none are left, the one that the pod subnet has.
 *
 * @param adopted subnets of others that are taken over, with the routes that they have.
 */
export function withRoutes(
  facts: ClusterFacts,
  { routeTableIds = {}, egress = PodEgress.Nodes }: PodNetworkRequest,
  placed: readonly PlacedPodSubnet[],
  nodeSubnets: readonly SubnetFacts[],
  adopted: readonly SubnetFacts[],
): PlannedPodSubnet[] {
  const own = ownPodSubnets(facts);
  return placed.map((place) => {
    const { availabilityZone } = place;
    const taken = adopted.find(({ cidrBlock }) => cidrBlock === place.cidrBlock);
    const today = own.find((subnet) => placeKey(placeOf(subnet)) === placeKey(place));
    const ofNodes = nodeRouteTable(availabilityZone, nodeSubnets, today?.routeTableId) ?? today?.routeTableId;
    const chosen = egress === PodEgress.Nodes && taken === undefined ? ofNodes : undefined;
    const routeTableId = routeTableIds[availabilityZone] ?? chosen;
    return {
      ...place,
      ...(routeTableId !== undefined && { routeTableId }),
      ...(taken && { adopt: taken.subnetId }),
    };
  });
}

/** What to warn of where pods keep their addresses on their way out of the VPC. */
export function snatWarnings(
  { routeTables, subnets }: ClusterFacts,
  podSubnets: readonly PlannedPodSubnet[],
  externalSnat = false,
): string[] {
  if (!externalSnat) return [];
  const routed = podSubnets.flatMap(({ availabilityZone, routeTableId, adopt }) => {
    const table = routeTableId ?? subnets.find(({ subnetId }) => subnetId === adopt)?.routeTableId;
    return table === undefined ? [] : [{ availabilityZone, routeTableId: table }];
  });
  return externalSnatWarnings(routed, routeTables);
}

/** Route tables that the request names and that are not there, or are for zones that are not in the plan. */
export function routeTableProblems(
  { vpcId, routeTables }: ClusterFacts,
  { routeTableIds = {} }: PodNetworkRequest,
  zones: readonly string[],
): Problem[] {
  const known = routeTables.map(({ routeTableId }) => routeTableId);
  return Object.entries(routeTableIds).flatMap(([zone, id]) => {
    const path = `routeTableIds[${JSON.stringify(zone)}]`;
    return [
      ...(zones.includes(zone)
        ? []
        : [unknownName(path, `no pod subnet is in ${shown(zone)}.`, zone, zones)]),
      ...(known.includes(id)
        ? []
        : [unknownName(path, `${vpcId} has no route table ${shown(id)}.`, id, known)]),
    ];
  });
}
