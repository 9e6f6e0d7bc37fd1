import { likelyName } from "../nearestNames";
import { shown, type Problem } from "../problem";
import type { ClusterFacts } from "./clusterFacts";
import { nodeSubnets, ownPodSubnets, podGroupOf, zonesOf } from "./nodeSubnets";
import { PodEgress } from "./podSubnetsRequest";
import type { PodNetworkRequest } from "./request";

/** In which zones pods are to have subnets. */
export interface PodZones {
  /** In their order. */
  readonly zones: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/**
 * The zones of a pod network: those that were asked for; else where nodes are or may be, and where a pod subnet of ours
 * is, which stays when a zone has no nodes for a while.
 *
 * How many nodes a group wants has no say in it.
 */
export function podZones(facts: ClusterFacts, request: PodNetworkRequest): PodZones {
  const withNodes = zonesOf(nodeSubnets(facts));
  const withOwn = zonesOf(ownPodSubnets(facts).filter((subnet) => podGroupOf(subnet) === undefined));
  if (request.zones === undefined) {
    const zones = [...new Set([...withNodes, ...withOwn])].sort();
    return { zones, problems: zones.length > 0 ? [] : [noNodes(facts)], warnings: [] };
  }
  const zones = [...new Set(request.zones)].sort();
  return {
    zones,
    problems: [
      ...request.zones.flatMap((zone, index) =>
        zoneProblems(zone, index, request, facts, withNodes, withOwn),
      ),
      ...request.zones.flatMap((zone, index, all) => twiceProblems(zone, index, all)),
    ],
    warnings: withNodes
      .filter(
        (zone) => !zones.includes(zone) && !facts.instances.some((one) => one.availabilityZone === zone),
      )
      .map(
        (zone) =>
          `${zone} has subnets for nodes but is not among zones: a node that is started there never becomes Ready.`,
      ),
  };
}

function noNodes({ clusterName }: ClusterFacts): Problem {
  return {
    path: "zones",
    reason: `${clusterName} has no managed node group, no Auto Scaling group and no running node, so nothing tells which zones pods are to have.`,
    fix: "Give zones, or ec2NodeClasses where Karpenter starts the nodes.",
  };
}

function zoneProblems(
  zone: string,
  index: number,
  { egress = PodEgress.Nodes, routeTableIds = {} }: PodNetworkRequest,
  { vpcId, subnets }: ClusterFacts,
  withNodes: readonly string[],
  withOwn: readonly string[],
): Problem[] {
  const ofVpc = zonesOf(subnets);
  if (!ofVpc.includes(zone)) {
    return [unknownName(`zones[${index}]`, `${vpcId} has no subnet in ${shown(zone)}.`, zone, ofVpc)];
  }
  const hasRoutes = withNodes.includes(zone) || withOwn.includes(zone) || Object.hasOwn(routeTableIds, zone);
  if (hasRoutes || egress !== PodEgress.Nodes) return [];
  return [
    {
      path: `zones[${index}]`,
      reason: `no node subnet is known in ${zone} whose route table its pods could share.`,
      fix: `Give it one as routeTableIds[${JSON.stringify(zone)}], or leave the zone out until it has nodes.`,
    },
  ];
}

function twiceProblems(zone: string, index: number, all: readonly string[]): Problem[] {
  const before = all.indexOf(zone);
  if (before === index) return [];
  return [
    { path: `zones[${index}]`, reason: `${zone} is named twice (zones[${before}]).`, fix: "Name it once." },
  ];
}

/** A name that means nothing, with the one that is likely meant. */
export function unknownName(path: string, reason: string, name: string, known: readonly string[]): Problem {
  const names = [...new Set(known)];
  const meant = likelyName(name, names);
  const question = meant === undefined ? "" : `Did you mean ${meant}? `;
  return { path, reason, fix: `${question}There is ${names.length === 0 ? "none" : names.join(", ")}.` };
}
