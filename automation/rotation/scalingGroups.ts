import {
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import { assertWithinMaximum, scalingChange, type NodeGroup, type Sizes } from "./nodeGroups";
import type { ActingTools, Tools } from "./outside";
import { RotationError } from "./rotationError";

/** Describes Auto Scaling groups; those that are not there are left out. Needs autoscaling:DescribeAutoScalingGroups. */
export async function describeScalingGroups(
  { autoScaling, signal }: Pick<Tools, "autoScaling" | "signal">,
  names: readonly string[],
): Promise<AutoScalingGroup[]> {
  if (names.length === 0) return [];
  const { AutoScalingGroups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [...names] }),
    { abortSignal: signal },
  );
  return AutoScalingGroups;
}

/**
 * Describes an Auto Scaling group that is no managed node group; none where there is none of that name.
 *
 * Needs autoscaling:DescribeAutoScalingGroups, ec2:DescribeLaunchTemplateVersions.
 */
export async function describeScalingGroup(tools: Tools, name: string): Promise<NodeGroup | undefined> {
  const [group] = await describeScalingGroups(tools, [name]);
  if (group === undefined) return undefined;
  return {
    name,
    status: group.Status ?? "",
    minSize: group.MinSize ?? 0,
    maxSize: group.MaxSize ?? 0,
    desiredSize: group.DesiredCapacity ?? 0,
    instanceTypes: await instanceTypesOf(tools, group),
    autoScalingGroups: [name],
    healthIssues: [],
    tags: tagsOf(group),
    // They are in its user data.
    labels: {},
  };
}

/** The tags of an Auto Scaling group. */
export function tagsOf({ Tags = [] }: AutoScalingGroup): Record<string, string> {
  return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** What it may launch; where neither it nor its template says so, what it has launched. */
async function instanceTypesOf(tools: Tools, group: AutoScalingGroup): Promise<string[]> {
  const mixed = group.MixedInstancesPolicy?.LaunchTemplate;
  const named = (mixed?.Overrides ?? []).flatMap(({ InstanceType }) => InstanceType ?? []);
  if (named.length > 0) return named;
  const template = mixed?.LaunchTemplateSpecification ?? group.LaunchTemplate;
  const { ec2, signal } = tools;
  const { LaunchTemplateVersions: [version] = [] } =
    template === undefined
      ? {}
      : await ec2.send(
          new DescribeLaunchTemplateVersionsCommand({
            LaunchTemplateId: template.LaunchTemplateId,
            Versions: [template.Version ?? "$Default"],
          }),
          { abortSignal: signal },
        );
  const ofTemplate = version?.LaunchTemplateData?.InstanceType;
  if (ofTemplate !== undefined) return [ofTemplate];
  return [...new Set((group.Instances ?? []).flatMap(({ InstanceType }) => InstanceType ?? []))];
}

/**
 * Changes the sizes of an Auto Scaling group. The desired size is never lowered, whoever has raised it meanwhile.
 *
 * Needs autoscaling:UpdateAutoScalingGroup.
 *
 * @throws RotationError when the group is gone.
 */
export async function resizeScalingGroup(tools: ActingTools, name: string, sizes: Sizes): Promise<void> {
  const group = await describeScalingGroup(tools, name);
  if (group === undefined) {
    throw new RotationError(
      `Auto Scaling group ${name} is gone`,
      "Find out who deleted it; where it is one of the new worker groups, podnet up makes it again.",
    );
  }
  const change = scalingChange(group, sizes);
  if (change === undefined) return;
  assertWithinMaximum(`Auto Scaling group ${name}`, group, change);
  await tools.lease.assertHeld();
  await tools.autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: change.minSize,
      DesiredCapacity: change.desiredSize,
    }),
  );
}

/** How the latest launches of Auto Scaling groups went. */
export interface LatestLaunches {
  /** Of each group the message of its latest launch, where that failed. */
  readonly failures: readonly string[];
  /** Whether one has just begun, so that nobody knows yet whether EC2 has an instance for it. */
  readonly areUndecided: boolean;
}

/** A launch that EC2 has not answered yet (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html). */
const UNDECIDED = /^(InProgress|WaitingForInstanceId|WaitingForSpot|PendingSpotBid)/;

/** Asks how the latest launches of Auto Scaling groups went. Needs autoscaling:DescribeScalingActivities. */
export async function latestLaunches(
  { autoScaling, signal }: Pick<Tools, "autoScaling" | "signal">,
  names: readonly string[],
): Promise<LatestLaunches> {
  const failures: string[] = [];
  let areUndecided = false;
  for (const AutoScalingGroupName of names) {
    const { Activities = [] } = await autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName }),
      { abortSignal: signal },
    );
    const latest = Activities.find(({ Description = "" }) => Description.startsWith("Launching"));
    if (latest?.StatusCode === "Failed") failures.push(latest.StatusMessage ?? "a launch failed");
    areUndecided ||= UNDECIDED.test(latest?.StatusCode ?? "");
  }
  return { failures, areUndecided };
}
