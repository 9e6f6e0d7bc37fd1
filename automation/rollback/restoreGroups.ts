import { groupOfKey } from "../../planning/rotation/nodeOwner";
import { describeGroup, resizeGroup } from "../rotation/groups";
import { resumeProcesses } from "../rotation/oldGroups";
import type { TellingTools } from "../rotation/outside";
import type { RotationRecord } from "../rotation/record";
import { describeScalingGroups } from "../rotation/scalingGroups";

/**
 * Gives old groups the sizes and processes that they had before the first rotation. A desired size is never lowered, and
 * a minimum that somebody has set since stays.
 *
 * Needs what preparing them needs.
 *
 * @param before as the record has it; groups that are gone are left out.
 */
export async function restoreGroups(
  tools: TellingTools,
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
