import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";

/**
 * What must not act on a group that is being emptied. AZRebalance would launch where a zone is emptied and terminate
 * undrained nodes elsewhere; the other two would change the size while we do (hellofresh/eks-rolling-update#107).
 */
const SUSPENDED = ["AZRebalance", "AlarmNotification", "ScheduledActions"];
/** Those of them that set a group's size, and so would launch old nodes in one that was emptied. */
const SIZING = ["AlarmNotification", "ScheduledActions"];

/**
 * The processes of a group that are ours to suspend, and to resume in the end: not those that its owner has suspended.
 *
 * @param ours those that we had suspended in an earlier attempt. @default none
 */
export function heldProcesses(group: AutoScalingGroup, ours: readonly string[] = []): string[] {
  const suspended = suspendedOf(group);
  return SUSPENDED.filter((process) => ours.includes(process) || !suspended.includes(process));
}

/** Of processes that we suspended, which are to be resumed, and which must stay as they are. */
export function resumable(
  group: AutoScalingGroup,
  held: readonly string[],
): { readonly resume: string[]; readonly stay: string[] } {
  const suspended = suspendedOf(group);
  const ours = held.filter((process) => suspended.includes(process));
  const isHarmful = (process: string) =>
    process === "AZRebalance" ? !isEven(group) : isEmptied(group) && SIZING.includes(process);
  return {
    resume: ours.filter((process) => !isHarmful(process)),
    stay: ours.filter(isHarmful),
  };
}

/** The processes of a group that do nothing now, whoever suspended them. */
export function suspendedOf({ SuspendedProcesses = [] }: AutoScalingGroup): string[] {
  return SuspendedProcesses.flatMap(({ ProcessName }) => ProcessName ?? []);
}

/** Whether a group wants no nodes any more. */
export function isEmptied({ DesiredCapacity = 0 }: AutoScalingGroup): boolean {
  return DesiredCapacity === 0;
}

/**
 * Whether no zone of the group has two instances more than another, which AZRebalance would even out. Those that are
 * ending don't count, as they don't for AZRebalance.
 */
function isEven({ AvailabilityZones = [], Instances = [] }: AutoScalingGroup): boolean {
  const staying = Instances.filter(({ LifecycleState = "" }) =>
    /^(Pending|InService|Standby|EnteringStandby)/.test(LifecycleState),
  );
  const counts = AvailabilityZones.map(
    (zone) => staying.filter(({ AvailabilityZone }) => AvailabilityZone === zone).length,
  );
  return counts.length === 0 || Math.max(...counts) - Math.min(...counts) <= 1;
}
