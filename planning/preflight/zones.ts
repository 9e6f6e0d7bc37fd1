import { counted, listed } from "../amounts";
import { zonesWithoutEniConfig } from "../awsNode/eniConfigCoverage";
import { eniConfigLabelKey } from "../awsNode/eniConfigKeys";
import { fromEnv } from "../awsNode/env";
import { envOf } from "../awsNode/liveDaemonSet";
import type { SubnetFacts } from "../podNetwork/clusterFacts";
import { nodeSubnets, ownPodSubnets, zonesOf } from "../podNetwork/nodeSubnets";
import { check } from "./check";
import { podRouteTables } from "./podNetworkPlan";

/** Custom networking that is on already, while nodes of a zone have no ENIConfig: they never become Ready. */
export const zonesWithEniConfig = check(
  {
    id: "ENICONFIG-MISSING",
    level: "stop",
    about: "where custom networking is on, every zone with nodes has an ENIConfig",
    looksAt: ["awsNode", "eniConfigs", "facts", "cluster"],
  },
  ({ awsNode, eniConfigs, facts, cluster }) => {
    const { settings } = fromEnv(envOf(awsNode, "aws-node"));
    if (settings.customNetworking !== true) return [];
    const labelKey = eniConfigLabelKey(settings);
    const zonesWithNodes = [
      ...new Set([
        ...zonesOf(nodeSubnets(facts)),
        ...cluster.nodes
          .filter(({ owner }) => owner.kind !== "fargate")
          .map(({ availabilityZone }) => availabilityZone),
      ]),
    ].sort();
    const eniConfigNames = eniConfigs.map(({ name }) => name);
    return zonesWithoutEniConfig({ zonesWithNodes, eniConfigNames, labelKey }).map((zone) => {
      const nodes = cluster.nodes.filter(({ availabilityZone }) => availabilityZone === zone);
      const waiting = nodes.filter(({ isReady }) => !isReady);
      return {
        title: `custom networking is on, and ${zone} has no ENIConfig: new nodes there never become Ready`,
        evidence: [
          `There ${eniConfigNames.length === 0 ? "is none" : `is ${eniConfigNames.join(", ")}`}; nodes take theirs by the label ${labelKey}.`,
          `${counted(nodes.length, "node")} in ${zone}${waiting.length === 0 ? "" : `, not Ready: ${listed(waiting.map(({ name }) => name))}`}.`,
        ],
        wayOut: `podnet up makes a pod subnet and an ENIConfig for ${zone} where its zones are not narrowed; or make them by hand: an ENIConfig named ${zone}.`,
      };
    });
  },
);

/** ENIConfigs that somebody else made under the names that the pod network gives its own. */
export const foreignEniConfigs = check(
  {
    id: "ENICONFIG-FOREIGN",
    level: "warn",
    about: "no ENIConfig of another has the name of one that is to be made",
    looksAt: ["eniConfigs", "facts", "wanted"],
  },
  ({ eniConfigs, facts, wanted: { adopt = {} } }) => {
    const own = new Set(ownPodSubnets(facts).map(({ subnetId }) => subnetId));
    const zones = zonesOf(nodeSubnets(facts));
    const foreign = eniConfigs.filter(
      ({ name, subnetId }) =>
        zones.includes(name) && !own.has(subnetId) && adopt.eniConfigs?.includes(name) !== true,
    );
    if (foreign.length === 0) return [];
    const names = foreign.map(({ name }) => name);
    return [
      {
        title: `${counted(names.length, "ENIConfig")} with the name of a zone ${names.length === 1 ? "is" : "are"} there already`,
        evidence: foreign.map(({ name, subnetId }) => `${name}: ${subnetId}`),
        wayOut: `Take them over, with their subnets: adopt: {eniConfigs: [${names.join(", ")}]} and adopt.podSubnets; or delete them while custom networking is off.`,
      },
    ];
  },
);

/** Nodes in other subnets than those that the cluster names: whoever goes by these misses zones and routes. */
export const nodesElsewhere = check(
  {
    id: "NODES-ELSEWHERE",
    level: "warn",
    about: "the nodes are in the subnets that the cluster names",
    looksAt: ["facts", "controlPlane"],
  },
  ({ facts, controlPlane: { subnetIds } }) => {
    const ofNodes = nodeSubnets(facts);
    const elsewhere = ofNodes.filter(({ subnetId }) => !subnetIds.includes(subnetId));
    if (elsewhere.length === 0) return [];
    const ofCluster = facts.subnets.filter(({ subnetId }) => subnetIds.includes(subnetId));
    return [
      {
        title: `${elsewhere.length} of ${counted(ofNodes.length, "node subnet")} ${elsewhere.length === 1 ? "is" : "are"} none of the cluster's own`,
        evidence: [
          `Nodes: ${listed(byZone(elsewhere).map(describeSubnet))}`,
          `Control plane: ${listed(byZone(ofCluster).map(describeSubnet))}`,
        ],
        wayOut:
          "Nothing has to be done: zones and route tables of pods are taken from the nodes' subnets. Where a configuration names zones or route tables, go by those.",
      },
    ];
  },
);

function byZone(subnets: readonly SubnetFacts[]): SubnetFacts[] {
  return [...subnets].sort((a, b) => (a.availabilityZone < b.availabilityZone ? -1 : 1));
}

function describeSubnet({ subnetId, cidrBlock, availabilityZone }: SubnetFacts): string {
  return `${subnetId} (${cidrBlock}, ${availabilityZone})`;
}

/** One route table for the pods of several zones, and one NAT gateway behind it. */
export const sharedRouteTable = check(
  {
    id: "ROUTES-SHARED",
    level: "warn",
    about: "the pods of each zone leave it by a route table of that zone",
    looksAt: ["facts", "routeTables", "wanted"],
  },
  ({ facts, routeTables, wanted }) => {
    const zonesByTable = new Map<string, Set<string>>();
    for (const { routeTableId, availabilityZone } of podRouteTables(facts, wanted)) {
      const zones = zonesByTable.get(routeTableId) ?? new Set();
      zonesByTable.set(routeTableId, zones.add(availabilityZone));
    }
    return [...zonesByTable].flatMap(([routeTableId, zones]) => {
      const routes = routeTables.find((table) => table.routeTableId === routeTableId)?.routes ?? [];
      const [nat] = routes.filter(({ target }) => target === "natGateway");
      // A transit gateway, and a VPC that nothing leaves, are no place of one zone.
      if (zones.size < 2 || nat === undefined) return [];
      return [
        {
          title: `the pods of ${[...zones].sort().join(", ")} share the route table ${routeTableId}`,
          evidence: [
            `Its default route leads to ${nat.targetId}, which is in one zone: without that zone nobody leaves the VPC. A route that is added for one zone's pods is there for all of them.`,
          ],
          wayOut:
            "Nothing has to be done. A NAT gateway and a route table in each zone are the safer layout, before or after.",
        },
      ];
    });
  },
);
