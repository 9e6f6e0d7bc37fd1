import {
  DescribeScalingActivitiesCommand,
  type Activity,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { DescribeLaunchTemplatesCommand } from "@aws-sdk/client-ec2";
import type { EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup } from "./eksState";
import { autoScalingGroupOf } from "./nodeGroupScaling";
import type { EksIssue } from "./update";

/**
 * Looks after a group as long as it is there: with an issue it is DEGRADED, without one ACTIVE again.
 *
 * While EKS works on the group its status is that work's.
 */
export async function watchHealth(cluster: Cluster, group: NodeGroup, outside: EksOutside): Promise<void> {
  const { clock, pace, signal } = outside;
  const isIdle = () => group.status === "ACTIVE" || group.status === "DEGRADED";
  while (cluster.nodeGroups.get(group.name) === group) {
    if (isIdle()) {
      const issues = await issuesOf(group, outside);
      // Somebody may have asked for a change meanwhile.
      if (isIdle()) {
        group.issues = issues;
        group.status = issues.length === 0 ? "ACTIVE" : "DEGRADED";
      }
    }
    await clock.sleep(pace.healthMs, signal);
  }
}

async function issuesOf(group: NodeGroup, outside: EksOutside): Promise<EksIssue[]> {
  const scaling = await autoScalingGroupOf(group, outside);
  if (scaling === undefined) {
    return [
      {
        code: "AutoScalingGroupNotFound",
        message: "We couldn't find the Auto Scaling group associated with the managed node group.",
        resourceIds: [group.autoScalingGroupName],
      },
    ];
  }
  const template = await templateIssue(group, scaling, outside);
  const launch = await launchFailure(group, outside);
  return [template, launch].filter((issue) => issue !== undefined);
}

async function templateIssue(
  group: NodeGroup,
  scaling: AutoScalingGroup,
  outside: EksOutside,
): Promise<EksIssue | undefined> {
  const resourceIds = [group.launchTemplateId];
  if (!(await templateExists(group.launchTemplateId, outside))) {
    const message = `We couldn't find the Amazon EC2 launch template ${group.launchTemplateId} of the managed node group.`;
    return { code: "Ec2LaunchTemplateNotFound", message, resourceIds };
  }
  const used = scaling.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification?.Version;
  if (used === group.launchTemplateVersion) return undefined;
  return {
    code: "Ec2LaunchTemplateVersionMismatch",
    message:
      `The Amazon EC2 Launch Template : ${group.launchTemplateId} has a new version associated with your Autoscaling ` +
      `group, which is not managed by Amazon EKS. Expected Launch Template version: ${group.launchTemplateVersion}`,
    resourceIds,
  };
}

async function templateExists(id: string, { ec2 }: EksOutside): Promise<boolean> {
  try {
    await ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "InvalidLaunchTemplateId.NotFound") return false;
    throw error;
  }
}

/** The issue of a group whose latest launch failed: only a launch that succeeds heals it. */
export async function launchFailure(
  group: NodeGroup,
  { autoScaling }: EksOutside,
): Promise<EksIssue | undefined> {
  const { Activities = [] } = await autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group.autoScalingGroupName }),
  );
  const latest = Activities.find(({ Description = "" }) => Description.startsWith("Launching"));
  return latest?.StatusCode === "Failed" ? launchIssue(group, latest) : undefined;
}

function launchIssue({ autoScalingGroupName }: NodeGroup, { StatusMessage = "" }: Activity): EksIssue {
  const codes: Readonly<Record<string, string>> = {
    InsufficientFreeAddressesInSubnet: "InsufficientFreeAddresses",
    InstanceLimitExceeded: "InstanceLimitExceeded",
    VcpuLimitExceeded: "InstanceLimitExceeded",
  };
  const cause = Object.keys(codes).find((name) => StatusMessage.includes(name));
  return {
    code: (cause === undefined ? undefined : codes[cause]) ?? "AsgInstanceLaunchFailures",
    message: StatusMessage === "" ? "Could not launch instances" : StatusMessage,
    resourceIds: [autoScalingGroupName],
  };
}
