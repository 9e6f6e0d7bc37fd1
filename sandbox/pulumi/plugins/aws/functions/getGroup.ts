import {
  DescribeAutoScalingGroupsCommand,
  type AutoScalingGroup,
  type LaunchTemplateSpecification,
} from "@aws-sdk/client-auto-scaling";
import type { Properties, Value } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { text } from "../resourceKind";
import { theOnly } from "./filters";

export const getGroup: AwsFunction = {
  token: "aws:autoscaling/getGroup:getGroup",
  args: { name: { type: "string", required: true }, region: { type: "string" } },
  async call(args, aws) {
    const name = text(args, "name");
    const { AutoScalingGroups = [] } = await says(`reading Auto Scaling Group (${name})`, () =>
      aws.autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] })),
    );
    const group = theOnly("Auto Scaling Group", AutoScalingGroups);
    return { ...ofGroup(group), launchTemplates: templates(group.LaunchTemplate), name };
  },
};

function ofGroup(group: AutoScalingGroup): Properties {
  return {
    arn: group.AutoScalingGroupARN ?? "",
    availabilityZones: group.AvailabilityZones ?? [],
    defaultCooldown: group.DefaultCooldown ?? 0,
    desiredCapacity: group.DesiredCapacity ?? 0,
    desiredCapacityType: group.DesiredCapacityType ?? "",
    enabledMetrics: (group.EnabledMetrics ?? []).map(({ Metric = "" }) => Metric),
    healthCheckGracePeriod: group.HealthCheckGracePeriod ?? 0,
    healthCheckType: group.HealthCheckType ?? "",
    id: group.AutoScalingGroupName ?? "",
    instanceMaintenancePolicies: [],
    launchConfiguration: group.LaunchConfigurationName ?? "",
    loadBalancers: group.LoadBalancerNames ?? [],
    maxInstanceLifetime: group.MaxInstanceLifetime ?? 0,
    maxSize: group.MaxSize ?? 0,
    minSize: group.MinSize ?? 0,
    mixedInstancesPolicies: mixedPolicies(group),
    newInstancesProtectedFromScaleIn: group.NewInstancesProtectedFromScaleIn ?? false,
    placementGroup: group.PlacementGroup ?? "",
    predictedCapacity: group.PredictedCapacity ?? 0,
    serviceLinkedRoleArn: group.ServiceLinkedRoleARN ?? "",
    status: group.Status ?? "",
    suspendedProcesses: (group.SuspendedProcesses ?? []).map(({ ProcessName = "" }) => ProcessName),
    tags: (group.Tags ?? []).map(({ Key = "", PropagateAtLaunch = false, Value = "" }) => ({
      key: Key,
      propagateAtLaunch: PropagateAtLaunch,
      value: Value,
    })),
    targetGroupArns: group.TargetGroupARNs ?? [],
    terminationPolicies: group.TerminationPolicies ?? [],
    trafficSources: [],
    vpcZoneIdentifier: group.VPCZoneIdentifier ?? "",
    warmPoolSize: group.WarmPoolSize ?? 0,
    warmPools: [],
  };
}

function templates(template: LaunchTemplateSpecification | undefined): Value[] {
  if (template === undefined) return [];
  const { LaunchTemplateId = "", LaunchTemplateName = "", Version = "" } = template;
  return [{ id: LaunchTemplateId, name: LaunchTemplateName, version: Version }];
}

function mixedPolicies({ MixedInstancesPolicy: policy }: AutoScalingGroup): Value[] {
  if (policy === undefined) return [];
  const { InstancesDistribution: distribution, LaunchTemplate: launched } = policy;
  const template = launched?.LaunchTemplateSpecification;
  return [
    {
      instancesDistributions: [
        {
          onDemandAllocationStrategy: distribution?.OnDemandAllocationStrategy ?? "",
          onDemandBaseCapacity: distribution?.OnDemandBaseCapacity ?? 0,
          onDemandPercentageAboveBaseCapacity: distribution?.OnDemandPercentageAboveBaseCapacity ?? 0,
          spotAllocationStrategy: distribution?.SpotAllocationStrategy ?? "",
          spotInstancePools: distribution?.SpotInstancePools ?? 0,
          spotMaxPrice: distribution?.SpotMaxPrice ?? "",
        },
      ],
      launchTemplates: [
        {
          launchTemplateSpecifications: [
            {
              launchTemplateId: template?.LaunchTemplateId ?? "",
              launchTemplateName: template?.LaunchTemplateName ?? "",
              version: template?.Version ?? "",
            },
          ],
          overrides: (launched?.Overrides ?? []).map(({ InstanceType = "", WeightedCapacity = "" }) => ({
            instanceRequirements: [],
            instanceType: InstanceType,
            launchTemplateSpecifications: [],
            weightedCapacity: WeightedCapacity,
          })),
        },
      ],
    },
  ];
}
