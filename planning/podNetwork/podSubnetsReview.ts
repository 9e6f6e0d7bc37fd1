import type { Problem } from "../problem";
import type { RouteTableFacts, SubnetFacts } from "./clusterFacts";
import { PodEgress, routesOfNodes, zonesWithOwnTable, type PodSubnetsRequest } from "./podSubnetsRequest";
import { clusterTag, defaultTagProblems } from "./podSubnetTags";
import {
  externalSnatWarnings,
  natGatewayProblems,
  nodeRouteTable,
  nodeRouteTableProblems,
  publicSubnetsByZone,
  singleNatProblems,
  singleNatSubnet,
} from "./routing";

/** What pod subnets depend on, as it is. What the request does not leave open is not looked at. */
export interface PodSubnetsFacts {
  /** The cluster's, of Kubernetes; undefined while there is no such cluster. */
  readonly version: string | undefined;
  /** Those of the aws provider. */
  readonly defaultTags: Readonly<Record<string, string>>;
  /** The subnets in which the cluster has nodes. @default not known, and not asked for */
  readonly nodeSubnets?: readonly SubnetFacts[];
  /** The pod subnets of an earlier run. @default none */
  readonly podSubnets?: readonly SubnetFacts[];
  /** @default not known, and not asked for or not there yet */
  readonly vpc?: VpcOfPodSubnets;
  /** Whether the CNI leaves pods their own addresses outside of their nodes. */
  readonly externalSnat: boolean;
  /** The route tables that subnets name, in the order of the subnets, as far as they are known. */
  readonly namedRouteTableIds: readonly (string | undefined)[];
}

/** Subnets and route tables of a VPC. */
export interface VpcOfPodSubnets {
  readonly subnets: readonly SubnetFacts[];
  readonly routeTables: readonly RouteTableFacts[];
}

/** What was left open, decided. */
export interface PodSubnetsReview {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** The route tables of nodes that pod subnets get too, by zone. */
  readonly nodeRouteTables: ReadonlyMap<string, string>;
  /** The public subnets for NAT gateways by zone; of a single one for all zones. */
  readonly natSubnets: ReadonlyMap<string, string>;
  /** Tags that the cluster wants of its subnets. */
  readonly clusterTags: Readonly<Record<string, string>>;
}

/** Decides what a request leaves open by what is there, and says what forbids it, all at once. */
export function reviewPodSubnets(request: PodSubnetsRequest, facts: PodSubnetsFacts): PodSubnetsReview {
  const { clusterName } = request;
  const { nodeSubnets = [], podSubnets = [], vpc } = facts;
  const ofNodes = routesOfNodes(request);
  const nat =
    vpc === undefined ? { problems: [], subnets: new Map<string, string>() } : placeNat(request, vpc);
  const nodeRouteTables = new Map(
    ofNodes.flatMap(({ availabilityZone }) => {
      // Nodes may be gone for a while; what they told stays.
      const today = podSubnets.find(
        (subnet) =>
          subnet.availabilityZone === availabilityZone &&
          ofNodes.some(({ cidrBlock }) => cidrBlock === subnet.cidrBlock),
      )?.routeTableId;
      const table = nodeRouteTable(availabilityZone, nodeSubnets, today) ?? today;
      return table === undefined ? [] : [[availabilityZone, table] as const];
    }),
  );
  return {
    problems: [
      ...nodeRouteTableProblems(
        clusterName,
        ofNodes.filter(({ availabilityZone }) => !nodeRouteTables.has(availabilityZone)),
        nodeSubnets,
      ),
      ...nat.problems,
      ...defaultTagProblems(facts.defaultTags, request.hasCniRole),
    ],
    warnings: snatWarnings(request, facts, nodeRouteTables),
    nodeRouteTables,
    natSubnets: nat.subnets,
    clusterTags: clusterTag(clusterName, facts.version),
  };
}

function placeNat(
  request: PodSubnetsRequest,
  { subnets }: VpcOfPodSubnets,
): { problems: Problem[]; subnets: Map<string, string> } {
  const zones = zonesWithOwnTable(request);
  const named = new Set(request.publicSubnetZones);
  if (zones.length === 0) return { problems: [], subnets: new Map() };
  if (request.egress !== PodEgress.SingleNat) {
    const open = zones.filter((zone) => !named.has(zone));
    return { problems: natGatewayProblems(open, subnets), subnets: publicSubnetsByZone(subnets) };
  }
  if (named.size > 0) return { problems: [], subnets: new Map() };
  const place = singleNatSubnet(zones, subnets);
  return {
    problems: singleNatProblems(subnets),
    subnets: new Map(place === undefined ? [] : zones.map((zone) => [zone, place])),
  };
}

/** Route tables that are made for pods have a NAT gateway; it is the others that may have none. */
function snatWarnings(
  request: PodSubnetsRequest,
  { externalSnat, vpc, namedRouteTableIds }: PodSubnetsFacts,
  nodeRouteTables: ReadonlyMap<string, string>,
): string[] {
  if (!externalSnat || vpc === undefined) return [];
  const own = new Set(zonesWithOwnTable(request));
  const borrowed = request.subnets.flatMap(({ availabilityZone, hasRouteTable, adopt }, index) => {
    if (!hasRouteTable && adopt === undefined && own.has(availabilityZone)) return [];
    const asItIs = vpc.subnets.find(({ subnetId }) => subnetId === adopt)?.routeTableId;
    const ofNodes = adopt === undefined ? nodeRouteTables.get(availabilityZone) : undefined;
    const routeTableId = hasRouteTable ? namedRouteTableIds[index] : (asItIs ?? ofNodes);
    return routeTableId === undefined ? [] : [{ availabilityZone, routeTableId }];
  });
  return externalSnatWarnings(borrowed, vpc.routeTables);
}
