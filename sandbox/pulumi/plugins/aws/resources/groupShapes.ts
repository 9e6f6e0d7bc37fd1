import type {
  AutoScalingGroup,
  CreateAutoScalingGroupCommandInput,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
  Tag,
} from "@aws-sdk/client-auto-scaling";
import { defined, isObject, type Properties, type Value } from "../../protocol/values";
import { optionalText } from "../resourceKind";
import { prefixOf } from "./prefixedName";

/** What is asked of Auto Scaling for a group, but for its name, its tags and its capacity. */
export function groupRequest(
  inputs: Properties,
): Pick<CreateAutoScalingGroupCommandInput, "LaunchTemplate" | "MixedInstancesPolicy"> & Settings {
  const cooldown = inputs["defaultCooldown"];
  const healthCheckType = optionalText(inputs, "healthCheckType");
  return {
    MinSize: Number(inputs["minSize"]),
    MaxSize: Number(inputs["maxSize"]),
    VPCZoneIdentifier: (inputs["vpcZoneIdentifiers"] as string[]).join(","),
    HealthCheckGracePeriod: Number(inputs["healthCheckGracePeriod"] ?? 0),
    NewInstancesProtectedFromScaleIn: inputs["protectFromScaleIn"] === true,
    CapacityRebalance: inputs["capacityRebalance"] === true,
    ...(typeof cooldown === "number" ? { DefaultCooldown: cooldown } : {}),
    ...(healthCheckType === undefined ? {} : { HealthCheckType: healthCheckType }),
    ...launchedBy(inputs),
  };
}

type Settings = Pick<
  CreateAutoScalingGroupCommandInput,
  "CapacityRebalance" | "DefaultCooldown" | "HealthCheckGracePeriod" | "HealthCheckType"
> & {
  MinSize: number;
  MaxSize: number;
  NewInstancesProtectedFromScaleIn: boolean;
  VPCZoneIdentifier: string;
};

function launchedBy(inputs: Properties) {
  const mixed = inputs["mixedInstancesPolicy"];
  if (isObject(mixed)) return { MixedInstancesPolicy: policyOf(mixed) };
  const template = inputs["launchTemplate"];
  if (!isObject(template)) return {};
  return { LaunchTemplate: templateOf(template, "id", "name") };
}

function templateOf(template: Properties, idKey: string, nameKey: string): LaunchTemplateSpecification {
  const id = optionalText(template, idKey);
  return {
    ...(id === undefined
      ? { LaunchTemplateName: optionalText(template, nameKey) }
      : { LaunchTemplateId: id }),
    Version: optionalText(template, "version") ?? "$Default",
  };
}

function policyOf(policy: Properties): MixedInstancesPolicy {
  const launched = objectIn(policy["launchTemplate"]);
  const distribution = objectIn(policy["instancesDistribution"]);
  const overrides = launched["overrides"];
  return {
    InstancesDistribution: {
      OnDemandAllocationStrategy: optionalText(distribution, "onDemandAllocationStrategy"),
      OnDemandBaseCapacity: numberIn(distribution, "onDemandBaseCapacity"),
      OnDemandPercentageAboveBaseCapacity: numberIn(distribution, "onDemandPercentageAboveBaseCapacity"),
      SpotAllocationStrategy: optionalText(distribution, "spotAllocationStrategy"),
    },
    LaunchTemplate: {
      LaunchTemplateSpecification: templateOf(
        objectIn(launched["launchTemplateSpecification"]),
        "launchTemplateId",
        "launchTemplateName",
      ),
      Overrides: (Array.isArray(overrides) ? overrides : []).map((one) => ({
        InstanceType: optionalText(objectIn(one), "instanceType"),
      })),
    },
  };
}

/** The tags of a group, under Auto Scaling's names. */
export function groupTags(properties: Properties, name: string): (Tag & { Key: string })[] {
  const tags = properties["tags"];
  return (Array.isArray(tags) ? tags.filter(isObject) : []).map((tag) => ({
    ResourceId: name,
    ResourceType: "auto-scaling-group",
    Key: optionalText(tag, "key") ?? "",
    Value: optionalText(tag, "value") ?? "",
    PropagateAtLaunch: tag["propagateAtLaunch"] === true,
  }));
}

/** A group as Auto Scaling tells it. */
export function groupState(group: AutoScalingGroup): Properties {
  const name = group.AutoScalingGroupName ?? "";
  const template = group.LaunchTemplate;
  return defined({
    arn: group.AutoScalingGroupARN,
    availabilityZones: group.AvailabilityZones ?? [],
    capacityRebalance: group.CapacityRebalance ?? false,
    defaultCooldown: group.DefaultCooldown,
    desiredCapacity: group.DesiredCapacity,
    healthCheckGracePeriod: group.HealthCheckGracePeriod,
    healthCheckType: group.HealthCheckType,
    launchTemplate:
      template === undefined
        ? undefined
        : defined({
            id: template.LaunchTemplateId,
            name: template.LaunchTemplateName,
            version: template.Version,
          }),
    loadBalancers: [],
    maxSize: group.MaxSize,
    minSize: group.MinSize,
    mixedInstancesPolicy: policyState(group.MixedInstancesPolicy),
    name,
    namePrefix: prefixOf(name),
    predictedCapacity: group.PredictedCapacity ?? 0,
    protectFromScaleIn: group.NewInstancesProtectedFromScaleIn ?? false,
    serviceLinkedRoleArn: group.ServiceLinkedRoleARN,
    suspendedProcesses: (group.SuspendedProcesses ?? []).map(({ ProcessName = "" }) => ProcessName),
    tags: (group.Tags ?? []).map(({ Key = "", PropagateAtLaunch = false, Value = "" }) => ({
      key: Key,
      propagateAtLaunch: PropagateAtLaunch,
      value: Value,
    })),
    targetGroupArns: [],
    trafficSources: [],
    vpcZoneIdentifiers: (group.VPCZoneIdentifier ?? "").split(",").filter(Boolean),
    warmPoolSize: group.WarmPoolSize ?? 0,
  });
}

function policyState(policy: MixedInstancesPolicy | undefined): Properties | undefined {
  if (policy === undefined) return undefined;
  const { InstancesDistribution: distribution, LaunchTemplate: launched } = policy;
  const template = launched?.LaunchTemplateSpecification;
  return {
    instancesDistribution: defined({
      onDemandAllocationStrategy: distribution?.OnDemandAllocationStrategy,
      onDemandBaseCapacity: distribution?.OnDemandBaseCapacity,
      onDemandPercentageAboveBaseCapacity: distribution?.OnDemandPercentageAboveBaseCapacity,
      spotAllocationStrategy: distribution?.SpotAllocationStrategy,
    }),
    launchTemplate: {
      launchTemplateSpecification: defined({
        launchTemplateId: template?.LaunchTemplateId,
        launchTemplateName: template?.LaunchTemplateName,
        version: template?.Version,
      }),
      overrides: (launched?.Overrides ?? []).map(({ InstanceType = "" }) => ({ instanceType: InstanceType })),
    },
  };
}

function objectIn(value: Value | undefined): Properties {
  return isObject(value) ? value : {};
}

function numberIn(properties: Properties, key: string): number | undefined {
  const value = properties[key];
  return typeof value === "number" ? value : undefined;
}
