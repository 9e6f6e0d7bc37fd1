import { minimumCommand } from "../../planning/rotation/minimumCommand";
import { groupOfKey } from "../../planning/rotation/nodeOwner";
import { describeGroup } from "./groups";
import { isEmptied, suspendedOf } from "./oldGroupProcesses";
import { whoDeletes } from "./oldGroups";
import type { Tools } from "./outside";
import type { RotationRecord } from "./record";
import { describeScalingGroups } from "./scalingGroups";

/** What was taken from a group, and is not given back: it would launch nodes of the kind that the run was to replace. */
export interface KeptFromGroup {
  readonly group: string;
  /** The minimum size that it had, where it stays 0; 0 where nothing of it is kept. */
  readonly minSize: number;
  /** How many nodes the group has, or is about to have. */
  readonly desiredSize: number;
  /** The processes that stay suspended, by Auto Scaling group. */
  readonly suspended: Readonly<Record<string, readonly string[]>>;
  /** Gives the minimum size back, in a group that has nodes still; none where nothing of it is kept. */
  readonly command?: string;
  /** What becomes of an empty group, in words; none where it has nodes. */
  readonly wayOut?: string;
}

/**
 * What groups do not have back after a run was taken back, by how they are now; also those that an earlier call, which was
 * killed, had handed over.
 *
 * Needs what giving it back needs to look at groups.
 *
 * @param record as it was before groups were given back what it says.
 */
export async function keptFromGroups(
  tools: Tools,
  clusterName: string,
  { groups, handedOver, isWayBack = false }: Pick<RotationRecord, "groups" | "handedOver" | "isWayBack">,
): Promise<KeptFromGroup[]> {
  const kept: KeptFromGroup[] = [];
  for (const [key, taken] of Object.entries({ ...handedOver, ...groups })) {
    const ref = groupOfKey(key);
    const group = await describeGroup(tools, clusterName, ref);
    if (group === undefined || group.status === "DELETING") continue;
    const found = await describeScalingGroups(tools, group.autoScalingGroups);
    const suspended: Record<string, string[]> = {};
    for (const one of found) {
      const asg = one.AutoScalingGroupName ?? "";
      const still = (taken.suspended[asg] ?? []).filter((process) => suspendedOf(one).includes(process));
      if (still.length > 0) suspended[asg] = still;
    }
    const minSize = group.minSize > 0 ? 0 : taken.minSize;
    if (minSize === 0 && Object.keys(suspended).length === 0) continue;
    const { desiredSize } = group;
    const wayOut = isWayBack ? OF_ROLLBACK : whoDeletes(group, found);
    const command = minimumCommand(clusterName, ref, { minSize, desiredSize });
    kept.push({
      ...{ group: ref.name, minSize, desiredSize, suspended },
      ...(found.every(isEmptied) ? { wayOut } : minSize > 0 && { command }),
    });
  }
  return kept;
}

/** On the way back an emptied group goes with the pod network, or is given back what was recorded before. */
const OF_ROLLBACK = "podnet rollback deletes it, or gives it its sizes and processes back, when it goes on.";
