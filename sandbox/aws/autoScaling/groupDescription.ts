import type { XmlValue } from "../protocol/xml";
import type { GroupInstance, LaunchTemplateReference, ScalingActivity, ScalingGroup } from "./scalingGroup";

/** A group as DescribeAutoScalingGroups shows it. */
export function describeGroup(group: ScalingGroup): XmlValue {
  const template = describeTemplate(group.launchTemplate);
  const mixed = {
    LaunchTemplate: {
      LaunchTemplateSpecification: template,
      Overrides: group.instanceTypes.map((InstanceType) => ({ InstanceType })),
    },
    InstancesDistribution: { ...group.distribution },
  };
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    ...(group.instanceTypes.length > 0 ? { MixedInstancesPolicy: mixed } : { LaunchTemplate: template }),
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    ...group.settings,
    AvailabilityZones: [...new Set(group.subnets.map(({ availabilityZone }) => availabilityZone))],
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    Instances: group.instances.map((instance) => describeInstance(instance)),
    CreatedTime: new Date(group.createdAt),
    SuspendedProcesses: [...group.suspended].sort().map((ProcessName) => ({
      ProcessName,
      SuspensionReason: "User suspended",
    })),
    VPCZoneIdentifier: group.subnets.map(({ subnetId }) => subnetId).join(","),
    EnabledMetrics: [],
    Status: group.deleting ? "Delete in progress" : undefined,
    Tags: describeTags(group),
    TerminationPolicies: ["Default"],
    NewInstancesProtectedFromScaleIn: group.newInstancesProtected,
    ServiceLinkedRoleARN: group.arn.replace(
      /^arn:aws:autoscaling:[^:]*:(\d+):.*/,
      "arn:aws:iam::$1:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    ),
  };
}

/** An instance as the group's description has it. */
export function describeInstance(instance: GroupInstance) {
  return {
    InstanceId: instance.instanceId,
    InstanceType: instance.instanceType,
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: instance.lifecycleState,
    HealthStatus: "Healthy",
    LaunchTemplate: describeTemplate(instance.launchTemplate),
    ProtectedFromScaleIn: instance.protectedFromScaleIn,
  };
}

/** The tags of a group, each with what it belongs to. */
export function describeTags(group: ScalingGroup) {
  return group.tags.map(({ key, value, propagateAtLaunch }) => ({
    ResourceId: group.name,
    ResourceType: "auto-scaling-group",
    Key: key,
    Value: value,
    PropagateAtLaunch: propagateAtLaunch,
  }));
}

/** An activity as DescribeScalingActivities shows it. */
export function describeActivity(group: ScalingGroup, activity: ScalingActivity): XmlValue {
  return {
    ActivityId: activity.activityId,
    AutoScalingGroupName: group.name,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(activity.startedAt),
    EndTime: activity.status === "InProgress" ? undefined : new Date(activity.startedAt),
    StatusCode: activity.status,
    StatusMessage: activity.statusMessage,
    Progress: activity.status === "InProgress" ? 50 : 100,
    AutoScalingGroupARN: group.arn,
  };
}

function describeTemplate({ id, name, version }: LaunchTemplateReference) {
  return { LaunchTemplateId: id, LaunchTemplateName: name, Version: version };
}
