import {
  DescribeAutoScalingInstancesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import type { HeldLease } from "./lease";
import type { TellingTools } from "./outside";

/**
 * Terminates exactly this instance, by its Auto Scaling group and with one less wanted: a lowered desired size alone
 * would let the group choose, and EKS drains no node that it did not choose itself.
 *
 * One that is gone or going already, because an earlier attempt was killed behind this act, is left alone.
 *
 * Needs autoscaling:DescribeAutoScalingInstances, TerminateInstanceInAutoScalingGroup.
 */
export async function terminateInstance(
  tools: TellingTools,
  lease: HeldLease,
  node: string,
  instanceId: string,
): Promise<void> {
  const { autoScaling, emit, signal } = tools;
  const { AutoScalingInstances = [] } = await autoScaling.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
    { abortSignal: signal },
  );
  const [instance] = AutoScalingInstances;
  if (instance === undefined || /^Terminat/.test(instance.LifecycleState ?? "")) return;
  await lease.assertHeld();
  emit({ type: "terminating", node, instanceId });
  await autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: true,
    }),
  );
}
