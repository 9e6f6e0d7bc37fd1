import type {
  LaunchTemplateBlockDeviceMapping,
  LaunchTemplateEbsBlockDevice,
  LaunchTemplateInstanceNetworkInterfaceSpecification,
  ResponseLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { defined, type Properties, type Value } from "../protocol/values";
import { tagsOfList } from "./tags";

/** Members of a version's data that are told; another one would be lost. */
const told = new Set([
  ...["BlockDeviceMappings", "DisableApiStop", "DisableApiTermination", "EbsOptimized", "IamInstanceProfile"],
  ...["ImageId", "InstanceMarketOptions", "InstanceType", "KeyName", "MetadataOptions", "Monitoring"],
  ...["NetworkInterfaces", "SecurityGroupIds", "SecurityGroups", "TagSpecifications", "UserData"],
]);

/**
 * A version of a launch template as the resource has it: what is left out there is left out here.
 *
 * @throws Error for settings that the stand-in doesn't tell.
 */
export function launchTemplateDataOf(data: ResponseLaunchTemplateData): Properties {
  const untold = Object.entries(data).find(([key, value]) => value !== undefined && !told.has(key));
  if (untold !== undefined) {
    throw new Error(
      `${untold[0]} of a launch template is not part of the sandbox's stand-in for the aws plugin`,
    );
  }
  const metadata = data.MetadataOptions;
  const market = data.InstanceMarketOptions;
  return defined({
    blockDeviceMappings: (data.BlockDeviceMappings ?? []).map(mappingOf),
    disableApiStop: data.DisableApiStop,
    disableApiTermination: data.DisableApiTermination,
    ebsOptimized: data.EbsOptimized === undefined ? undefined : String(data.EbsOptimized),
    iamInstanceProfile:
      data.IamInstanceProfile === undefined
        ? undefined
        : defined({ arn: data.IamInstanceProfile.Arn, name: data.IamInstanceProfile.Name }),
    imageId: data.ImageId,
    instanceMarketOptions: market === undefined ? undefined : defined({ marketType: market.MarketType }),
    instanceType: data.InstanceType,
    keyName: data.KeyName,
    metadataOptions:
      metadata === undefined
        ? undefined
        : defined({
            httpEndpoint: metadata.HttpEndpoint,
            httpProtocolIpv6: metadata.HttpProtocolIpv6,
            httpPutResponseHopLimit: metadata.HttpPutResponseHopLimit,
            httpTokens: metadata.HttpTokens,
            instanceMetadataTags: metadata.InstanceMetadataTags,
          }),
    monitoring: data.Monitoring === undefined ? undefined : defined({ enabled: data.Monitoring.Enabled }),
    networkInterfaces: (data.NetworkInterfaces ?? []).map(interfaceOf),
    securityGroupNames: data.SecurityGroups ?? [],
    tagSpecifications: (data.TagSpecifications ?? []).map(({ ResourceType = "", Tags }): Value => ({
      resourceType: ResourceType,
      tags: tagsOfList(Tags) as Properties,
    })),
    userData: data.UserData,
    vpcSecurityGroupIds: data.SecurityGroupIds ?? [],
  });
}

function mappingOf({ DeviceName, Ebs, NoDevice, VirtualName }: LaunchTemplateBlockDeviceMapping): Properties {
  return defined({
    deviceName: DeviceName,
    ebs: Ebs === undefined ? undefined : ebsOf(Ebs),
    noDevice: NoDevice,
    virtualName: VirtualName,
  });
}

function ebsOf(ebs: LaunchTemplateEbsBlockDevice): Properties {
  const asText = (value: boolean | undefined) => (value === undefined ? undefined : String(value));
  return defined({
    deleteOnTermination: asText(ebs.DeleteOnTermination),
    encrypted: asText(ebs.Encrypted),
    iops: ebs.Iops,
    kmsKeyId: ebs.KmsKeyId,
    snapshotId: ebs.SnapshotId,
    throughput: ebs.Throughput,
    volumeSize: ebs.VolumeSize,
    volumeType: ebs.VolumeType,
  });
}

function interfaceOf(one: LaunchTemplateInstanceNetworkInterfaceSpecification): Properties {
  const asText = (value: boolean | undefined) => (value === undefined ? undefined : String(value));
  return defined({
    associatePublicIpAddress: asText(one.AssociatePublicIpAddress),
    deleteOnTermination: asText(one.DeleteOnTermination),
    description: one.Description,
    deviceIndex: one.DeviceIndex,
    securityGroups: one.Groups ?? [],
    subnetId: one.SubnetId,
  });
}
