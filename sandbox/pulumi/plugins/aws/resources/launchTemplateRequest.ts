import type {
  LaunchTemplateBlockDeviceMappingRequest,
  LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
  RequestLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { isObject, type Properties, type Value } from "../../protocol/values";
import { tagList, tagsIn } from "../tags";

/** EC2's form of what makes a version of a launch template. */
export function launchTemplateRequest(inputs: Properties): RequestLaunchTemplateData {
  return given({
    BlockDeviceMappings: listIn(inputs, "blockDeviceMappings", mappingOf),
    DisableApiStop: inputs["disableApiStop"],
    DisableApiTermination: inputs["disableApiTermination"],
    EbsOptimized: booleanIn(inputs, "ebsOptimized"),
    IamInstanceProfile: objectIn(inputs, "iamInstanceProfile", { arn: "Arn", name: "Name" }),
    ImageId: inputs["imageId"],
    InstanceMarketOptions: objectIn(inputs, "instanceMarketOptions", { marketType: "MarketType" }),
    InstanceType: inputs["instanceType"],
    KeyName: inputs["keyName"],
    MetadataOptions: objectIn(inputs, "metadataOptions", {
      httpEndpoint: "HttpEndpoint",
      httpProtocolIpv6: "HttpProtocolIpv6",
      httpPutResponseHopLimit: "HttpPutResponseHopLimit",
      httpTokens: "HttpTokens",
      instanceMetadataTags: "InstanceMetadataTags",
    }),
    Monitoring: objectIn(inputs, "monitoring", { enabled: "Enabled" }),
    NetworkInterfaces: listIn(inputs, "networkInterfaces", interfaceOf),
    SecurityGroupIds: inputs["vpcSecurityGroupIds"],
    TagSpecifications: listIn(inputs, "tagSpecifications", (specification) => ({
      ResourceType: specification["resourceType"],
      Tags: tagList(tagsIn(specification["tags"])),
    })),
    UserData: inputs["userData"],
  });
}

function mappingOf(mapping: Properties): LaunchTemplateBlockDeviceMappingRequest {
  const ebs = mapping["ebs"];
  return given({
    DeviceName: mapping["deviceName"],
    Ebs: isObject(ebs)
      ? given({
          DeleteOnTermination: booleanIn(ebs, "deleteOnTermination"),
          Encrypted: booleanIn(ebs, "encrypted"),
          Iops: ebs["iops"],
          KmsKeyId: ebs["kmsKeyId"],
          SnapshotId: ebs["snapshotId"],
          Throughput: ebs["throughput"],
          VolumeSize: ebs["volumeSize"],
          VolumeType: ebs["volumeType"],
        })
      : undefined,
    NoDevice: mapping["noDevice"],
    VirtualName: mapping["virtualName"],
  });
}

function interfaceOf(one: Properties): LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
  return given({
    AssociatePublicIpAddress: booleanIn(one, "associatePublicIpAddress"),
    DeleteOnTermination: booleanIn(one, "deleteOnTermination"),
    Description: one["description"],
    DeviceIndex: one["deviceIndex"],
    Groups: one["securityGroups"],
    SubnetId: one["subnetId"],
  });
}

/** A boolean that Terraform writes as text; undefined where it is left open. */
function booleanIn(properties: Properties, key: string): boolean | undefined {
  const value = properties[key];
  return typeof value === "string" && value !== "" ? value === "true" : undefined;
}

/** An object under EC2's names. */
function objectIn(properties: Properties, key: string, names: Readonly<Record<string, string>>): unknown {
  const value = properties[key];
  if (!isObject(value)) return undefined;
  return given(Object.fromEntries(Object.entries(names).map(([own, theirs]) => [theirs, value[own]])));
}

function listIn(properties: Properties, key: string, read: (item: Properties) => unknown): unknown {
  const value: Value | undefined = properties[key];
  return Array.isArray(value) && value.length > 0 ? value.filter(isObject).map(read) : undefined;
}

/** The members that are given. The schema has checked their types, which a request's type can't be told. */
function given(members: Readonly<Record<string, unknown>>): Record<string, never> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Record<
    string,
    never
  >;
}
