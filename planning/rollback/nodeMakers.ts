import { listed } from "../amounts";
import type { Problem } from "../problem";
import type { Observation } from "../rotation/observation";
import { oldNodes } from "../rotation/oldNodes";

/** What makes the workers to which pods go back, and where. */
export interface NodeMaker {
  readonly kind: "group" | "nodeClass";
  /** As messages name it: `managed node group general`, `EC2NodeClass default`. */
  readonly name: string;
  readonly subnetIds: readonly string[];
}

/** Makers of nodes that put them into a pod subnet: their pods would have addresses of it again, however often they go. */
export function makersInPodSubnets(
  makers: readonly NodeMaker[],
  { podSubnets }: Pick<Observation["target"], "podSubnets">,
): Problem[] {
  const leaving = new Set(podSubnets.map(({ subnetId }) => subnetId));
  return makers.flatMap(({ kind, name, subnetIds }) => {
    const inside = subnetIds.filter((subnetId) => leaving.has(subnetId));
    if (inside.length === 0) return [];
    return [
      {
        path: "podSubnets",
        reason: `${name} makes nodes in ${listed(inside)}, which pods are to leave.`,
        fix:
          kind === "nodeClass"
            ? "Have its subnetSelectorTerms select subnets of nodes alone, and look again."
            : "Take them off its subnets, or name another group in its place in workerGroups[].replaces and run podnet up; then look again.",
      },
    ];
  });
}

/**
 * Nodes that stay, as nothing on them is of the pod network, and are in a pod subnet themselves: nobody would move them.
 *
 * @param subnetIds those that are deleted.
 */
export function instancesInPodSubnets(observation: Observation, subnetIds: readonly string[]): Problem[] {
  const going = new Set(oldNodes(observation).map(({ node }) => node.name));
  const inside = observation.nodes.filter(
    ({ name, enis }) =>
      !going.has(name) && enis.some(({ isPrimary, subnetId }) => isPrimary && subnetIds.includes(subnetId)),
  );
  if (inside.length === 0) return [];
  return [
    {
      path: "nodes",
      reason: `${listed(inside.map(({ name }) => name))}: the instance itself is in a pod subnet, which is to be deleted.`,
      fix: "Drain and end it, and make it again in a subnet of nodes; then look again.",
    },
  ];
}

/** What nobody makes again: instances that no group has. */
export function endedForGoodNotes(observation: Observation): string[] {
  const alone = oldNodes(observation).filter(({ node }) => node.owner.kind === "standalone");
  if (alone.length === 0) return [];
  const names = listed(alone.map(({ node }) => node.name));
  return [
    `Instances of no group that have something of the pod subnets (${names}) are drained and terminated: their pods go to workers of the old groups, and nobody makes them again. To keep one, take it out of the cluster first.`,
  ];
}
