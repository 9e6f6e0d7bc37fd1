import { UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup, NodeGroupTaint } from "./eksState";
import { readNodeGroupSizes, type UpdateNodeGroupInput } from "./nodeGroupInput";
import { autoScalingGroupOf, launchPolicy } from "./nodeGroupScaling";
import { createTemplateVersion, type TemplateInput } from "./nodeGroupTemplate";
import { kubernetesTaint } from "./nodeUserData";
import { readUserLaunchTemplate } from "./userLaunchTemplate";

/**
 * Changes sizes, labels and taints: sizes of the Auto Scaling group, the others on present nodes and for new ones.
 *
 * @throws AwsError for sizes that contradict each other.
 */
export async function updateNodeGroup(
  cluster: Cluster,
  group: NodeGroup,
  input: UpdateNodeGroupInput,
  outside: EksOutside,
): Promise<void> {
  const now = await autoScalingGroupOf(group, outside);
  const desiredSize = now?.DesiredCapacity ?? group.desiredSize;
  const sizes = readNodeGroupSizes(input.scalingConfig, { ...group, desiredSize });
  const { addOrUpdateLabels = {}, removeLabels = [] } = input.labels ?? {};
  const { addOrUpdateTaints = [], removeTaints = [] } = input.taints ?? {};
  const labels = { ...group.labels, ...addOrUpdateLabels };
  for (const key of removeLabels) Reflect.deleteProperty(labels, key);
  const gone = [...addOrUpdateTaints, ...removeTaints];
  const taints = [
    ...group.taints.filter((taint) => !gone.some((one) => sameTaint(one, taint))),
    ...addOrUpdateTaints,
  ];

  Object.assign(group, sizes, { labels, taints, modifiedAt: outside.clock.now() });
  if (input.updateConfig !== undefined) group.updateConfig = input.updateConfig;
  const changesNodes = input.labels !== undefined || input.taints !== undefined;
  if (changesNodes) {
    group.launchTemplateVersion = await newTemplateVersion(cluster, group, outside);
    const removed = { labels: removeLabels, taints: gone };
    await changeNodes(group, { labels: addOrUpdateLabels, taints: addOrUpdateTaints }, removed, outside);
  }
  await outside.autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: group.autoScalingGroupName,
      MinSize: sizes.minSize,
      MaxSize: sizes.maxSize,
      DesiredCapacity: sizes.desiredSize,
      ...(changesNodes ? { MixedInstancesPolicy: launchPolicy(group) } : {}),
    }),
  );
}

async function newTemplateVersion(cluster: Cluster, group: NodeGroup, outside: EksOutside): Promise<string> {
  const { id, version } = group.userLaunchTemplate ?? {};
  const user = id === undefined ? undefined : await readUserLaunchTemplate({ id, version }, outside);
  const input: TemplateInput = { cluster, nodeGroupName: group.name, ...group };
  return createTemplateVersion(group, user === undefined ? input : { ...input, user }, outside);
}

async function changeNodes(
  group: NodeGroup,
  added: { labels: Readonly<Record<string, string>>; taints: readonly NodeGroupTaint[] },
  removed: { labels: readonly string[]; taints: readonly NodeGroupTaint[] },
  { access }: EksOutside,
): Promise<void> {
  const labels = { ...added.labels, ...Object.fromEntries(removed.labels.map((key) => [key, null])) };
  const goneTaints = removed.taints.map(kubernetesTaint);
  for (const node of await access.nodesOf(group.name)) {
    const kept = (node.spec?.taints ?? []).filter(
      ({ key, effect }) => !goneTaints.some((one) => one.key === key && one.effect === effect),
    );
    await access.patchNode(node.metadata?.name ?? "", {
      metadata: { labels },
      spec: { taints: [...kept, ...added.taints.map(kubernetesTaint)] },
    });
  }
}

function sameTaint(left: NodeGroupTaint, right: NodeGroupTaint): boolean {
  return left.key === right.key && left.effect === right.effect;
}
