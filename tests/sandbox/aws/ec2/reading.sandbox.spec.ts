import assert from "node:assert/strict";
import {
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateVpcEndpointCommand,
  DescribeNetworkAclsCommand,
  DescribeVpcEndpointsCommand,
  ReplaceNetworkAclAssociationCommand,
} from "@aws-sdk/client-ec2";
import { frontFixture } from "../support/frontFixture";
import { makeNetwork } from "../support/network";

describe("what people look up in the emulated EC2", function () {
  this.timeout(120_000);
  const aws = frontFixture();

  it("are network ACLs: the VPC's own with every subnet, and others with their rules", async () => {
    const { ec2 } = aws();
    const { vpcId, subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28", "10.8.1.0/28"]);
    const ofVpc = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
    const { NetworkAcls: [own] = [] } = await ec2.send(new DescribeNetworkAclsCommand(ofVpc));
    assert.equal(own?.IsDefault, true);
    assert.deepEqual(own.Associations?.map(({ SubnetId }) => SubnetId).sort(), [...subnetIds].sort());
    const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: vpcId }));
    const NetworkAclId = NetworkAcl?.NetworkAclId;
    await ec2.send(
      new CreateNetworkAclEntryCommand({
        ...{ NetworkAclId, RuleNumber: 100, Protocol: "6", RuleAction: "deny", Egress: false },
        CidrBlock: "100.64.0.0/10",
        PortRange: { From: 443, To: 443 },
      }),
    );
    const AssociationId = own.Associations.find(
      ({ SubnetId }) => SubnetId === subnetIds[1],
    )?.NetworkAclAssociationId;
    await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
    const { NetworkAcls: [other] = [] } = await ec2.send(
      new DescribeNetworkAclsCommand({
        Filters: [{ Name: "association.subnet-id", Values: [subnetIds[1] ?? ""] }],
      }),
    );
    assert.equal(other?.NetworkAclId, NetworkAclId);
    assert.deepEqual(
      other?.Entries?.filter(({ RuleNumber }) => RuleNumber === 100).map(
        ({ CidrBlock, RuleAction, Protocol, Egress, PortRange }) => ({
          ...{ CidrBlock, RuleAction, Protocol, Egress, PortRange },
        }),
      ),
      [
        {
          ...{ CidrBlock: "100.64.0.0/10", RuleAction: "deny", Protocol: "6", Egress: false },
          PortRange: { From: 443, To: 443 },
        },
      ],
    );
  });

  it("are VPC endpoints, by their VPC", async () => {
    const { ec2 } = aws();
    const { vpcId } = await makeNetwork(ec2, "10.8.0.0/16", []);
    const ofVpc = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
    assert.deepEqual((await ec2.send(new DescribeVpcEndpointsCommand(ofVpc))).VpcEndpoints ?? [], []);
    await ec2.send(
      new CreateVpcEndpointCommand({
        ...{ VpcId: vpcId, ServiceName: "com.amazonaws.us-west-2.s3", VpcEndpointType: "Gateway" },
      }),
    );
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand(ofVpc));
    assert.deepEqual(
      VpcEndpoints.map(({ ServiceName, VpcEndpointType }) => [ServiceName, VpcEndpointType]),
      [["com.amazonaws.us-west-2.s3", "Gateway"]],
    );
  });
});
