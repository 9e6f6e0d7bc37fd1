import { groupOfKey } from "../../planning/rotation/nodeOwner";
import { describeGroup, resizeGroup } from "../rotation/groups";
import { resumeProcesses } from "../rotation/oldGroups";
import type { ActingTools } from "../rotation/outside";
import type { RotationRecord } from "../rotation/record";
import { describeScalingGroups } from "../rotation/scalingGroups";

/**
 * Gives old groups the sizes and processes that they had before the first rotation. A desired size is never lowered, and
 * a minimum that somebody has set since stays.
 *
 * Here, when no node of the pod network is left, is what could not come back before: the minimum of a group of which nodes
 * went, since EKS and Auto Scaling take no node away below it, and that of one that got fewer workers than it; others have
 * theirs since they got their workers (`minimumWith`). Processes come back no sooner, for alarms, schedules and
 * AZRebalance would change the groups' sizes while they are filled.
 *
 * Needs what preparing them needs.
 *
 * @param before as the record has it; groups that are gone are left out.
 */
export async function restoreGroups(
  tools: ActingTools,
  clusterName: string,
  before: RotationRecord["before"] = {},
  timeoutMs: number,
): Promise<void> {
  for (const [key, { minSize, desiredSize, suspended }] of Object.entries(before)) {
    const ref = groupOfKey(key);
    const group = await describeGroup(tools, clusterName, ref);
    if (group === undefined) continue;
    const size = Math.max(desiredSize, minSize);
    if (group.desiredSize < size) {
      tools.emit({ type: "surging", nodeGroupName: ref.name, from: group.desiredSize, to: size });
    }
    const restoresMinimum = group.minSize === 0 && minSize > 0;
    const sizes = { desiredSize: size, ...(restoresMinimum && { minSize }) };
    await resizeGroup(tools, clusterName, ref, sizes, timeoutMs);
    if (restoresMinimum) tools.emit({ type: "minSizeRestored", nodeGroupName: ref.name, to: minSize });
    for (const one of await describeScalingGroups(tools, group.autoScalingGroups)) {
      await resumeProcesses(tools, one, suspended[one.AutoScalingGroupName ?? ""] ?? []);
    }
  }
}
