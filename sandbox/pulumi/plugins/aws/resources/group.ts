import { isDeepStrictEqual } from "node:util";
import {
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { waitFor } from "../../protocol/waitFor";
import type { Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { says } from "../awsError";
import { optionalText, type ResourceKind } from "../resourceKind";
import { groupSchema } from "./groupSchema";
import { groupRequest, groupState, groupTags } from "./groupShapes";
import { nameOrPrefixed } from "./prefixedName";

const DELETE_TIMEOUT_MS = 10 * 60_000;

export const group: ResourceKind = {
  type: "aws:autoscaling/group:Group",
  schema: groupSchema,
  autoNamed: "name",
  problems: ({ launchTemplate, mixedInstancesPolicy }) =>
    launchTemplate === undefined && mixedInstancesPolicy === undefined
      ? [
          {
            property: "launchTemplate",
            reason: "one of launchTemplate and mixedInstancesPolicy has to be given",
          },
        ]
      : [],
  async create(inputs, aws) {
    const name = nameOrPrefixed(inputs, "name");
    const desired = inputs["desiredCapacity"];
    const command = new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      ...groupRequest(inputs),
      ...(typeof desired === "number" ? { DesiredCapacity: desired } : {}),
      Tags: groupTags(inputs, name),
    });
    await says(`creating Auto Scaling Group (${name})`, () => aws.autoScaling.send(command));
    return name;
  },
  async settle(id, inputs, aws) {
    const processes = listIn(inputs, "suspendedProcesses");
    if (processes.length > 0) await changeProcesses(id, [], processes, aws);
    const timeoutMs = durationOf(optionalText(inputs, "waitForCapacityTimeout") ?? "0");
    if (timeoutMs === 0) return;
    await waitFor(
      `waiting for Auto Scaling Group (${id}) capacity satisfied`,
      aws.act,
      timeoutMs,
      async () => {
        const found = await find(id, aws);
        const there = (found?.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === "InService");
        return there.length >= (found?.DesiredCapacity ?? 0) ? true : undefined;
      },
    );
  },
  async read(id, aws) {
    const found = await find(id, aws);
    return found === undefined ? undefined : groupState(found);
  },
  async update(id, state, inputs, aws) {
    const desired = inputs["desiredCapacity"];
    const capacity = typeof desired === "number" && desired !== state["desiredCapacity"];
    const command = new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: id,
      ...groupRequest(inputs),
      ...(capacity ? { DesiredCapacity: desired } : {}),
    });
    await says(`updating Auto Scaling Group (${id})`, () => aws.autoScaling.send(command));
    await changeTags(id, state, inputs, aws);
    await changeProcesses(id, listIn(state, "suspendedProcesses"), listIn(inputs, "suspendedProcesses"), aws);
    return undefined;
  },
  async delete(id, state, aws) {
    if ((await find(id, aws)) === undefined) return;
    const ForceDelete = state["forceDelete"] === true;
    if (!ForceDelete) await empty(id, aws);
    await says(`deleting Auto Scaling Group (${id})`, () =>
      aws.autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: id, ForceDelete })),
    );
    await waitFor(`waiting for Auto Scaling Group (${id}) delete`, aws.act, DELETE_TIMEOUT_MS, async () =>
      (await find(id, aws)) === undefined ? true : undefined,
    );
  },
};

async function find(name: string, aws: Aws): Promise<AutoScalingGroup | undefined> {
  const { AutoScalingGroups = [] } = await says(`reading Auto Scaling Group (${name})`, () =>
    aws.autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] })),
  );
  return AutoScalingGroups[0];
}

/** Takes all instances away, which a group has to be without before it can go. */
async function empty(name: string, aws: Aws): Promise<void> {
  const draining = `draining Auto Scaling Group (${name})`;
  const none = { MinSize: 0, MaxSize: 0, DesiredCapacity: 0 };
  await says(draining, () =>
    aws.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, ...none })),
  );
  await waitFor(draining, aws.act, DELETE_TIMEOUT_MS, async () => {
    const found = await find(name, aws);
    return (found?.Instances ?? []).length === 0 ? true : undefined;
  });
}

async function changeTags(name: string, state: Properties, inputs: Properties, aws: Aws): Promise<void> {
  const was = groupTags(state, name);
  const is = groupTags(inputs, name);
  const gone = was.filter(({ Key }) => !is.some((tag) => tag.Key === Key));
  const changed = is.filter((tag) => !was.some((before) => isDeepStrictEqual(before, tag)));
  await says(`updating Auto Scaling Group (${name}) tags`, async () => {
    if (gone.length > 0) await aws.autoScaling.send(new DeleteTagsCommand({ Tags: gone }));
    if (changed.length > 0) await aws.autoScaling.send(new CreateOrUpdateTagsCommand({ Tags: changed }));
  });
}

async function changeProcesses(
  AutoScalingGroupName: string,
  was: readonly string[],
  is: readonly string[],
  aws: Aws,
): Promise<void> {
  const resumed = was.filter((process) => !is.includes(process));
  const suspended = is.filter((process) => !was.includes(process));
  await says(`updating Auto Scaling Group (${AutoScalingGroupName}) processes`, async () => {
    if (resumed.length > 0) {
      await aws.autoScaling.send(
        new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: resumed }),
      );
    }
    if (suspended.length > 0) {
      await aws.autoScaling.send(
        new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: suspended }),
      );
    }
  });
}

function listIn(properties: Properties, key: string): string[] {
  const value = properties[key];
  return Array.isArray(value) ? (value as string[]) : [];
}

/** Milliseconds of a duration such as `10m` or `1m30s`. @throws Error for other text. */
function durationOf(text: string): number {
  if (text === "0") return 0;
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new Error(`waitForCapacityTimeout: ${text} is no duration such as 10m`);
  }
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ""] ?? 0), 0);
}
