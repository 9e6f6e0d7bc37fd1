import {
  DescribeNetworkInterfacesCommand,
  type NetworkInterface,
  type NetworkInterfaceAssociation,
  type NetworkInterfaceAttachment,
} from "@aws-sdk/client-ec2";
import type { Value } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { optionalText } from "../resourceKind";
import { tagsOfList, tagsState } from "../tags";
import { chosenBy, filterArgs, filtersOf, theOnly } from "./filters";

export const getNetworkInterface: AwsFunction = {
  token: "aws:ec2/getNetworkInterface:getNetworkInterface",
  args: { ...filterArgs, id: { type: "string" } },
  async call(args, aws) {
    const id = optionalText(args, "id");
    const command = new DescribeNetworkInterfacesCommand({
      ...(id === undefined ? {} : { NetworkInterfaceIds: [id] }),
      Filters: filtersOf(args),
    });
    const { NetworkInterfaces = [] } = await says("reading EC2 Network Interface", () =>
      aws.ec2.send(command),
    );
    const found = theOnly("EC2 Network Interface", NetworkInterfaces);
    const NetworkInterfaceId = found.NetworkInterfaceId ?? "";
    return {
      arn: `arn:aws:ec2:${aws.region}:${found.OwnerId ?? ""}:network-interface/${NetworkInterfaceId}`,
      associations: associations(found.Association),
      attachments: attachments(found.Attachment),
      availabilityZone: found.AvailabilityZone ?? "",
      description: found.Description ?? "",
      enaSrdSpecifications: [],
      id: NetworkInterfaceId,
      interfaceType: found.InterfaceType ?? "",
      ipv6Addresses: [],
      macAddress: found.MacAddress ?? "",
      outpostArn: found.OutpostArn ?? "",
      ownerId: found.OwnerId ?? "",
      privateDnsName: found.PrivateDnsName ?? "",
      privateIp: found.PrivateIpAddress ?? "",
      privateIps: primaryFirst(found),
      requesterId: found.RequesterId ?? "",
      securityGroups: (found.Groups ?? []).map(({ GroupId = "" }) => GroupId),
      subnetId: found.SubnetId ?? "",
      tags: tagsState(tagsOfList(found.TagSet), aws).tagsAll,
      vpcId: found.VpcId ?? "",
      ...chosenBy(args),
    };
  },
};

function primaryFirst({ PrivateIpAddresses = [] }: NetworkInterface): string[] {
  return [...PrivateIpAddresses]
    .sort((left, right) => Number(right.Primary ?? false) - Number(left.Primary ?? false))
    .map(({ PrivateIpAddress = "" }) => PrivateIpAddress);
}

function associations(association: NetworkInterfaceAssociation | undefined): Value[] {
  if (association?.PublicIp === undefined) return [];
  return [
    {
      allocationId: association.AllocationId ?? "",
      associationId: association.AssociationId ?? "",
      carrierIp: association.CarrierIp ?? "",
      customerOwnedIp: association.CustomerOwnedIp ?? "",
      ipOwnerId: association.IpOwnerId ?? "",
      publicDnsName: association.PublicDnsName ?? "",
      publicIp: association.PublicIp,
    },
  ];
}

function attachments(attachment: NetworkInterfaceAttachment | undefined): Value[] {
  if (attachment?.AttachmentId === undefined) return [];
  return [
    {
      attachmentId: attachment.AttachmentId,
      deviceIndex: attachment.DeviceIndex ?? 0,
      instanceId: attachment.InstanceId ?? "",
      instanceOwnerId: attachment.InstanceOwnerId ?? "",
      networkCardIndex: attachment.NetworkCardIndex ?? 0,
    },
  ];
}
