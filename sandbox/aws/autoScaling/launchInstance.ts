import {
  DescribeLaunchTemplateVersionsCommand,
  RunInstancesCommand,
  type _InstanceType,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import type { GroupInstance, GroupSubnet, ScalingGroup } from "./scalingGroup";

/** Where an instance may be launched, and as what. */
export interface LaunchPlace {
  readonly subnet: GroupSubnet;
  /** @default the launch template's */
  readonly instanceType: string | undefined;
}

/** What a group tries until EC2 launches: in each subnet all of its types, the preferred one first. */
export function launchPlaces(
  { instanceTypes }: Pick<ScalingGroup, "instanceTypes">,
  subnets: readonly GroupSubnet[],
): LaunchPlace[] {
  const types = instanceTypes.length === 0 ? [undefined] : instanceTypes;
  return subnets.flatMap((subnet) => types.map((instanceType) => ({ subnet, instanceType })));
}

/**
 * Launches an instance of a group.
 *
 * @param now milliseconds since 1970.
 * @throws whatever EC2 refuses, such as InsufficientInstanceCapacity.
 */
export async function launchInstance(
  ec2: EC2Client,
  group: ScalingGroup,
  { subnet, instanceType: wanted }: LaunchPlace,
  now: number,
): Promise<GroupInstance> {
  const { id, name, version } = group.launchTemplate;
  // What $Latest or $Default is at this moment stays with the instance.
  const { LaunchTemplateVersions: [template] = [] } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] }),
  );
  const number = String(template?.VersionNumber ?? version);
  const instanceType = wanted ?? template?.LaunchTemplateData?.InstanceType;
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
