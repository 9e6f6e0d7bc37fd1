import { shown, type Problem } from "../problem";
import { zonesOf } from "./nodeSubnets";
import { podSubnetProblems, type WantedPodSubnet } from "./podSubnetProblems";
import { ownTagProblems } from "./podSubnetTags";
import type { PodSubnetOfNodes } from "./routing";

/**
 * How pods of the pod subnets leave the VPC.
 *
 * `nodes`: as the nodes of their zone do, by the same route table. `natPerZone`: by route tables of their own and a NAT
 * gateway in each zone. `singleNat`: by one NAT gateway for all zones, which costs less, sends traffic across zones, and
 * goes down with its zone.
 */
export const PodEgress = { Nodes: "nodes", NatPerZone: "natPerZone", SingleNat: "singleNat" } as const;
export type PodEgress = (typeof PodEgress)[keyof typeof PodEgress];

/** Pod subnets as they are asked for, as far as it is known now. */
export interface PodSubnetsRequest {
  readonly clusterName: string;
  readonly hasVpcId: boolean;
  readonly vpcName?: string;
  readonly subnets: readonly RequestedPodSubnet[];
  readonly egress: string;
  /** Whose public subnets are named. */
  readonly publicSubnetZones: readonly string[];
  readonly tags: Readonly<Record<string, unknown>>;
  readonly hasCniRole: boolean;
  readonly hasPrefixReservations: boolean;
  readonly fargateProfile?: { readonly name: string; readonly selectors: readonly unknown[] };
}

/** A pod subnet that is asked for, and whether its routes are. */
export interface RequestedPodSubnet extends WantedPodSubnet {
  readonly hasRouteTable: boolean;
}

/** EKS takes no more selectors in a profile. */
const MOST_SELECTORS = 5;

/** Everything that is wrong with a request. */
export function podSubnetsProblems(request: PodSubnetsRequest): Problem[] {
  return [
    ...vpcProblems(request),
    ...podSubnetProblems(request.subnets, request.hasPrefixReservations),
    ...surroundingProblems(
      request,
      request.subnets.map(({ availabilityZone }) => availabilityZone),
    ),
  ];
}

/** What pod subnets have around them. */
export type PodSurroundings = Pick<
  PodSubnetsRequest,
  "egress" | "publicSubnetZones" | "tags" | "fargateProfile"
>;

/**
 * What is wrong with that which pod subnets have around them.
 *
 * @param zones those of the pod subnets; undefined where they are not known.
 */
export function surroundingProblems(
  request: PodSurroundings,
  zones: readonly string[] | undefined,
): Problem[] {
  return [...egressProblems(request, zones), ...ownTagProblems(request.tags), ...fargateProblems(request)];
}

/**
 * The zones whose pod subnets get a route table of their own: with a NAT gateway, and neither named ones nor those that
 * a subnet brings along which is taken over.
 */
export function zonesWithOwnTable({ egress, subnets }: PodSubnetsRequest): string[] {
  if (egress === PodEgress.Nodes) return [];
  const without = subnets.filter(({ hasRouteTable, adopt }) => !hasRouteTable && adopt === undefined);
  return zonesOf(without);
}

/** The pod subnets that get the routes of their zone's nodes, because nothing else is said. */
export function routesOfNodes(request: PodSubnetsRequest): PodSubnetOfNodes[] {
  if (request.egress !== PodEgress.Nodes) return [];
  return request.subnets.flatMap(({ availabilityZone, cidrBlock, hasRouteTable, adopt }, index) =>
    hasRouteTable || adopt !== undefined
      ? []
      : [{ path: `subnets[${index}].routeTableId`, availabilityZone, cidrBlock }],
  );
}

/** Whether public subnets for NAT gateways have to be found. */
export function hasOpenNat(request: PodSubnetsRequest): boolean {
  const named = request.publicSubnetZones;
  const zones = zonesWithOwnTable(request);
  if (request.egress === PodEgress.SingleNat) return zones.length > 0 && named.length === 0;
  return zones.some((zone) => !named.includes(zone));
}

function vpcProblems({ hasVpcId, vpcName }: PodSubnetsRequest): Problem[] {
  if (vpcName === undefined) return [];
  if (vpcName === "") {
    return [{ path: "vpcName", reason: "it is empty.", fix: "Give the Name tag of the VPC, or vpcId." }];
  }
  if (!hasVpcId) return [];
  return [{ path: "vpcName", reason: "vpcId names a VPC already.", fix: "Give one of the two." }];
}

function egressProblems(
  { egress, publicSubnetZones }: PodSurroundings,
  wanted: readonly string[] | undefined,
): Problem[] {
  const known: readonly string[] = Object.values(PodEgress);
  if (!known.includes(egress)) {
    return [
      { path: "egress", reason: `${shown(egress)} is none.`, fix: `It is one of ${known.join(", ")}.` },
    ];
  }
  if (publicSubnetZones.length === 0) return [];
  if (egress === PodEgress.Nodes) {
    return [
      {
        path: "publicSubnetIds",
        reason: "they are for NAT gateways, and with the egress nodes none is made.",
        fix: "Leave them out, or choose the egress natPerZone or singleNat.",
      },
    ];
  }
  if (egress === PodEgress.SingleNat || wanted === undefined) return [];
  const zones = new Set(wanted);
  return publicSubnetZones
    .filter((zone) => !zones.has(zone))
    .map((zone) => ({
      path: `publicSubnetIds[${shown(zone)}]`,
      reason: `no pod subnet is in ${zone}.`,
      fix: `Leave it out; there are pod subnets in ${[...zones].sort().join(", ") || "no zone"}.`,
    }));
}

function fargateProblems({ fargateProfile }: PodSurroundings): Problem[] {
  if (fargateProfile === undefined) return [];
  const problems: Problem[] = [];
  if (fargateProfile.name === "") {
    problems.push({ path: "fargateProfile.name", reason: "it is empty.", fix: "Give it a name." });
  }
  const { length } = fargateProfile.selectors;
  if (length < 1 || length > MOST_SELECTORS) {
    problems.push({
      path: "fargateProfile.selectors",
      reason: `a profile has 1 to ${MOST_SELECTORS} selectors, not ${length}.`,
      fix: "Select by namespace, or divide them among profiles of one's own.",
    });
  }
  return problems;
}
