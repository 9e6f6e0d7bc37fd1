import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { optionalText } from "../resourceKind";
import { tagsOfList, tagsState } from "../tags";
import { chosenBy, filterArgs, filtersOf, theOnly } from "./filters";

export const getSubnet: AwsFunction = {
  token: "aws:ec2/getSubnet:getSubnet",
  args: {
    ...filterArgs,
    availabilityZone: { type: "string" },
    availabilityZoneId: { type: "string" },
    cidrBlock: { type: "string" },
    defaultForAz: { type: "boolean" },
    id: { type: "string" },
    ipv6CidrBlock: { type: "string" },
    state: { type: "string" },
    vpcId: { type: "string" },
  },
  async call(args, aws) {
    const id = optionalText(args, "id");
    const Filters = filtersOf(args, {
      availabilityZone: "availability-zone",
      availabilityZoneId: "availability-zone-id",
      cidrBlock: "cidr-block",
      defaultForAz: "default-for-az",
      ipv6CidrBlock: "ipv6-cidr-block-association.ipv6-cidr-block",
      state: "state",
      vpcId: "vpc-id",
    });
    const command = new DescribeSubnetsCommand({ ...(id === undefined ? {} : { SubnetIds: [id] }), Filters });
    const { Subnets = [] } = await says("reading EC2 Subnets", () => aws.ec2.send(command));
    const subnet = theOnly("EC2 Subnet", Subnets);
    const names = subnet.PrivateDnsNameOptionsOnLaunch;
    return {
      arn: subnet.SubnetArn ?? "",
      assignIpv6AddressOnCreation: subnet.AssignIpv6AddressOnCreation ?? false,
      availabilityZone: subnet.AvailabilityZone ?? "",
      availabilityZoneId: subnet.AvailabilityZoneId ?? "",
      availableIpAddressCount: subnet.AvailableIpAddressCount ?? 0,
      cidrBlock: subnet.CidrBlock ?? "",
      customerOwnedIpv4Pool: subnet.CustomerOwnedIpv4Pool ?? "",
      defaultForAz: subnet.DefaultForAz ?? false,
      enableDns64: subnet.EnableDns64 ?? false,
      enableLniAtDeviceIndex: subnet.EnableLniAtDeviceIndex ?? 0,
      enableResourceNameDnsARecordOnLaunch: names?.EnableResourceNameDnsARecord ?? false,
      enableResourceNameDnsAaaaRecordOnLaunch: names?.EnableResourceNameDnsAAAARecord ?? false,
      id: subnet.SubnetId ?? "",
      ipv6CidrBlock: "",
      ipv6CidrBlockAssociationId: "",
      ipv6Native: subnet.Ipv6Native ?? false,
      mapCustomerOwnedIpOnLaunch: subnet.MapCustomerOwnedIpOnLaunch ?? false,
      mapPublicIpOnLaunch: subnet.MapPublicIpOnLaunch ?? false,
      outpostArn: subnet.OutpostArn ?? "",
      ownerId: subnet.OwnerId ?? "",
      privateDnsHostnameTypeOnLaunch: names?.HostnameType ?? "ip-name",
      state: subnet.State ?? "",
      tags: tagsState(tagsOfList(subnet.Tags), aws).tagsAll,
      vpcId: subnet.VpcId ?? "",
      ...chosenBy(args),
    };
  },
};
