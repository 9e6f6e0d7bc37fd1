import assert from "node:assert/strict";
import {
  AllocateAddressCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { frontFixture } from "../support/frontFixture";
import { makeNetwork, makeSecurityGroup } from "../support/network";

describe("what others of the emulated EC2 depend on", function () {
  this.timeout(120_000);
  const aws = frontFixture();

  async function network() {
    const { vpcId, subnetIds } = await makeNetwork(aws().ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    return { vpcId, subnetId: subnetIds[0] ?? "" };
  }
  const deleteSubnet = (SubnetId: string) => aws().ec2.send(new DeleteSubnetCommand({ SubnetId }));
  const deleteGroup = (GroupId: string) => aws().ec2.send(new DeleteSecurityGroupCommand({ GroupId }));

  it("is a subnet, while network interfaces lie in it", async () => {
    const { ec2 } = aws();
    const { subnetId } = await network();
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId }));
    await assert.rejects(deleteSubnet(subnetId), {
      name: "DependencyViolation",
      message: /^The subnet 'subnet-\w+' has dependencies and cannot be deleted\./,
    });
    await ec2.send(
      new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: NetworkInterface?.NetworkInterfaceId }),
    );
    await deleteSubnet(subnetId);
    const { Subnets } = await ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [subnetId] }] }),
    );
    assert.deepEqual(Subnets ?? [], []);
  });

  it("is a subnet, while an instance or a NAT gateway lives in it", async () => {
    const { ec2 } = aws();
    const { subnetId } = await network();
    const { Instances } = await ec2.send(
      new RunInstancesCommand({ InstanceType: "m5.large", SubnetId: subnetId, MinCount: 1, MaxCount: 1 }),
    );
    await assert.rejects(deleteSubnet(subnetId), { name: "DependencyViolation" });
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId: subnetId, AllocationId }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ""] }));
    await assert.rejects(deleteSubnet(subnetId), { name: "DependencyViolation" });
    await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: NatGateway?.NatGatewayId }));
    await deleteSubnet(subnetId);
  });

  it("is a security group, while network interfaces have it", async () => {
    const { ec2 } = aws();
    const { vpcId, subnetId } = await network();
    const groupId = await makeSecurityGroup(ec2, vpcId);
    const { NetworkInterface } = await ec2.send(
      new CreateNetworkInterfaceCommand({ SubnetId: subnetId, Groups: [groupId] }),
    );
    await assert.rejects(deleteGroup(groupId), {
      name: "DependencyViolation",
      message: new RegExp(`^resource ${groupId} has a dependent object`),
    });
    await ec2.send(
      new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: NetworkInterface?.NetworkInterfaceId }),
    );
    await deleteGroup(groupId);
  });

  it("is a security group, while another's rules name it, and not while its own do", async () => {
    const { ec2 } = aws();
    const { vpcId } = await network();
    const [named, naming] = [await makeSecurityGroup(ec2, vpcId), await makeSecurityGroup(ec2, vpcId)];
    const IpPermissions = [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: named }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: named, IpPermissions }));
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: naming, IpPermissions }));
    await assert.rejects(deleteGroup(named), { name: "DependencyViolation", message: new RegExp(naming) });
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: naming, IpPermissions }));
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: naming, IpPermissions }));
    await assert.rejects(deleteGroup(named), { name: "DependencyViolation" });
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: naming, IpPermissions }));
    await deleteGroup(named);
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
    );
    assert.equal(
      SecurityGroups.some(({ GroupId }) => GroupId === named),
      false,
    );
  });
});
