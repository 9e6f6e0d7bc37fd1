import { TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { instanceState } from "./instanceState";
import type { HeldLease } from "./lease";
import type { TellingTools } from "./outside";

/**
 * Terminates exactly this instance, by its Auto Scaling group and with one less wanted: a lowered desired size alone
 * would let the group choose, and EKS drains no node that it did not choose itself.
 *
 * One that is gone or going already, because an earlier attempt was killed behind this act, is left alone.
 *
 * Needs autoscaling:TerminateInstanceInAutoScalingGroup, and what {@link instanceState} needs.
 *
 * @returns whether it is on its way out; not where no Auto Scaling group has it, so that nothing was done.
 */
export async function terminateInstance(
  tools: TellingTools,
  lease: HeldLease,
  node: string,
  instanceId: string,
): Promise<"terminating" | "notInAGroup"> {
  const { autoScaling, emit } = tools;
  const state = await instanceState(tools, instanceId);
  if (state === "leaving") return "terminating";
  if (state === "notInAGroup") return "notInAGroup";
  await lease.assertHeld();
  emit({ type: "terminating", node, instanceId });
  try {
    await autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: instanceId,
        ShouldDecrementDesiredCapacity: true,
      }),
    );
  } catch (error) {
    // An answer that was lost is an error as well, and so is the repetition of what had been done.
    if ((await instanceState(tools, instanceId)) !== "leaving") throw error;
  }
  return "terminating";
}
