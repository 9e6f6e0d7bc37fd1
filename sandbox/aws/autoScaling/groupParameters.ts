import { DescribeLaunchTemplatesCommand, DescribeSubnetsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import { isGiven, membersOf, numberOf, structuresOf, type QueryForm } from "../protocol/queryForm";
import type {
  GroupSettings,
  GroupSubnet,
  GroupTag,
  InstancesDistribution,
  LaunchTemplateReference,
} from "./scalingGroup";

/** The three sizes of a group. */
export interface GroupSizes {
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
}

/** @throws AwsError ValidationError where the sizes contradict each other. */
export function checkSizes({ minSize, maxSize, desiredCapacity }: GroupSizes): void {
  if (minSize > maxSize) {
    throw validationError(`Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`);
  }
  if (desiredCapacity < minSize || desiredCapacity > maxSize) {
    throw validationError(
      `Desired capacity:${desiredCapacity} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
  }
}

/** The tags of a call, which Auto Scaling numbers as Tags.member.1. */
export function readGroupTags(form: QueryForm): GroupTag[] {
  return structuresOf(form, "Tags.member").map((tag) => ({
    key: tag.get("Key") ?? "",
    value: tag.get("Value") ?? "",
    propagateAtLaunch: tag.get("PropagateAtLaunch") === "true",
  }));
}

/** What a group launches: a template, with instance types in place of its own. */
export interface LaunchParameters {
  readonly launchTemplate: LaunchTemplateReference;
  readonly instanceTypes: readonly string[];
  readonly distribution: InstancesDistribution;
}

/**
 * Reads LaunchTemplate or MixedInstancesPolicy; undefined where neither is given.
 *
 * @throws AwsError ValidationError for a template that doesn't exist, and for what the sandbox doesn't launch.
 */
export async function readLaunchParameters(
  form: QueryForm,
  ec2: EC2Client,
): Promise<LaunchParameters | undefined> {
  for (const name of ["LaunchConfigurationName", "InstanceId"]) {
    if (isGiven(form, name)) throw validationError(`${name} is not part of this sandbox: use LaunchTemplate`);
  }
  const mixed = membersOf(form, "MixedInstancesPolicy.LaunchTemplate");
  const given = membersOf(mixed, "LaunchTemplateSpecification");
  const asked = given.size > 0 ? given : membersOf(form, "LaunchTemplate");
  if (asked.size === 0) return undefined;
  const id = asked.get("LaunchTemplateId");
  const name = asked.get("LaunchTemplateName");
  const named = id === undefined ? `launch-template-name ${name ?? ""}` : `launch-template-id ${id}`;
  const { LaunchTemplates: [template] = [] } = await ec2
    .send(
      new DescribeLaunchTemplatesCommand(
        id === undefined ? { LaunchTemplateNames: [name ?? ""] } : { LaunchTemplateIds: [id] },
      ),
    )
    .catch((error: unknown) => {
      if (error instanceof Error && error.name.startsWith("InvalidLaunchTemplate"))
        return { LaunchTemplates: [] };
      throw error;
    });
  if (template === undefined) {
    throw validationError(
      `You must use a valid fully-formed launch template. The specified launch template, with ${named}, ` +
        "does not exist.",
    );
  }
  return {
    launchTemplate: {
      id: template.LaunchTemplateId ?? "",
      name: template.LaunchTemplateName ?? "",
      version: asked.get("Version") ?? "$Default",
    },
    instanceTypes: structuresOf(mixed, "Overrides.member").flatMap((one) => one.get("InstanceType") ?? []),
    distribution: readDistribution(membersOf(form, "MixedInstancesPolicy.InstancesDistribution")),
  };
}

function readDistribution(given: QueryForm): InstancesDistribution {
  return {
    OnDemandAllocationStrategy: given.get("OnDemandAllocationStrategy") ?? "prioritized",
    OnDemandBaseCapacity: numberOf(given, "OnDemandBaseCapacity") ?? 0,
    OnDemandPercentageAboveBaseCapacity: numberOf(given, "OnDemandPercentageAboveBaseCapacity") ?? 100,
    SpotAllocationStrategy: given.get("SpotAllocationStrategy") ?? "lowest-price",
  };
}

/** The settings that a call gives, in the place of those that were. */
export function readSettings(form: QueryForm, before?: GroupSettings): GroupSettings {
  const rebalance = form.get("CapacityRebalance");
  return {
    CapacityRebalance: rebalance === undefined ? (before?.CapacityRebalance ?? false) : rebalance === "true",
    DefaultCooldown: numberOf(form, "DefaultCooldown") ?? before?.DefaultCooldown ?? 300,
    HealthCheckType: form.get("HealthCheckType") ?? before?.HealthCheckType ?? "EC2",
    HealthCheckGracePeriod: numberOf(form, "HealthCheckGracePeriod") ?? before?.HealthCheckGracePeriod ?? 0,
  };
}

/** Reads VPCZoneIdentifier, with the zone of each subnet. @throws AwsError ValidationError for an unknown one. */
export async function readSubnets(form: QueryForm, ec2: EC2Client): Promise<GroupSubnet[] | undefined> {
  const ids = form.get("VPCZoneIdentifier")?.split(",").filter(Boolean);
  if (ids === undefined || ids.length === 0) return undefined;
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: ids }] }),
  );
  return ids.map((subnetId) => {
    const zone = Subnets.find(({ SubnetId }) => SubnetId === subnetId)?.AvailabilityZone;
    if (zone === undefined) {
      throw validationError(`The subnet ID '${subnetId}' does not exist`);
    }
    return { subnetId, availabilityZone: zone };
  });
}

/** Auto Scaling refuses nearly everything with this code. */
export function validationError(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

/** The sizes that a call gives, in the place of those that were. */
export function readSizes(form: QueryForm, before?: GroupSizes): GroupSizes {
  const minSize = numberOf(form, "MinSize") ?? before?.minSize ?? 0;
  const maxSize = numberOf(form, "MaxSize") ?? before?.maxSize ?? 0;
  const kept = Math.min(Math.max(before?.desiredCapacity ?? minSize, minSize), maxSize);
  return { minSize, maxSize, desiredCapacity: numberOf(form, "DesiredCapacity") ?? kept };
}
