import { DescribeAutoScalingInstancesCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import type { Tools } from "./outside";

/** What becomes of an instance, as far as it matters to who would terminate it. */
export type InstanceState =
  /** It runs, and its Auto Scaling group can end it. */
  | "inAGroup"
  /** It runs, and no Auto Scaling group has it. */
  | "notInAGroup"
  /** It is on its way out, or gone. */
  | "leaving";

/**
 * Asks AWS what becomes of an instance.
 *
 * Needs autoscaling:DescribeAutoScalingInstances, ec2:DescribeInstances.
 */
export async function instanceState(
  { autoScaling, ec2, signal }: Pick<Tools, "autoScaling" | "ec2" | "signal">,
  instanceId: string,
): Promise<InstanceState> {
  const { AutoScalingInstances = [] } = await autoScaling.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
    { abortSignal: signal },
  );
  const [inGroup] = AutoScalingInstances;
  if (inGroup !== undefined) return /^Terminat/.test(inGroup.LifecycleState ?? "") ? "leaving" : "inAGroup";
  // Auto Scaling forgets an instance when it has ended, as it does one that was detached.
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: [instanceId] }] }),
    { abortSignal: signal },
  );
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
  const state = instance?.State?.Name ?? "terminated";
  return state === "shutting-down" || state === "terminated" ? "leaving" : "notInAGroup";
}
