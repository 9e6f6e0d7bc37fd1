import { groupsOfInstances, ownerIn } from "./observe";
import type { Tools } from "./outside";
import type { NodeWithoutEnis } from "./slim";

/** Gives nodes the owners that their labels alone don't tell. */
export type Membership = (nodes: readonly NodeWithoutEnis[]) => Promise<readonly NodeWithoutEnis[]>;

/**
 * Asks Auto Scaling about each instance whose labels don't tell its group, once: an instance is in its group before its
 * Node is there.
 *
 * Needs autoscaling:DescribeAutoScalingInstances.
 */
export function membership(tools: Tools): Membership {
  const asked = new Set<string>();
  const groups = new Map<string, string>();
  return async (nodes) => {
    const unknown = nodes.filter(
      ({ owner, instanceId }) =>
        owner.kind === "standalone" && instanceId !== undefined && !asked.has(instanceId),
    );
    for (const [instanceId, group] of await groupsOfInstances(tools, unknown)) groups.set(instanceId, group);
    for (const { instanceId = "" } of unknown) asked.add(instanceId);
    return nodes.map((node) => ({ ...node, owner: ownerIn(groups, node) }));
  };
}
