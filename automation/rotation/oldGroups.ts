import {
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { describeNodeGroup, resizeNodeGroup, type NodeGroup } from "./nodeGroups";
import { heldProcesses, isEmptied, resumable, suspendedOf } from "./oldGroupProcesses";
import type { TellingTools } from "./outside";
import { readRecord, writeRecord, type OldGroupRecord, type RotationRecord } from "./record";
import { RotationError } from "./rotationError";
import type { UndoStack } from "./undoStack";

/**
 * Makes old groups ready to be emptied: their own movements stopped, their minimum 0 (below it EKS and Auto Scaling
 * refuse to take a node away). What is taken from them is recorded first.
 *
 * Needs autoscaling:DescribeAutoScalingGroups, SuspendProcesses, ResumeProcesses; eks:UpdateNodegroupConfig.
 *
 * @returns the record with the groups in it, which is written by then.
 */
export async function prepareOldGroups(
  tools: TellingTools,
  clusterName: string,
  names: readonly string[],
  record: RotationRecord,
  undo: UndoStack,
  timeoutMs: number,
): Promise<RotationRecord> {
  const groups = { ...record.groups };
  for (const name of names) groups[name] = await toBeTaken(tools, clusterName, name, groups[name]);
  const written = { ...record, groups };
  await writeRecord(tools.kubernetes, written);

  for (const name of names) {
    const { suspended = {}, minSize = 0 } = groups[name] ?? {};
    undo.push(`group ${name}`, `give ${name} its minimum size and its processes back`, (outside) =>
      restoreOldGroup(outside, clusterName, name, timeoutMs),
    );
    await suspendProcesses(tools, suspended);
    if (minSize > 0) {
      await resizeNodeGroup(tools, clusterName, name, { minSize: 0 }, timeoutMs);
      tools.emit({ type: "minSizeLowered", nodeGroupName: name, from: minSize });
    }
  }
  return written;
}

/**
 * What is taken from a group, by how it is at this moment: a process that its owner has suspended is not ours to resume,
 * a minimum that somebody has set since is the one to give back. What an earlier attempt has taken stays ours.
 */
async function toBeTaken(
  tools: TellingTools,
  clusterName: string,
  name: string,
  earlier: OldGroupRecord | undefined,
): Promise<OldGroupRecord> {
  const group = await describeNodeGroup(tools, clusterName, name);
  if (group === undefined) {
    throw new RotationError(
      `Managed node group ${name} is gone, though nodes have its label.`,
      "Look whether it is being deleted; its nodes end with it. Then run the rotation again.",
    );
  }
  const suspended: Record<string, string[]> = {};
  for (const one of await describeGroups(tools, group.autoScalingGroups)) {
    const asg = one.AutoScalingGroupName ?? "";
    suspended[asg] = heldProcesses(one, earlier?.suspended[asg]);
  }
  return { minSize: group.minSize > 0 ? group.minSize : (earlier?.minSize ?? 0), suspended };
}

async function suspendProcesses(tools: TellingTools, held: OldGroupRecord["suspended"]): Promise<void> {
  for (const group of await describeGroups(tools, Object.keys(held))) {
    const AutoScalingGroupName = group.AutoScalingGroupName ?? "";
    const suspended = suspendedOf(group);
    const processes = (held[AutoScalingGroupName] ?? []).filter((process) => !suspended.includes(process));
    if (processes.length === 0) continue;
    await tools.autoScaling.send(
      new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: processes }),
    );
    tools.emit({ type: "processesSuspended", autoScalingGroup: AutoScalingGroupName, processes });
  }
}

/**
 * Gives a group back what the record says was taken, as far as that launches no old node and terminates none that
 * nobody has drained; what stays is told. Then the record keeps only what a later call may still give back.
 */
export async function restoreOldGroup(
  tools: TellingTools,
  clusterName: string,
  name: string,
  timeoutMs: number,
): Promise<void> {
  const record = await readRecord(tools.kubernetes);
  const taken = record?.groups[name];
  if (record === undefined || taken === undefined) return;
  const group = await describeNodeGroup(tools, clusterName, name);
  const left = group && (await giveBack(tools, clusterName, group, taken, timeoutMs));
  const others = Object.entries(record.groups).filter(([other]) => other !== name);
  const groups = Object.fromEntries(left === undefined ? others : [...others, [name, left]]);
  await writeRecord(tools.kubernetes, { ...record, groups });
}

/** @returns what is still to be given back; none when nothing is. */
async function giveBack(
  tools: TellingTools,
  clusterName: string,
  group: NodeGroup,
  taken: OldGroupRecord,
  timeoutMs: number,
): Promise<OldGroupRecord | undefined> {
  const found = await describeGroups(tools, group.autoScalingGroups);
  const kept: Record<string, string[]> = {};
  for (const one of found) {
    const asg = one.AutoScalingGroupName ?? "";
    const stays = await resumeProcesses(tools, one, taken.suspended[asg] ?? []);
    if (stays.length > 0) kept[asg] = stays;
  }
  if (found.every(isEmptied)) {
    // Handed over: whoever has an emptied group wants it gone, or will say so.
    const processes = Object.entries(kept).map(
      ([asg, names]) => `${names.join(", ")} of ${asg} stay suspended`,
    );
    const what = [...(group.minSize === 0 ? ["its minimum size stays 0"] : []), ...processes].join(", ");
    const note = `${group.name} is empty: ${what}, so that nothing launches old nodes again. Delete the group when nothing needs it any more.`;
    tools.emit({ type: "note", note });
    return undefined;
  }
  const minSize = await restoreMinimum(tools, clusterName, group, found, taken.minSize, timeoutMs);
  return minSize === 0 && Object.keys(kept).length === 0 ? undefined : { minSize, suspended: kept };
}

/**
 * Resumes what we suspended, except what would do harm.
 *
 * @returns what of it stays suspended.
 */
async function resumeProcesses(
  tools: TellingTools,
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
  tools: TellingTools,
  clusterName: string,
  { name, minSize: now }: NodeGroup,
  found: readonly AutoScalingGroup[],
  minSize: number,
  timeoutMs: number,
): Promise<number> {
  if (minSize === 0 || now > 0) return 0;
  const desired = found.reduce((total, { DesiredCapacity = 0 }) => total + DesiredCapacity, 0);
  if (desired >= minSize) {
    await resizeNodeGroup(tools, clusterName, name, { minSize }, timeoutMs);
    tools.emit({ type: "minSizeRestored", nodeGroupName: name, to: minSize });
    return 0;
  }
  const note = `${name} keeps the minimum size 0: with ${desired} of its nodes left, it would launch old ones up to its ${minSize} again.`;
  tools.emit({ type: "note", note });
  return minSize;
}

async function describeGroups(
  { autoScaling, signal }: TellingTools,
  names: readonly string[],
): Promise<AutoScalingGroup[]> {
  if (names.length === 0) return [];
  const { AutoScalingGroups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [...names] }),
    { abortSignal: signal },
  );
  return AutoScalingGroups;
}
