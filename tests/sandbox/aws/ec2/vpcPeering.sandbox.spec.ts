import assert from "node:assert/strict";
import {
  AcceptVpcPeeringConnectionCommand,
  AssociateVpcCidrBlockCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  type Filter,
} from "@aws-sdk/client-ec2";
import { eventually } from "../support/eventually";
import { frontFixture } from "../support/frontFixture";
import { makeNetwork } from "../support/network";

describe("peerings of VPCs of the emulated EC2", function () {
  this.timeout(120_000);
  const aws = frontFixture();
  const makeVpc = async (block: string) => (await makeNetwork(aws().ec2, block, [])).vpcId;
  const peer = async (VpcId: string, PeerVpcId: string) => {
    const asked = await aws().ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId }));
    return asked.VpcPeeringConnection?.VpcPeeringConnectionId ?? "";
  };
  const accept = (VpcPeeringConnectionId: string) =>
    aws().ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
  const associate = (VpcId: string, CidrBlock: string) =>
    aws().ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock }));
  const associated = (vpcId: string) =>
    eventually(
      async () => (await aws().ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }))).Vpcs?.[0],
      (vpc) =>
        vpc?.CidrBlockAssociationSet?.every(
          ({ CidrBlockState }) => CidrBlockState?.State === "associated",
        ) === true,
    );
  const found = async (...Filters: Filter[]) => {
    const told = await aws().ec2.send(new DescribeVpcPeeringConnectionsCommand({ Filters }));
    return (told.VpcPeeringConnections ?? []).map(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId);
  };

  it("are found by side and by state, with every block of both VPCs; other filters are refused", async () => {
    const [one, other] = [await makeVpc("10.8.0.0/16"), await makeVpc("10.9.0.0/16")];
    await associate(one, "100.64.0.0/16");
    await associated(one);
    const id = await peer(one, other);
    assert.deepEqual(await found({ Name: "requester-vpc-info.vpc-id", Values: [one] }), [id]);
    assert.deepEqual(await found({ Name: "accepter-vpc-info.vpc-id", Values: [one] }), []);
    assert.deepEqual(await found({ Name: "status-code", Values: ["pending-*"] }), [id]);
    assert.deepEqual(await found({ Name: "status-code", Values: ["active"] }), []);
    await accept(id);
    assert.deepEqual(await found({ Name: "status-code", Values: ["active"] }), [id]);
    const { VpcPeeringConnections: [told] = [] } = await aws().ec2.send(
      new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] }),
    );
    assert.deepEqual(told?.RequesterVpcInfo?.CidrBlockSet, [
      { CidrBlock: "10.8.0.0/16" },
      { CidrBlock: "100.64.0.0/16" },
    ]);
    assert.deepEqual(told.AccepterVpcInfo?.CidrBlockSet, [{ CidrBlock: "10.9.0.0/16" }]);
    await assert.rejects(found({ Name: "colour", Values: ["red"] }), {
      name: "InvalidParameterValue",
      message: "The filter 'colour' is invalid",
    });
  });

  it("keep a block away from a VPC whose active peer has it, and not from others", async () => {
    const [one, other] = [await makeVpc("10.18.0.0/16"), await makeVpc("10.19.0.0/16")];
    await associate(other, "100.65.0.0/16");
    await associated(other);
    const id = await peer(one, other);
    await accept(id);
    await assert.rejects(associate(one, "100.65.128.0/17"), {
      name: "CidrConflict",
      message: `The CIDR '100.65.128.0/17' conflicts with the CIDR '100.65.0.0/16' of the peer of ${id}.`,
    });
    await associate(one, "100.66.0.0/16");
  });

  it("keep every block away from a VPC that waits for one to be accepted, and not from its peer", async () => {
    const [one, other] = [await makeVpc("10.28.0.0/16"), await makeVpc("10.29.0.0/16")];
    const id = await peer(one, other);
    await assert.rejects(associate(one, "100.67.0.0/16"), {
      name: "IncorrectState",
      message: `The VPC '${one}' can't get another CIDR block while its peering ${id} is pending-acceptance.`,
    });
    await associate(other, "100.67.0.0/16");
  });
});
