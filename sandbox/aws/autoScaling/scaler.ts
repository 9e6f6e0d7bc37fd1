import { randomUUID } from "node:crypto";
import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { inTurn, type InTurn } from "../inTurn";
import type { AutoScalingOutside } from "./autoScalingOutside";
import { launchInstance, launchPlaces } from "./launchInstance";
import type { LifecycleActions } from "./lifecycleActions";
import { nextStep } from "./nextStep";
import {
  isLeaving,
  type GroupInstance,
  type GroupSubnet,
  type LifecycleTransition,
  type ScalingActivity,
  type ScalingGroup,
} from "./scalingGroup";

/** After a launch that failed. */
const RETRY_AFTER_MS = 5_000;
/** Before zones are brought back into balance, so that a caller can suspend it. On AWS it is some minutes. */
const REBALANCE_AFTER_MS = 10_000;
const ACTIVITIES_KEPT = 100;

/** Keeps groups at their size. */
export interface Scaler {
  /** Brings a group to its desired capacity, in the background. */
  settle(group: ScalingGroup): void;
  /** Terminates an instance of the group: at once, or when the group's lifecycle hooks let it go. */
  terminate(group: ScalingGroup, instance: GroupInstance, cause: string): Promise<ScalingActivity>;
  /** Terminates all instances of a group, then calls back. */
  empty(group: ScalingGroup, done: () => void): void;
}

/**
 * Keeps groups at their size, each group a step at a time.
 *
 * @param waits what instances wait for on their way in and out.
 * @param signal ends it.
 */
export function scaler(
  { ec2, clock, log }: AutoScalingOutside,
  waits: Pick<LifecycleActions, "wait">,
  signal: AbortSignal,
): Scaler {
  const turns = new Map<ScalingGroup, InTurn>();
  const waiting = new Set<ScalingGroup>();

  const turnOf = (group: ScalingGroup): InTurn => {
    const turn = turns.get(group) ?? inTurn();
    turns.set(group, turn);
    return turn;
  };
  const note = (group: ScalingGroup, activity: Omit<ScalingActivity, "activityId" | "startedAt">) => {
    const noted = { activityId: randomUUID(), startedAt: clock.now(), ...activity };
    group.activities = [noted, ...group.activities].slice(0, ACTIVITIES_KEPT);
    return noted;
  };
  /** One more settling after a while, once however often it is asked for. */
  const settleLater = (group: ScalingGroup, afterMs: number) => {
    if (waiting.has(group)) return;
    waiting.add(group);
    clock.sleep(afterMs, signal).then(
      () => {
        waiting.delete(group);
        settle(group, true);
      },
      () => undefined,
    );
  };

  const inBackground = (group: ScalingGroup, work: () => Promise<void>) => {
    work().catch((error: unknown) => {
      if (!signal.aborted) log(`Auto Scaling group ${group.name}: ${messageOf(error)}`);
    });
  };
  const noteTermination = (
    group: ScalingGroup,
    { instanceId }: GroupInstance,
    cause: string,
    status: ScalingActivity["status"],
  ) => note(group, { description: `Terminating EC2 instance: ${instanceId}`, cause, status });

  /** Has an instance wait for the group's lifecycle hooks; one of which an action is abandoned is replaced. */
  const goIntoService = (group: ScalingGroup, instance: GroupInstance) => {
    const hooks = hooksOf(group, "autoscaling:EC2_INSTANCE_LAUNCHING");
    if (hooks.length === 0) return;
    instance.lifecycleState = "Pending:Wait";
    inBackground(group, async () => {
      const result = await waits.wait(instance.instanceId, hooks, signal);
      if (isLeaving(instance)) return;
      if (result === "CONTINUE") {
        instance.lifecycleState = "InService";
        return;
      }
      await turnOf(group)(() => terminateNow(group, instance, "a lifecycle action was abandoned"));
      settle(group);
    });
  };
  const launch = async (group: ScalingGroup, subnets: readonly GroupSubnet[]): Promise<boolean> => {
    let failure = "no subnet";
    for (const place of launchPlaces(group, subnets)) {
      try {
        const launched = await launchInstance(ec2, group, place, clock.now());
        group.instances = [...group.instances, launched];
        goIntoService(group, launched);
        note(group, {
          description: `Launching a new EC2 instance: ${launched.instanceId}`,
          cause: `desired capacity ${group.desiredCapacity}`,
          status: "Successful",
        });
        return true;
      } catch (error) {
        failure = messageOf(error);
      }
    }
    log(`Auto Scaling group ${group.name} can't launch: ${failure}`);
    note(group, {
      description: "Launching a new EC2 instance.",
      cause: `desired capacity ${group.desiredCapacity}`,
      status: "Failed",
      statusMessage: `${failure} Launching EC2 instance failed.`,
    });
    return false;
  };
  const terminateNow = async (group: ScalingGroup, instance: GroupInstance, cause: string) => {
    instance.lifecycleState = "Terminating";
    // Somebody else may have terminated it while it waited.
    if (group.instances.includes(instance)) {
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance.instanceId] }));
      group.instances = group.instances.filter((one) => one !== instance);
    }
    return noteTermination(group, instance, cause, "Successful");
  };
  /** Terminates it once every lifecycle hook has let it go, however their actions end. */
  const terminateAfterHooks = (group: ScalingGroup, instance: GroupInstance, cause: string) => {
    const isWaiting = isLeaving(instance);
    if (!isWaiting) {
      instance.lifecycleState = "Terminating:Wait";
      inBackground(group, async () => {
        const hooks = hooksOf(group, "autoscaling:EC2_INSTANCE_TERMINATING");
        await waits.wait(instance.instanceId, hooks, signal);
        instance.lifecycleState = "Terminating:Proceed";
        await turnOf(group)(() => terminateNow(group, instance, cause));
      });
    }
    return noteTermination(group, instance, cause, "InProgress");
  };
  const terminate = async (group: ScalingGroup, instance: GroupInstance, cause: string) =>
    hooksOf(group, "autoscaling:EC2_INSTANCE_TERMINATING").length > 0
      ? terminateAfterHooks(group, instance, cause)
      : await terminateNow(group, instance, cause);

  /** One step. @returns milliseconds until the next one, or undefined when there is none to do. */
  const advance = async (group: ScalingGroup, mayRebalance: boolean): Promise<number | undefined> => {
    const step = nextStep(group);
    if (step === undefined || group.deleting) return undefined;
    if (step.kind === "terminate") {
      await terminate(group, step.instance, `desired capacity ${group.desiredCapacity}`);
      return 0;
    }
    if (step.kind === "launch") return (await launch(group, step.subnets)) ? 0 : RETRY_AFTER_MS;
    if (!mayRebalance || !(await launch(group, step.subnets))) return REBALANCE_AFTER_MS;
    await terminate(group, step.instance, "availability zones out of balance");
    return REBALANCE_AFTER_MS;
  };
  const settle = (group: ScalingGroup, mayRebalance = false): void => {
    turnOf(group)(async () => {
      let after: number | undefined = 0;
      while (after === 0 && !signal.aborted) after = await advance(group, mayRebalance);
      if (after !== undefined) settleLater(group, after);
    }).catch((error: unknown) => {
      if (signal.aborted) return;
      log(`Auto Scaling group ${group.name}: ${messageOf(error)}`);
      settleLater(group, RETRY_AFTER_MS);
    });
  };

  return {
    settle: (group) => {
      settle(group);
    },
    terminate: (group, instance, cause) => {
      const waitsForHooks = hooksOf(group, "autoscaling:EC2_INSTANCE_TERMINATING").length > 0;
      if (waitsForHooks) return Promise.resolve(terminateAfterHooks(group, instance, cause));
      // Before its turn comes: a second call at the same moment must see it.
      instance.lifecycleState = "Terminating";
      return turnOf(group)(() => terminateNow(group, instance, cause));
    },
    empty: (group, done) => {
      turnOf(group)(async () => {
        for (const instance of group.instances) await terminateNow(group, instance, "group is deleted");
      }).then(done, (error: unknown) => {
        if (!signal.aborted) log(`Auto Scaling group ${group.name}: ${messageOf(error)}`);
      });
    },
  };
}

function hooksOf({ hooks }: ScalingGroup, transition: LifecycleTransition) {
  return [...hooks.values()].filter((hook) => hook.transition === transition);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
