import {
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { groupOwnership } from "../../planning/groupOwnership";
import { minimumCommand } from "../../planning/rotation/minimumCommand";
import { describeOwner, groupKey, groupOfKey, type NodeGroupRef } from "../../planning/rotation/nodeOwner";
import { describeGroup, describeOwnGroup, resizeGroup } from "./groups";
import type { NodeGroup } from "./nodeGroups";
import { heldProcesses, isEmptied, resumable, suspendedOf } from "./oldGroupProcesses";
import type { ActingTools, TellingTools } from "./outside";
import { readRecord, writeRecord, type OldGroupRecord, type RotationRecord } from "./record";
import { RotationStopped } from "./result";
import { describeScalingGroups, tagsOf } from "./scalingGroups";
import type { Run } from "./runContext";

/** What old groups are made ready with. */
type PreparingRun = Pick<Run, "tools" | "outputs" | "options" | "undo">;

/**
 * Makes old groups ready to be emptied: their own movements stopped, their minimum 0 (below it EKS and Auto Scaling
 * refuse to take a node away). What is taken from them is recorded first.
 *
 * Needs autoscaling:DescribeAutoScalingGroups, SuspendProcesses, ResumeProcesses; eks:UpdateNodegroupConfig for managed
 * node groups, autoscaling:UpdateAutoScalingGroup for others.
 *
 * @returns the record with the groups in it, which is written by then.
 */
export async function prepareOldGroups(
  { tools, outputs: { clusterName }, options, undo }: PreparingRun,
  refs: readonly NodeGroupRef[],
  record: RotationRecord,
): Promise<RotationRecord> {
  const timeoutMs = options.nodeTimeoutSeconds * 1000;
  const groups = { ...record.groups };
  const before = { ...record.before };
  const minSizes = new Map<string, number>();
  for (const ref of refs) {
    const key = groupKey(ref);
    const { taken, minSize, desiredSize } = await toBeTaken(tools, clusterName, ref, groups[key]);
    groups[key] = taken;
    minSizes.set(key, minSize);
    if (record.isWayBack !== true) before[key] ??= { ...taken, desiredSize };
  }
  const written = { ...record, groups, before };
  await writeRecord(tools, written);

  for (const ref of refs) {
    const key = groupKey(ref);
    const { name } = ref;
    const { suspended = {} } = groups[key] ?? {};
    // By now: an earlier process of this run may have lowered it.
    const minSize = minSizes.get(key) ?? 0;
    undo.push(`group ${key}`, `give ${name} its minimum size and its processes back`, (outside) =>
      restoreOldGroup(outside, clusterName, key, timeoutMs),
    );
    await suspendProcesses(tools, suspended);
    if (minSize > 0) {
      await resizeGroup(tools, clusterName, ref, { minSize: 0, minSizeWas: minSize }, timeoutMs);
      await assertLowered(tools, clusterName, ref);
      tools.emit({ type: "minSizeLowered", nodeGroupName: name, from: minSize });
    }
  }
  return written;
}

/** Another update may have been waited for: what that has set is not what was recorded. @throws RotationStopped */
async function assertLowered(tools: TellingTools, clusterName: string, ref: NodeGroupRef): Promise<void> {
  const { minSize = 0 } = (await describeGroup(tools, clusterName, ref)) ?? {};
  if (minSize === 0) return;
  throw new RotationStopped({
    path: describeOwner(ref),
    reason: `somebody has set its minimum size to ${minSize} at the very moment at which the rotation was to lower it.`,
    fix: "Nothing was drained. Run the rotation again when that change is through.",
  });
}

/**
 * What is taken from a group, by how it is at this moment: a process that its owner has suspended is not ours to resume,
 * a minimum that somebody has set since is the one to give back. What an earlier attempt has taken stays ours.
 */
async function toBeTaken(
  tools: TellingTools,
  clusterName: string,
  ref: NodeGroupRef,
  earlier: OldGroupRecord | undefined,
): Promise<{ readonly taken: OldGroupRecord; readonly minSize: number; readonly desiredSize: number }> {
  const fix =
    "It has nodes: look whether it is being deleted; they end with it. Then run the rotation again.";
  const group = await describeOwnGroup(tools, clusterName, ref, fix);
  const suspended: Record<string, string[]> = {};
  for (const one of await describeScalingGroups(tools, group.autoScalingGroups)) {
    const asg = one.AutoScalingGroupName ?? "";
    suspended[asg] = heldProcesses(one, earlier?.suspended[asg]);
  }
  const { minSize, desiredSize } = group;
  const owed = minSize > 0 ? minSize : (earlier?.minSize ?? 0);
  return { taken: { minSize: owed, suspended }, minSize, desiredSize };
}

async function suspendProcesses(tools: ActingTools, held: OldGroupRecord["suspended"]): Promise<void> {
  for (const group of await describeScalingGroups(tools, Object.keys(held))) {
    const AutoScalingGroupName = group.AutoScalingGroupName ?? "";
    const suspended = suspendedOf(group);
    const processes = (held[AutoScalingGroupName] ?? []).filter((process) => !suspended.includes(process));
    if (processes.length === 0) continue;
    await tools.lease.assertHeld();
    await tools.autoScaling.send(
      new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: processes }),
    );
    tools.emit({ type: "processesSuspended", autoScalingGroup: AutoScalingGroupName, processes });
  }
}

/** How groups are given back what was taken. */
export interface GivingBack {
  /** Whether pods go back to the old groups next, so that empty ones are filled again. @default as the record says */
  readonly isWayBack?: boolean;
  /** Whether somebody had the run taken back, whose answer lists what is kept: no note says it again. @default no */
  readonly isAborted?: boolean;
}

/**
 * Gives a group back what the record says was taken, as far as that launches no old node and terminates none that
 * nobody has drained, and only what still is as we left it: what somebody has changed meanwhile stays. What stays is
 * told. Then the record keeps only what a later call may still give back, or has to tell of.
 *
 * @param key the group, as it is recorded.
 */
export async function restoreOldGroup(
  tools: ActingTools,
  clusterName: string,
  key: string,
  timeoutMs: number,
  { isWayBack, isAborted = false }: GivingBack = {},
): Promise<void> {
  const record = await readRecord(tools.kubernetes);
  const taken = record?.groups[key];
  if (record === undefined || taken === undefined) return;
  const goesBack = isWayBack ?? record.isWayBack === true;
  const ref = groupOfKey(key);
  const found = await describeGroup(tools, clusterName, ref);
  const group = found?.status === "DELETING" ? undefined : found;
  const { left, handedOver, note } =
    group === undefined
      ? NOTHING_KEPT
      : await giveBack(tools, clusterName, ref, group, { taken, isWayBack: goesBack }, timeoutMs);
  const isListed = isAborted && (left ?? handedOver) !== undefined;
  if (note !== undefined && !isListed) tools.emit({ type: "note", note });
  const others = Object.entries(record.groups).filter(([other]) => other !== key);
  const groups = Object.fromEntries(left === undefined ? others : [...others, [key, left]]);
  await writeRecord(tools, {
    ...record,
    groups,
    ...(handedOver !== undefined && { handedOver: { ...record.handedOver, [key]: handedOver } }),
  });
}

/** What a group does not have back. */
interface Kept {
  /** What a later call may still give back; none when nothing is. */
  readonly left?: OldGroupRecord | undefined;
  /** What nobody gives back any more, as the group is empty; none when it lacks nothing. */
  readonly handedOver?: OldGroupRecord | undefined;
  /** What people must know of it. */
  readonly note?: string | undefined;
}

const NOTHING_KEPT: Kept = {};

/** None where nothing is kept. */
function unlessNothing(kept: OldGroupRecord): OldGroupRecord | undefined {
  return kept.minSize === 0 && Object.keys(kept.suspended).length === 0 ? undefined : kept;
}

async function giveBack(
  tools: ActingTools,
  clusterName: string,
  ref: NodeGroupRef,
  group: NodeGroup,
  { taken, isWayBack }: { readonly taken: OldGroupRecord; readonly isWayBack: boolean },
  timeoutMs: number,
): Promise<Kept> {
  const found = await describeScalingGroups(tools, group.autoScalingGroups);
  const suspended: Record<string, string[]> = {};
  for (const one of found) {
    const asg = one.AutoScalingGroupName ?? "";
    const stays = await resumeProcesses(tools, one, taken.suspended[asg] ?? []);
    if (stays.length > 0) suspended[asg] = stays;
  }
  if (found.every(isEmptied)) {
    const minSize = group.minSize === 0 ? taken.minSize : 0;
    const handedOver = unlessNothing({ minSize, suspended });
    // On the way back it goes with the pod network, or the rollback gives it back what was recorded before.
    if (isWayBack) return { handedOver };
    // Handed over: whoever has an emptied group wants it gone, or will say so.
    const processes = Object.entries(suspended).map(
      ([asg, names]) => `${names.join(", ")} of ${asg} stay suspended`,
    );
    const what = [...(group.minSize === 0 ? ["its minimum size stays 0"] : []), ...processes].join(", ");
    const note = `${group.name} is empty: ${what}, so that nothing launches old nodes again. ${whoDeletes(group, found)}`;
    return { handedOver, note };
  }
  const minSize = await restoreMinimum(tools, clusterName, ref, group, found, taken.minSize, timeoutMs);
  const left = unlessNothing({ minSize, suspended });
  return minSize === 0 ? { left } : { left, note: minimumNote(clusterName, ref, minSize, desiredOf(found)) };
}

/**
 * Resumes what we suspended, except what would do harm.
 *
 * @returns what of it stays suspended.
 */
export async function resumeProcesses(
  tools: ActingTools,
  group: AutoScalingGroup,
  held: readonly string[],
): Promise<string[]> {
  const AutoScalingGroupName = group.AutoScalingGroupName ?? "";
  const { resume, stay } = resumable(group, held);
  if (stay.includes("AZRebalance")) {
    const note = `AZRebalance of ${AutoScalingGroupName} stays suspended: its zones are uneven, so it would terminate nodes that nobody has drained. Run the rotation again, or resume it yourself.`;
    tools.emit({ type: "note", note });
  }
  if (resume.length > 0) {
    await tools.lease.assertHeld();
    await tools.autoScaling.send(
      new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: [...resume] }),
    );
    tools.emit({ type: "processesResumed", autoScalingGroup: AutoScalingGroupName, processes: resume });
  }
  return stay;
}

/**
 * Only where the group still has as many nodes: else it would launch old ones again.
 *
 * @returns the minimum that is still to be given back; 0 when none is.
 */
async function restoreMinimum(
  tools: ActingTools,
  clusterName: string,
  ref: NodeGroupRef,
  { name, minSize: now }: NodeGroup,
  found: readonly AutoScalingGroup[],
  minSize: number,
  timeoutMs: number,
): Promise<number> {
  if (minSize === 0) return 0;
  if (now > 0) return tellMinimum(tools, name, now, minSize);
  if (desiredOf(found) < minSize) return minSize;
  await resizeGroup(tools, clusterName, ref, { minSize, minSizeWas: 0 }, timeoutMs);
  // Another update of it may have been waited for.
  const { minSize: then = minSize } = (await describeGroup(tools, clusterName, ref)) ?? {};
  if (then !== minSize) return tellMinimum(tools, name, then, minSize);
  tools.emit({ type: "minSizeRestored", nodeGroupName: name, to: minSize });
  return 0;
}

function desiredOf(found: readonly AutoScalingGroup[]): number {
  return found.reduce((total, { DesiredCapacity = 0 }) => total + DesiredCapacity, 0);
}

/** Says that a group of too few nodes does not have its minimum back. */
function minimumNote(clusterName: string, ref: NodeGroupRef, minSize: number, desiredSize: number): string {
  const command = minimumCommand(clusterName, ref, { minSize, desiredSize });
  return `${ref.name} keeps the minimum size 0: with ${desiredSize} of its nodes left, it would launch others up to its ${minSize}, which are old as well unless its settings have changed. This gives it back: ${command}`;
}

/** Says that a minimum is somebody else's by now, where it is not as it was. @returns 0: nothing is owed any more. */
function tellMinimum({ emit }: TellingTools, name: string, now: number, was: number): 0 {
  const note = `${name} stays with the minimum size ${now}, which somebody has set meanwhile; before the rotation it was ${was}.`;
  if (now !== was) emit({ type: "note", note });
  return 0;
}

/** Who has to delete an empty group. */
export function whoDeletes({ tags }: NodeGroup, found: readonly AutoScalingGroup[]): string {
  const mark = groupOwnership([tags, ...found.map(tagsOf)]);
  return mark === undefined
    ? "Delete the group when nothing needs it any more."
    : `It belongs to ${mark.owner} (its tag ${mark.tag}): delete it there, or set its size to 0 there, or the next update brings nodes back.`;
}
