import { cidrBlock, overlaps, type CidrBlock } from "../cidrBlock";
import { externalSnatWarnings } from "../podNetwork/routing";
import { check, type Found } from "./check";
import type { PeerRoutes, RouteFacts, RouteTarget } from "./networkFacts";
import type { PodAttachment } from "./picture";
import { podRouteTables } from "./podNetworkPlan";
import { seesPods } from "./snat";
import { isCovered } from "./traffic";

/** How people call what a route leads to. */
const NAMES: Partial<Readonly<Record<RouteTarget, string>>> = {
  peering: "the peering",
  transitGateway: "the transit gateway",
  virtualGateway: "the virtual private gateway",
};

/**
 * Networks outside the VPC that see pods by their own addresses, and need a route back to those of tomorrow: where the
 * CNI leaves source addresses alone, which a route back to the nodes' range does not answer.
 */
export const returnRoutes = check(
  {
    id: "RETURN-ROUTE",
    level: "warn",
    about: "networks outside that see pods' own addresses have a route back to tomorrow's",
    looksAt: ["facts", "vpc", "routeTables", "peerRoutes", "attachment", "cni", "wanted"],
  },
  ({ facts, vpc, routeTables, peerRoutes, attachment, cni, wanted }) => {
    const own = vpc.addressing.cidrBlocks.map(cidrBlock);
    const tables = new Set(podRouteTables(facts, wanted).map(({ routeTableId }) => routeTableId));
    const byTarget = new Map<string, RouteFacts[]>();
    for (const { routeTableId, routes } of routeTables) {
      if (!tables.has(routeTableId)) continue;
      for (const route of routes) {
        if (NAMES[route.target] === undefined || !seesPods(route.destination, own, cni)) continue;
        byTarget.set(route.targetId, [...(byTarget.get(route.targetId) ?? []), route]);
      }
    }
    const why = cni.externalSnat
      ? "AWS_VPC_K8S_CNI_EXTERNALSNAT is true"
      : `AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS names ${cni.excludeSnatCidrs.join(", ")}`;
    return [...byTarget.values()].flatMap((routes) => lacking(routes, why, attachment, peerRoutes));
  },
);

function lacking(
  routes: readonly RouteFacts[],
  why: string,
  { from, to, ranges }: PodAttachment,
  peerRoutes: readonly PeerRoutes[],
): Found[] {
  const [first] = routes;
  if (first === undefined) return [];
  const { target, targetId } = first;
  const outside = [...new Set(routes.map(({ destination }) => destination.cidr))].join(", ");
  const range = ranges.map(({ cidr }) => cidr).join(" and ");
  const through = `${NAMES[target] ?? ""} ${targetId}`;
  const back = backOver(targetId, peerRoutes);
  const evidence = `${why}: what is sent there comes from the pods' own addresses.`;
  if (back === undefined) {
    return [
      {
        title: `whether ${outside} has a route back to ${range} over ${through} can't be seen from here`,
        evidence: [
          evidence,
          "Its route tables are another account's, another Region's or another network's.",
        ],
        wayOut: `Have ${outside} route ${range} over ${through} before the first node is replaced.`,
      },
    ];
  }
  const answersTomorrow = to.every((block) => isCovered(block, back));
  const answersToday = from.some((block) => back.some((route) => overlaps(route, block)));
  if (answersTomorrow || !answersToday) return [];
  return [
    {
      level: "stop",
      title: `${outside} has no route back to ${range} over ${through}`,
      evidence: [
        evidence,
        `Its route tables lead ${back.map(({ cidr }) => cidr).join(", ")} over it, today's pods among them.`,
      ],
      wayOut: `Add a route to ${range} over ${targetId} to the route tables of the other VPC before the first node is replaced.`,
    },
  ];
}

/** Destinations that the other end leads back over; undefined where that can't be seen. */
function backOver(targetId: string, peerRoutes: readonly PeerRoutes[]): readonly CidrBlock[] | undefined {
  return peerRoutes.find(({ peeringId }) => peeringId === targetId)?.destinations;
}

/** Source addresses that the CNI leaves alone everywhere: pods need a NAT gateway on their own way out. */
export const externalSnat = check(
  {
    id: "SNAT-EXTERNAL",
    level: "warn",
    about: "pods leave the VPC by the addresses of their nodes",
    looksAt: ["facts", "routeTables", "cni", "wanted"],
  },
  ({ facts, routeTables, cni, wanted }) => {
    if (!cni.externalSnat) return [];
    const podSubnets = podRouteTables(facts, wanted);
    const without = externalSnatWarnings(podSubnets, routeTables);
    const tables = [...new Set(podSubnets.map(({ routeTableId }) => routeTableId))].sort();
    return [
      {
        level: without.length > 0 ? "stop" : "warn",
        title:
          without.length > 0
            ? "AWS_VPC_K8S_CNI_EXTERNALSNAT is true, and pod subnets have no route to a NAT gateway"
            : "AWS_VPC_K8S_CNI_EXTERNALSNAT is true: pods leave the VPC with their own addresses",
        evidence:
          without.length > 0
            ? without
            : [`The route tables of the pod subnets lead to a NAT: ${tables.join(", ")}.`],
        wayOut:
          without.length > 0
            ? "Add default routes to NAT gateways, choose the egress natPerZone or singleNat, or set it to false: pods then leave by the addresses of their nodes."
            : "Nothing has to be done as long as the NAT stays on their way. Whoever is outside and goes by pods' addresses has to admit those of tomorrow.",
      },
    ];
  },
);
