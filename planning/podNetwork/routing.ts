import { fromEnv } from "../awsNode/env";
import { mergeConfigurationValues } from "../awsNode/merge";
import { shown, type Problem } from "../problem";
import { CLUSTER_TAG, type RouteTableFacts, type SubnetFacts } from "./clusterFacts";
import { zonesOf } from "./nodeSubnets";

/** A subnet, as far as its routes decide something. */
export type RoutedSubnet = Pick<
  SubnetFacts,
  "subnetId" | "availabilityZone" | "routeTableId" | "hasInternetGatewayRoute" | "tags"
>;

/**
 * The route table for pods of a zone, so that they leave the VPC as its nodes do: that of most of the node subnets
 * there, of private ones before public ones. Undefined where no node tells.
 *
 * @param today the one that the pods have, which stays as long as some nodes have it too: groups come and go, and the
 *   pods' way out is not to change with their number.
 */
export function nodeRouteTable(
  availabilityZone: string,
  nodeSubnets: readonly RoutedSubnet[],
  today?: string,
): string | undefined {
  const here = nodeSubnets.filter((subnet) => subnet.availabilityZone === availabilityZone);
  const isPrivate = here.filter(({ hasInternetGatewayRoute }) => !hasInternetGatewayRoute);
  const candidates = isPrivate.length > 0 ? isPrivate : here;
  if (today !== undefined && candidates.some(({ routeTableId }) => routeTableId === today)) return today;
  const counts = new Map<string, number>();
  for (const { routeTableId } of candidates) counts.set(routeTableId, (counts.get(routeTableId) ?? 0) + 1);
  const [best] = [...counts].sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1));
  return best?.[0];
}

/** A pod subnet that is to have the routes of its zone's nodes. */
export interface PodSubnetOfNodes {
  /** Where the request could name a route table in their place. */
  readonly path: string;
  readonly availabilityZone: string;
  /** Undefined where it is known only later. */
  readonly cidrBlock: string | undefined;
}

/** Pod subnets for which no node tells the routes. */
export function nodeRouteTableProblems(
  clusterName: string,
  podSubnets: readonly PodSubnetOfNodes[],
  nodeSubnets: readonly RoutedSubnet[],
): Problem[] {
  return podSubnets
    .filter(({ availabilityZone }) => nodeRouteTable(availabilityZone, nodeSubnets) === undefined)
    .map(({ path, availabilityZone }) => ({
      path,
      reason: `${clusterName} has no node subnet in ${availabilityZone}, whose routes could be taken over.`,
      fix: "Name the route table, or choose the egress natPerZone or singleNat.",
    }));
}

/**
 * Subnets in which NAT gateways can be, by their zones: those with a route to an internet gateway. Pod subnets are
 * none, whatever routes they have: what is made here must not change what is found here.
 */
export function publicSubnetsByZone(subnets: readonly RoutedSubnet[]): Map<string, string> {
  const byZone = new Map<string, string>();
  const sorted = [...subnets].sort((a, b) => (a.subnetId < b.subnetId ? -1 : 1));
  for (const { availabilityZone, subnetId, hasInternetGatewayRoute, tags } of sorted) {
    if (!hasInternetGatewayRoute || CLUSTER_TAG in tags || byZone.has(availabilityZone)) continue;
    byZone.set(availabilityZone, subnetId);
  }
  return byZone;
}

/** Zones without a public subnet for their NAT gateway. */
export function natGatewayProblems(zones: readonly string[], subnets: readonly RoutedSubnet[]): Problem[] {
  const found = publicSubnetsByZone(subnets);
  return zones
    .filter((zone) => !found.has(zone))
    .map((zone) => ({
      path: `publicSubnetIds[${shown(zone)}]`,
      reason: `no subnet of ${zone} has a route to an internet gateway, so a NAT gateway has no place there.`,
      fix: "Name a public subnet, give the zone's pod subnets a routeTableId, or choose another egress.",
    }));
}

/** The public subnet for the only NAT gateway: in the first of the given zones that has one, else in any zone. */
export function singleNatSubnet(
  zones: readonly string[],
  subnets: readonly RoutedSubnet[],
): string | undefined {
  const found = publicSubnetsByZone(subnets);
  const first = [...[...zones].sort(), ...[...found.keys()].sort()].find((zone) => found.has(zone));
  return first === undefined ? undefined : found.get(first);
}

/** What is wrong where no zone has a public subnet. */
export function singleNatProblems(subnets: readonly RoutedSubnet[]): Problem[] {
  if (publicSubnetsByZone(subnets).size > 0) return [];
  return [
    {
      path: "publicSubnetIds",
      reason: "no subnet of the VPC has a route to an internet gateway, so a NAT gateway has no place in it.",
      fix: "Name a public subnet, or choose the egress nodes.",
    },
  ];
}

/** A pod subnet and the route table that it has or will have. */
export interface RoutedPodSubnet {
  readonly availabilityZone: string;
  readonly routeTableId: string;
}

/**
 * What to warn of where external SNAT is on: pods then leave their node with their own addresses, which are private,
 * and without a NAT on their way they reach nothing outside (VPC CNI, AWS_VPC_K8S_CNI_EXTERNALSNAT).
 *
 * @param routeTables those that are known; a pod subnet of another table passes.
 */
export function externalSnatWarnings(
  podSubnets: readonly RoutedPodSubnet[],
  routeTables: readonly RouteTableFacts[],
): string[] {
  const withoutNat = new Set(
    routeTables.filter(({ hasNatRoute }) => !hasNatRoute).map(({ routeTableId }) => routeTableId),
  );
  const tables = [...new Set(podSubnets.map(({ routeTableId }) => routeTableId))].sort();
  return tables
    .filter((table) => withoutNat.has(table))
    .map((table) => {
      const here = podSubnets.filter(({ routeTableId }) => routeTableId === table);
      return (
        `External SNAT is on and ${table}, the route table of the pod subnets of ${zonesOf(here).join(", ")}, ` +
        `has no route to a NAT: their pods will not reach anything outside of the VPC. ` +
        `Add a default route to a NAT gateway, choose the egress natPerZone or singleNat, ` +
        `or set AWS_VPC_K8S_CNI_EXTERNALSNAT to false.`
      );
    });
}

/**
 * Whether the settings of the add-on vpc-cni turn external SNAT on.
 *
 * @throws InvalidInputError when they are not a document that EKS could have taken.
 */
export function hasExternalSnat(configurationValues: string): boolean {
  const { env } = mergeConfigurationValues(configurationValues, { env: {}, initEnv: {} });
  return fromEnv(env).settings.externalSnat === true;
}
