import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSubnetsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";

/** Makes a VPC with a subnet for each block, in zones a, b, c in turn. */
export async function makeNetwork(
  ec2: EC2Client,
  vpcBlock: string,
  subnetBlocks: readonly string[],
): Promise<{ vpcId: string; subnetIds: string[] }> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: vpcBlock }));
  const vpcId = Vpc?.VpcId ?? "";
  const subnetIds: string[] = [];
  for (const [index, CidrBlock] of subnetBlocks.entries()) {
    const AvailabilityZone = `us-west-2${["a", "b", "c"][index % 3] ?? ""}`;
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone }));
    subnetIds.push(Subnet?.SubnetId ?? "");
  }
  return { vpcId, subnetIds };
}

let groups = 0;

/** Makes a security group in a VPC. @returns its id. */
export async function makeSecurityGroup(ec2: EC2Client, vpcId: string): Promise<string> {
  const name = `group-${++groups}`;
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: name, Description: name }),
  );
  return GroupId ?? "";
}

/** Addresses that a subnet has left. */
export async function freeAddresses(ec2: EC2Client, subnetId: string): Promise<number> {
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
  return Subnets?.[0]?.AvailableIpAddressCount ?? Number.NaN;
}
