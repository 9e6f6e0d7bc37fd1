import { createHash } from "node:crypto";
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type Instance,
} from "@aws-sdk/client-ec2";
import { defined, type Properties, type Value } from "../../protocol/values";
import type { Aws } from "../aws";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { optionalText } from "../resourceKind";
import { tagsOfList, tagsState } from "../tags";
import { chosenBy, filterArgs, filtersOf, theOnly } from "./filters";
import { instanceVolumes } from "./instanceVolumes";

export const getInstance: AwsFunction = {
  token: "aws:ec2/getInstance:getInstance",
  args: {
    filters: filterArgs.filters,
    getPasswordData: { type: "boolean", refused: "there are no Windows instances in the sandbox" },
    getUserData: { type: "boolean" },
    instanceId: { type: "string" },
    instanceTags: { type: "map" },
    region: { type: "string" },
    tags: { type: "map" },
  },
  async call(args, aws) {
    const id = optionalText(args, "instanceId");
    const command = new DescribeInstancesCommand({
      ...(id === undefined ? {} : { InstanceIds: [id] }),
      Filters: filtersOf({ ...args, tags: args["instanceTags"] ?? {} }),
    });
    const { Reservations = [] } = await says("reading EC2 Instance", () => aws.ec2.send(command));
    // One that is gone is still told for a while; it is none that a program could mean.
    const there = Reservations.flatMap(({ Instances = [], OwnerId = "" }) =>
      Instances.map((instance) => ({ instance, ownerId: OwnerId })),
    ).filter(({ instance }) => instance.State?.Name !== "terminated");
    const { instance: found, ownerId } = theOnly("EC2 Instance", there);
    const userData = await userDataOf(found.InstanceId ?? "", aws);
    return defined({
      ...ofInstance(found, aws),
      ...networkOf(found),
      ...(await instanceVolumes(found, aws)),
      arn: `arn:aws:ec2:${aws.region}:${ownerId}:instance/${found.InstanceId ?? ""}`,
      getUserData: args["getUserData"],
      instanceId: id,
      userData: userData === "" ? "" : hashOf(userData),
      userDataBase64: args["getUserData"] === true ? userData : "",
      ...chosenBy(args),
    });
  },
};

function ofInstance(found: Instance, aws: Aws): Properties {
  const tags = tagsState(tagsOfList(found.Tags), aws).tagsAll;
  const metadata = found.MetadataOptions;
  const profile = found.IamInstanceProfile?.Arn ?? "";
  return {
    ami: found.ImageId ?? "",
    availabilityZone: found.Placement?.AvailabilityZone ?? "",
    creditSpecifications: [],
    disableApiStop: false,
    disableApiTermination: false,
    ebsOptimized: found.EbsOptimized ?? false,
    enclaveOptions: [{ enabled: found.EnclaveOptions?.Enabled ?? false }],
    ephemeralBlockDevices: [],
    hostId: found.Placement?.HostId ?? "",
    hostResourceGroupArn: found.Placement?.HostResourceGroupArn ?? "",
    iamInstanceProfile: profile.slice(profile.lastIndexOf("/") + 1),
    id: found.InstanceId ?? "",
    instanceState: found.State?.Name ?? "",
    instanceTags: tags,
    instanceType: found.InstanceType ?? "",
    keyName: found.KeyName ?? "",
    launchTime: found.LaunchTime?.toISOString().replace(/\.\d+Z$/, "Z") ?? "",
    maintenanceOptions: [{ autoRecovery: found.MaintenanceOptions?.AutoRecovery ?? "default" }],
    metadataOptions: [
      {
        httpEndpoint: metadata?.HttpEndpoint ?? "enabled",
        httpProtocolIpv6: metadata?.HttpProtocolIpv6 ?? "disabled",
        httpPutResponseHopLimit: metadata?.HttpPutResponseHopLimit ?? 1,
        httpTokens: metadata?.HttpTokens ?? "optional",
        instanceMetadataTags: metadata?.InstanceMetadataTags ?? "disabled",
      },
    ],
    monitoring: found.Monitoring?.State === "enabled",
    outpostArn: found.OutpostArn ?? "",
    passwordData: "",
    placementGroup: found.Placement?.GroupName ?? "",
    placementGroupId: found.Placement?.GroupId ?? "",
    placementPartitionNumber: found.Placement?.PartitionNumber ?? 0,
    sourceDestCheck: found.SourceDestCheck ?? true,
    tags,
    tenancy: found.Placement?.Tenancy ?? "default",
  };
}

/** The addresses, the subnet and the security groups of its primary network interface. */
function networkOf(found: Instance): Properties {
  const primary = found.NetworkInterfaces?.find(({ Attachment }) => Attachment?.DeviceIndex === 0);
  const names = found.PrivateDnsNameOptions;
  const secondary: Value[] = (primary?.PrivateIpAddresses ?? []).flatMap((address) =>
    address.Primary === true ? [] : (address.PrivateIpAddress ?? []),
  );
  return {
    associatePublicIpAddress: primary?.Association?.PublicIp !== undefined,
    ipv6Addresses: [],
    networkInterfaceId: primary?.NetworkInterfaceId ?? "",
    privateDns: found.PrivateDnsName ?? "",
    privateDnsNameOptions: [
      {
        enableResourceNameDnsARecord: names?.EnableResourceNameDnsARecord ?? false,
        enableResourceNameDnsAaaaRecord: names?.EnableResourceNameDnsAAAARecord ?? false,
        hostnameType: names?.HostnameType ?? "ip-name",
      },
    ],
    privateIp: found.PrivateIpAddress ?? "",
    publicDns: found.PublicDnsName ?? "",
    publicIp: found.PublicIpAddress ?? "",
    secondaryPrivateIps: secondary,
    // Names are those of groups outside a VPC.
    securityGroups: [],
    subnetId: primary?.SubnetId ?? found.SubnetId ?? "",
    vpcSecurityGroupIds: (primary?.Groups ?? found.SecurityGroups ?? []).map(({ GroupId = "" }) => GroupId),
  };
}

/** All that is told of user data, unless the program asks for it. */
function hashOf(userDataBase64: string): string {
  return createHash("sha1").update(Buffer.from(userDataBase64, "base64")).digest("hex");
}

async function userDataOf(InstanceId: string, aws: Aws): Promise<string> {
  const { UserData } = await says(`reading EC2 Instance (${InstanceId}) userData`, () =>
    aws.ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: "userData" })),
  );
  return UserData?.Value ?? "";
}
