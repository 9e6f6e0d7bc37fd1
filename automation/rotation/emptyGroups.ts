import { DeleteAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { DeleteNodegroupCommand } from "@aws-sdk/client-eks";
import { groupOwnership } from "../../planning/groupOwnership";
import { CLUSTER_TAG } from "../../planning/podNetwork/clusterFacts";
import { describeOwner } from "../../planning/rotation/nodeOwner";
import { describeGroup, groupNamed } from "./groups";
import type { Run } from "./runContext";
import { describeScalingGroups, tagsOf } from "./scalingGroups";

const POLL_MS = 1_000;

/**
 * Deletes the groups that worker groups replace and that are empty, when that was asked for. Those that another tool made
 * stay: it would fail, or make them again. Who must delete them is told where they are handed over.
 *
 * Needs eks:DeleteNodegroup, autoscaling:DeleteAutoScalingGroup, and what describing them needs.
 */
export async function deleteEmptyGroups(
  run: Pick<Run, "tools" | "outputs" | "goal" | "options">,
): Promise<void> {
  const { options, goal } = run;
  if (!options.deleteEmptyGroups || goal.wayBack !== undefined) return;
  const names = new Set(goal.sources.flatMap(({ replaces }) => replaces));
  for (const name of [...names].sort()) await deleteIfEmpty(run, name);
}

async function deleteIfEmpty(
  { tools, outputs: { clusterName }, options }: Parameters<typeof deleteEmptyGroups>[0],
  name: string,
): Promise<void> {
  const { eks, autoScaling, clock, emit, signal } = tools;
  const found = await groupNamed(tools, clusterName, name);
  if (found === undefined || found.group.status === "DELETING") return;
  const { ref, group } = found;
  const scaling = await describeScalingGroups(tools, group.autoScalingGroups);
  // One that is being created has no Auto Scaling group yet.
  const isEmpty =
    group.desiredSize === 0 &&
    scaling.length > 0 &&
    scaling.every(({ DesiredCapacity, Instances = [] }) => DesiredCapacity === 0 && Instances.length === 0);
  const tags = [group.tags, ...scaling.map(tagsOf)];
  const isStacks = tags.some((one) => one[CLUSTER_TAG] !== undefined);
  if (!isEmpty || isStacks || groupOwnership(tags) !== undefined) return;

  await tools.lease.assertHeld();
  if (ref.kind === "managedNodeGroup") {
    await eks.send(new DeleteNodegroupCommand({ clusterName, nodegroupName: name }));
  } else {
    await autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name }));
  }
  const deadline = clock.now() + options.nodeTimeoutSeconds * 1000;
  while ((await describeGroup(tools, clusterName, ref)) !== undefined) {
    if (clock.now() > deadline) {
      const note = `${describeOwner(ref)} was empty and is being deleted, but is still there after ${options.nodeTimeoutSeconds} s. Look at it.`;
      emit({ type: "note", note });
      return;
    }
    await clock.sleep(POLL_MS, signal);
  }
  emit({ type: "groupDeleted", nodeGroupName: name });
}
