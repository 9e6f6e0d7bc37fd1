import { isOurs, POD_GROUP_TAG, type ClusterFacts, type SubnetFacts } from "./clusterFacts";

/** What tells where the cluster has nodes. */
export type FactsOfNodes = Pick<
  ClusterFacts,
  "clusterName" | "subnets" | "nodeGroups" | "scalingGroups" | "nodeClasses" | "instances"
>;

/**
 * The subnets in which the cluster has nodes, or may have them at any moment: those of managed node groups, Auto Scaling
 * groups and EC2NodeClasses, and those in which instances of the cluster run. Subnets of the control plane do not count:
 * nodes may be elsewhere altogether.
 *
 * Groups of ours count: they have the subnets of those that they took the place of, and would be orphans once those are
 * gone. Pod subnets of ours don't, whatever somebody started in them.
 */
export function nodeSubnets(facts: FactsOfNodes): SubnetFacts[] {
  const { clusterName, subnets, nodeGroups, scalingGroups, nodeClasses, instances } = facts;
  const ids = new Set([
    ...[...nodeGroups, ...scalingGroups, ...nodeClasses].flatMap(({ subnetIds }) => subnetIds),
    ...instances.map(({ subnetId }) => subnetId),
  ]);
  return subnets.filter((subnet) => ids.has(subnet.subnetId) && !isOurs(subnet, clusterName));
}

/** The pod subnets of an earlier run. */
export function ownPodSubnets({ clusterName, subnets }: ClusterFacts): SubnetFacts[] {
  return subnets.filter((subnet) => isOurs(subnet, clusterName));
}

/** The named group of a pod subnet of ours; undefined where it is the zone's own. */
export function podGroupOf({ tags }: Pick<SubnetFacts, "tags">): string | undefined {
  return tags[POD_GROUP_TAG];
}

/** The zones of what is in zones, such as subnets or instances; in their order, each once. */
export function zonesOf(those: readonly { readonly availabilityZone: string }[]): string[] {
  return [...new Set(those.map(({ availabilityZone }) => availabilityZone))].sort();
}
