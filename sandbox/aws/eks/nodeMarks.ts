import type { EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup } from "./eksState";
import { autoScalingGroupOf, instanceIdOf } from "./nodeGroupScaling";
import { nodeLabels } from "./nodeGroupTemplate";
import { kubernetesTaint } from "./nodeUserData";

/** The label by which nodes of managed groups are known. */
const GROUP_LABEL = "eks.amazonaws.com/nodegroup";

/**
 * Gives the nodes of a group their labels and taints when they join, as long as there is the group.
 *
 * For groups with an AMI of the user's own: their user data, in which EKS writes it for others, is the user's.
 */
export async function markJoiningNodes(
  cluster: Cluster,
  group: NodeGroup,
  outside: EksOutside,
): Promise<void> {
  const { access, clock, pace, signal } = outside;
  while (cluster.nodeGroups.get(group.name) === group) {
    const instances = await instanceIdsOf(group, outside);
    for (const node of instances.size === 0 ? [] : await access.nodes()) {
      if (!instances.has(instanceIdOf(node)) || node.metadata?.labels?.[GROUP_LABEL] !== undefined) continue;
      const { userLaunchTemplate: user } = group;
      const labels = nodeLabels({
        ...group,
        nodeGroupName: group.name,
        ...(user === undefined ? {} : { user }),
      });
      const taints = [...(node.spec?.taints ?? []), ...group.taints.map(kubernetesTaint)];
      const name = node.metadata?.name ?? "";
      await access.patchNode(name, { metadata: { labels }, spec: { taints } });
    }
    await clock.sleep(pace.pollMs, signal);
  }
}

async function instanceIdsOf(group: NodeGroup, outside: EksOutside): Promise<Set<string>> {
  const scaling = await autoScalingGroupOf(group, outside);
  return new Set((scaling?.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []));
}
