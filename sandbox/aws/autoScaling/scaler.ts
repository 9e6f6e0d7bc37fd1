import { randomUUID } from "node:crypto";
import {
  DescribeLaunchTemplateVersionsCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type _InstanceType,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { inTurn, type InTurn } from "../inTurn";
import type { AutoScalingOutside } from "./autoScalingOutside";
import { nextStep } from "./nextStep";
import type { GroupInstance, GroupSubnet, ScalingActivity, ScalingGroup } from "./scalingGroup";

/** After a launch that failed. */
const RETRY_AFTER_MS = 5_000;
/** Before zones are brought back into balance, so that a caller can suspend it. On AWS it is some minutes. */
const REBALANCE_AFTER_MS = 10_000;
const ACTIVITIES_KEPT = 100;

/** Keeps groups at their size. */
export interface Scaler {
  /** Brings a group to its desired capacity, in the background. */
  settle(group: ScalingGroup): void;
  /** Terminates an instance of the group, and waits for it. */
  terminate(group: ScalingGroup, instance: GroupInstance, cause: string): Promise<ScalingActivity>;
  /** Terminates all instances of a group, then calls back. */
  empty(group: ScalingGroup, done: () => void): void;
  close(): void;
}

/** Keeps groups at their size, each group a step at a time. */
export function scaler({ ec2, clock, log }: AutoScalingOutside): Scaler {
  const ending = new AbortController();
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
    clock.sleep(afterMs, ending.signal).then(
      () => {
        waiting.delete(group);
        settle(group, true);
      },
      () => undefined,
    );
  };

  const launch = async (group: ScalingGroup, subnets: readonly GroupSubnet[]): Promise<boolean> => {
    let failure = "no subnet";
    for (const subnet of subnets) {
      try {
        const launched = await launchInstance(ec2, group, subnet, clock.now());
        group.instances = [...group.instances, launched];
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
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance.instanceId] }));
    group.instances = group.instances.filter((one) => one !== instance);
    return note(group, {
      description: `Terminating EC2 instance: ${instance.instanceId}`,
      cause,
      status: "Successful",
    });
  };

  /** One step. @returns milliseconds until the next one, or undefined when there is none to do. */
  const advance = async (group: ScalingGroup, mayRebalance: boolean): Promise<number | undefined> => {
    const step = nextStep(group);
    if (step === undefined || group.deleting) return undefined;
    if (step.kind === "terminate") {
      await terminateNow(group, step.instance, `desired capacity ${group.desiredCapacity}`);
      return 0;
    }
    if (step.kind === "launch") return (await launch(group, step.subnets)) ? 0 : RETRY_AFTER_MS;
    if (!mayRebalance || !(await launch(group, step.subnets))) return REBALANCE_AFTER_MS;
    await terminateNow(group, step.instance, "availability zones out of balance");
    return REBALANCE_AFTER_MS;
  };
  const settle = (group: ScalingGroup, mayRebalance = false): void => {
    turnOf(group)(async () => {
      let after: number | undefined = 0;
      while (after === 0 && !ending.signal.aborted) after = await advance(group, mayRebalance);
      if (after !== undefined) settleLater(group, after);
    }).catch((error: unknown) => {
      if (ending.signal.aborted) return;
      log(`Auto Scaling group ${group.name}: ${messageOf(error)}`);
      settleLater(group, RETRY_AFTER_MS);
    });
  };

  return {
    settle: (group) => {
      settle(group);
    },
    terminate: (group, instance, cause) => turnOf(group)(() => terminateNow(group, instance, cause)),
    empty: (group, done) => {
      turnOf(group)(async () => {
        for (const instance of group.instances) await terminateNow(group, instance, "group is deleted");
      }).then(done, (error: unknown) => {
        if (!ending.signal.aborted) log(`Auto Scaling group ${group.name}: ${messageOf(error)}`);
      });
    },
    close: () => {
      ending.abort();
    },
  };
}

async function launchInstance(
  ec2: EC2Client,
  group: ScalingGroup,
  subnet: GroupSubnet,
  now: number,
): Promise<GroupInstance> {
  const { id, name, version } = group.launchTemplate;
  // What $Latest or $Default is at this moment stays with the instance.
  const { LaunchTemplateVersions: [template] = [] } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] }),
  );
  const number = String(template?.VersionNumber ?? version);
  const instanceType = group.instanceTypes[0] ?? template?.LaunchTemplateData?.InstanceType;
  const tags = group.tags
    .filter((tag) => tag.propagateAtLaunch)
    .map(({ key, value }) => ({ Key: key, Value: value }));
  const { Instances: [instance] = [] } = await ec2.send(
    new RunInstancesCommand({
      LaunchTemplate: { LaunchTemplateId: id, Version: number },
      SubnetId: subnet.subnetId,
      InstanceType: instanceType as _InstanceType | undefined,
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [
        {
          ResourceType: "instance",
          Tags: [...tags, { Key: "aws:autoscaling:groupName", Value: group.name }],
        },
      ],
    }),
  );
  if (instance?.InstanceId === undefined) throw new Error("EC2 launched no instance");
  return {
    instanceId: instance.InstanceId,
    instanceType: instance.InstanceType ?? "",
    availabilityZone: subnet.availabilityZone,
    launchTemplate: { id, name, version: number },
    launchedAt: now,
    lifecycleState: "InService",
    protectedFromScaleIn: group.newInstancesProtected,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
