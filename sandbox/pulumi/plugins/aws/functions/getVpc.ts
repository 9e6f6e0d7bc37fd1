import {
  DescribeRouteTablesCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type VpcAttributeName,
} from "@aws-sdk/client-ec2";
import { defined } from "../../protocol/values";
import type { Aws } from "../aws";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { optionalText } from "../resourceKind";
import { tagsOfList, tagsState } from "../tags";
import { chosenBy, filterArgs, filtersOf, theOnly } from "./filters";

export const getVpc: AwsFunction = {
  token: "aws:ec2/getVpc:getVpc",
  args: {
    ...filterArgs,
    cidrBlock: { type: "string" },
    default: { type: "boolean" },
    dhcpOptionsId: { type: "string" },
    id: { type: "string" },
    state: { type: "string" },
  },
  async call(args, aws) {
    const id = optionalText(args, "id");
    const Filters = filtersOf(args, {
      cidrBlock: "cidr",
      default: "isDefault",
      dhcpOptionsId: "dhcp-options-id",
      state: "state",
    });
    const command = new DescribeVpcsCommand({ ...(id === undefined ? {} : { VpcIds: [id] }), Filters });
    const { Vpcs = [] } = await says("reading EC2 VPCs", () => aws.ec2.send(command));
    const vpc = theOnly("EC2 VPC", Vpcs);
    const VpcId = vpc.VpcId ?? "";
    const [dnsHostnames, dnsSupport, usageMetrics, mainRouteTableId] = await Promise.all([
      attribute(VpcId, "enableDnsHostnames", aws),
      attribute(VpcId, "enableDnsSupport", aws),
      attribute(VpcId, "enableNetworkAddressUsageMetrics", aws),
      mainRouteTable(VpcId, aws),
    ]);
    const associations = (vpc.CidrBlockAssociationSet ?? []).map((association) => ({
      associationId: association.AssociationId ?? "",
      cidrBlock: association.CidrBlock ?? "",
      state: association.CidrBlockState?.State ?? "",
    }));
    return defined({
      arn: `arn:aws:ec2:${aws.region}:${vpc.OwnerId ?? ""}:vpc/${VpcId}`,
      cidrBlock: vpc.CidrBlock,
      cidrBlockAssociations: associations,
      default: vpc.IsDefault ?? false,
      dhcpOptionsId: vpc.DhcpOptionsId ?? "",
      enableDnsHostnames: dnsHostnames,
      enableDnsSupport: dnsSupport,
      enableNetworkAddressUsageMetrics: usageMetrics,
      id: VpcId,
      instanceTenancy: vpc.InstanceTenancy ?? "default",
      ipv6AssociationId: "",
      ipv6CidrBlock: "",
      ipv6CidrBlockAssociations: [],
      mainRouteTableId,
      ownerId: vpc.OwnerId ?? "",
      state: vpc.State ?? "",
      tags: tagsState(tagsOfList(vpc.Tags), aws).tagsAll,
      ...chosenBy(args),
    });
  },
};

async function attribute(VpcId: string, Attribute: VpcAttributeName, aws: Aws): Promise<boolean> {
  const answer = await says(`reading EC2 VPC (${VpcId}) attribute ${Attribute}`, () =>
    aws.ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute })),
  );
  const found = {
    enableDnsHostnames: answer.EnableDnsHostnames,
    enableDnsSupport: answer.EnableDnsSupport,
    enableNetworkAddressUsageMetrics: answer.EnableNetworkAddressUsageMetrics,
  };
  return found[Attribute]?.Value ?? false;
}

async function mainRouteTable(vpcId: string, aws: Aws): Promise<string> {
  const Filters = [
    { Name: "vpc-id", Values: [vpcId] },
    { Name: "association.main", Values: ["true"] },
  ];
  const { RouteTables = [] } = await says(`reading EC2 VPC (${vpcId}) main Route Table`, () =>
    aws.ec2.send(new DescribeRouteTablesCommand({ Filters })),
  );
  return RouteTables[0]?.RouteTableId ?? "";
}
