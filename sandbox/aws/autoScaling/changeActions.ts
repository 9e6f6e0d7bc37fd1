import { randomUUID } from "node:crypto";
import { nameReservation } from "../nameReservation";
import { AwsError } from "../protocol/awsError";
import { isGiven, listOf, numberOf, structuresOf, type QueryForm } from "../protocol/queryForm";
import type { AutoScalingOutside } from "./autoScalingOutside";
import { describeActivity } from "./groupDescription";
import {
  checkSizes,
  readGroupTags,
  readLaunchParameters,
  readSettings,
  readSizes,
  readSubnets,
  validationError,
} from "./groupParameters";
import type { GroupRegistry } from "./groupRegistry";
import type { AutoScalingAction } from "./readActions";
import type { Scaler } from "./scaler";
import { isLeaving, SCALING_PROCESSES, type ScalingGroup } from "./scalingGroup";

/** The actions that change groups. */
export function changeActions(
  { groups, groupOf, memberOf }: GroupRegistry,
  scaling: Scaler,
  { ec2, clock, region, accountId }: AutoScalingOutside,
): Readonly<Record<string, AutoScalingAction>> {
  const reserve = nameReservation();
  const makeGroup = async (name: string, form: QueryForm) => {
    const sizes = readSizes(form);
    checkSizes(sizes);
    const [launched, subnets] = await Promise.all([readLaunchParameters(form, ec2), readSubnets(form, ec2)]);
    if (launched === undefined)
      throw validationError("Valid requests must contain LaunchTemplate or MixedInstancesPolicy.");
    if (subnets === undefined)
      throw validationError("VPCZoneIdentifier is needed: this sandbox launches into subnets.");
    const group: ScalingGroup = {
      name,
      arn: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`,
      createdAt: clock.now(),
      ...sizes,
      ...launched,
      subnets,
      settings: readSettings(form),
      newInstancesProtected: form.get("NewInstancesProtectedFromScaleIn") === "true",
      tags: readGroupTags(form),
      suspended: new Set(),
      hooks: new Map(),
      scheduled: new Map(),
      instances: [],
      activities: [],
      deleting: false,
    };
    groups.set(name, group);
    scaling.settle(group);
  };
  return {
    CreateAutoScalingGroup: async (form) => {
      const name = form.get("AutoScalingGroupName") ?? "";
      const exists = () =>
        new AwsError("AlreadyExists", `AutoScalingGroup by this name already exists - ${name}`);
      if (groups.has(name)) throw exists();
      await reserve(name, exists, () => makeGroup(name, form));
      return undefined;
    },

    UpdateAutoScalingGroup: async (form) => {
      const group = groupOf(form);
      const sizes = readSizes(form, group);
      checkSizes(sizes);
      const [launched, subnets] = await Promise.all([
        readLaunchParameters(form, ec2),
        readSubnets(form, ec2),
      ]);
      const settings = readSettings(form, group.settings);
      Object.assign(group, sizes, launched, { settings }, subnets === undefined ? {} : { subnets });
      if (isGiven(form, "NewInstancesProtectedFromScaleIn")) {
        group.newInstancesProtected = form.get("NewInstancesProtectedFromScaleIn") === "true";
      }
      scaling.settle(group);
      return undefined;
    },

    DeleteAutoScalingGroup: (form) => {
      const group = groupOf(form);
      if (group.instances.length > 0 && form.get("ForceDelete") !== "true") {
        throw new AwsError(
          "ResourceInUse",
          "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.",
        );
      }
      group.deleting = true;
      Object.assign(group, { minSize: 0, maxSize: 0, desiredCapacity: 0 });
      scaling.empty(group, () => groups.delete(group.name));
      return undefined;
    },

    SetDesiredCapacity: (form) => {
      const group = groupOf(form);
      const wanted = numberOf(form, "DesiredCapacity") ?? 0;
      if (wanted > group.maxSize) {
        throw validationError(
          `New SetDesiredCapacity value ${wanted} is above max value ${group.maxSize} for the AutoScalingGroup.`,
        );
      }
      if (wanted < group.minSize) {
        throw validationError(
          `New SetDesiredCapacity value ${wanted} is below min value ${group.minSize} for the AutoScalingGroup.`,
        );
      }
      group.desiredCapacity = wanted;
      scaling.settle(group);
      return undefined;
    },

    TerminateInstanceInAutoScalingGroup: async (form) => {
      const { group, instance } = memberOf(form.get("InstanceId") ?? "");
      const decrement = form.get("ShouldDecrementDesiredCapacity") === "true";
      if (decrement && group.desiredCapacity <= group.minSize) {
        throw validationError(
          `Currently, desiredSize equals minSize (${group.minSize}). Terminating instance without replacement will ` +
            "violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower " +
            "group's min size.",
        );
      }
      // Before anything is awaited: a second call at the same moment must see it.
      if (decrement && !isLeaving(instance)) group.desiredCapacity -= 1;
      const cause =
        `instance ${instance.instanceId} was taken out of service in response to a user request, ` +
        (decrement ? "shrinking the capacity" : "to be replaced");
      const activity = await scaling.terminate(group, instance, cause);
      scaling.settle(group);
      return { Activity: describeActivity(group, { ...activity, status: "InProgress" }) };
    },

    SuspendProcesses: (form) => {
      const { suspended } = groupOf(form);
      for (const process of processesOf(form)) suspended.add(process);
      return undefined;
    },

    ResumeProcesses: (form) => {
      const group = groupOf(form);
      for (const process of processesOf(form)) group.suspended.delete(process);
      scaling.settle(group);
      return undefined;
    },

    SetInstanceProtection: (form) => {
      const { instances } = groupOf(form);
      const ids = listOf(form, "InstanceIds.member");
      for (const instance of instances.filter(({ instanceId }) => ids.includes(instanceId))) {
        instance.protectedFromScaleIn = form.get("ProtectedFromScaleIn") === "true";
      }
      return {};
    },

    CreateOrUpdateTags: (form) => {
      for (const [index, tag] of readGroupTags(form).entries()) {
        const group = groupOf(tagTarget(form, index));
        group.tags = [...group.tags.filter(({ key }) => key !== tag.key), tag];
      }
      return undefined;
    },

    DeleteTags: (form) => {
      for (const [index, tag] of readGroupTags(form).entries()) {
        const group = groupOf(tagTarget(form, index));
        group.tags = group.tags.filter(({ key }) => key !== tag.key);
      }
      return undefined;
    },
  };
}

function processesOf(form: QueryForm): readonly string[] {
  const named = listOf(form, "ScalingProcesses.member");
  const unknown = named.find((name) => !SCALING_PROCESSES.some((process) => process === name));
  if (unknown !== undefined) throw validationError(`${unknown} is not a valid process type`);
  return named.length > 0 ? named : SCALING_PROCESSES;
}

function tagTarget(form: QueryForm, index: number): QueryForm {
  const name = structuresOf(form, "Tags.member")[index]?.get("ResourceId") ?? "";
  return new Map([["AutoScalingGroupName", name]]);
}
