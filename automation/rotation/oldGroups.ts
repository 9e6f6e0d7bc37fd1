import {
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { describeNodeGroup, resizeNodeGroup } from "./nodeGroups";
import type { TellingTools } from "./outside";
import { writeRecord, type OldGroupRecord, type RotationRecord } from "./record";
import type { UndoStack } from "./undoStack";

/**
 * What must not act on a group that is being emptied. AZRebalance would launch where a zone is emptied and terminate
 * undrained nodes elsewhere; the other two would change the size while we do (hellofresh/eks-rolling-update#107).
 */
const SUSPENDED = ["AZRebalance", "AlarmNotification", "ScheduledActions"];

/**
 * Makes old groups ready to be emptied: their own movements stopped, their minimum 0 (below it EKS and Auto Scaling
 * refuse to take a node away). How they were is recorded first.
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
  for (const name of names) groups[name] ??= await recordOf(tools, clusterName, name);
  const written = { ...record, groups };
  await writeRecord(tools.kubernetes, written);

  for (const name of names) {
    const before = groups[name];
    if (before === undefined) continue;
    undo.push(`processes ${name}`, `resume the processes of ${name}`, async (outside) => {
      await resumeProcesses(outside, before);
    });
    await suspendProcesses(tools, before);
    undo.push(
      `minimum ${name}`,
      `give ${name} its minimum size of ${before.minSize} back`,
      async (outside) => {
        await restoreMinimum(outside, clusterName, name, before, timeoutMs);
      },
    );
    if (before.minSize > 0) {
      await resizeNodeGroup(tools, clusterName, name, { minSize: 0 }, timeoutMs);
      tools.emit({ type: "minSizeLowered", nodeGroupName: name, from: before.minSize });
    }
  }
  return written;
}

async function recordOf(tools: TellingTools, clusterName: string, name: string): Promise<OldGroupRecord> {
  const group = await describeNodeGroup(tools, clusterName, name);
  if (group === undefined) throw new Error(`managed node group ${name} is gone, though nodes have its label`);
  const found = await describeGroups(tools, group.autoScalingGroups);
  return {
    minSize: group.minSize,
    maxSize: group.maxSize,
    suspendedProcesses: Object.fromEntries(
      found.map((one) => [one.AutoScalingGroupName ?? "", suspendedOf(one)]),
    ),
  };
}

async function suspendProcesses(tools: TellingTools, { suspendedProcesses }: OldGroupRecord): Promise<void> {
  for (const group of await describeGroups(tools, Object.keys(suspendedProcesses))) {
    const suspended = suspendedOf(group);
    const ScalingProcesses = SUSPENDED.filter((process) => !suspended.includes(process));
    if (ScalingProcesses.length === 0) continue;
    const AutoScalingGroupName = group.AutoScalingGroupName ?? "";
    await tools.autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses }));
    tools.emit({
      type: "processesSuspended",
      autoScalingGroup: AutoScalingGroupName,
      processes: ScalingProcesses,
    });
  }
}

/**
 * Resumes what we suspended. AZRebalance stays suspended in a group whose zones are uneven: it would start at once to
 * terminate nodes that nobody has drained.
 */
export async function resumeProcesses(
  tools: TellingTools,
  { suspendedProcesses }: OldGroupRecord,
): Promise<void> {
  for (const group of await describeGroups(tools, Object.keys(suspendedProcesses))) {
    const AutoScalingGroupName = group.AutoScalingGroupName ?? "";
    const before = suspendedProcesses[AutoScalingGroupName] ?? [];
    const now = suspendedOf(group);
    const ours = SUSPENDED.filter((process) => now.includes(process) && !before.includes(process));
    const ScalingProcesses = ours.filter((process) => process !== "AZRebalance" || isEven(group));
    if (ScalingProcesses.length < ours.length) {
      const note = `AZRebalance of ${AutoScalingGroupName} stays suspended: its zones are uneven, so it would terminate nodes that nobody has drained. Run the rotation again, or resume it yourself.`;
      tools.emit({ type: "note", note });
    }
    if (ScalingProcesses.length === 0) continue;
    await tools.autoScaling.send(new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses }));
    tools.emit({
      type: "processesResumed",
      autoScalingGroup: AutoScalingGroupName,
      processes: ScalingProcesses,
    });
  }
}

/** Only where the group still has as many nodes: else it would launch old ones again. */
async function restoreMinimum(
  tools: TellingTools,
  clusterName: string,
  name: string,
  { minSize }: OldGroupRecord,
  timeoutMs: number,
): Promise<void> {
  const group = await describeNodeGroup(tools, clusterName, name);
  if (group === undefined) return;
  const found = await describeGroups(tools, group.autoScalingGroups);
  const desired = found.reduce((total, { DesiredCapacity = 0 }) => total + DesiredCapacity, 0);
  if (desired >= minSize) {
    await resizeNodeGroup(tools, clusterName, name, { minSize }, timeoutMs);
    return;
  }
  const note = `${name} keeps the minimum size 0: it has ${desired} nodes left, and would launch old ones up to its ${minSize} again.`;
  tools.emit({ type: "note", note });
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

function suspendedOf({ SuspendedProcesses = [] }: AutoScalingGroup): string[] {
  return SuspendedProcesses.flatMap(({ ProcessName }) => ProcessName ?? []);
}

/** Whether no zone of the group has two instances more than another, which AZRebalance would even out. */
function isEven({ AvailabilityZones = [], Instances = [] }: AutoScalingGroup): boolean {
  const counts = AvailabilityZones.map(
    (zone) => Instances.filter(({ AvailabilityZone }) => AvailabilityZone === zone).length,
  );
  return counts.length === 0 || Math.max(...counts) - Math.min(...counts) <= 1;
}
