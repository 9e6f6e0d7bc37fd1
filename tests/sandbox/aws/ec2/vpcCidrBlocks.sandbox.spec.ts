import assert from "node:assert/strict";
import {
  AssociateVpcCidrBlockCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeVpcsCommand,
  DisassociateVpcCidrBlockCommand,
} from "@aws-sdk/client-ec2";
import { eventually } from "../support/eventually";
import { frontFixture } from "../support/frontFixture";
import { makeNetwork } from "../support/network";
import { standingClock } from "../support/standingClock";

describe("blocks of a VPC of the emulated EC2", function () {
  this.timeout(120_000);
  const clock = standingClock();
  const aws = frontFixture({ clock });

  const associate = async (VpcId: string, CidrBlock: string) =>
    (await aws().ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock }))).CidrBlockAssociation;
  const stateOf = async (VpcId: string, associationId: string | undefined) => {
    const { Vpcs } = await aws().ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
    const found = Vpcs?.[0]?.CidrBlockAssociationSet?.find((one) => one.AssociationId === associationId);
    return found?.CidrBlockState?.State;
  };
  const associated = async (vpcId: string, block: string) => {
    const made = await associate(vpcId, block);
    await eventually(
      () => stateOf(vpcId, made?.AssociationId),
      (state) => state === "associated",
    );
    return made?.AssociationId ?? "";
  };

  it("are associating before they are associated, and have no subnets before that", async () => {
    const { ec2 } = aws();
    const { vpcId } = await makeNetwork(ec2, "10.8.0.0/16", []);
    const subnet = { VpcId: vpcId, CidrBlock: "100.64.0.0/19" };
    const made = await clock.standWhile(async () => {
      const begun = await associate(vpcId, "100.64.0.0/16");
      assert.equal(begun?.CidrBlockState?.State, "associating");
      assert.equal(await stateOf(vpcId, begun.AssociationId), "associating");
      await assert.rejects(ec2.send(new CreateSubnetCommand(subnet)), { name: "InvalidSubnet.Range" });
      return begun;
    });
    await eventually(
      () => stateOf(vpcId, made.AssociationId),
      (state) => state === "associated",
    );
    await ec2.send(new CreateSubnetCommand(subnet));
  });

  const refused: [string, string, string][] = [
    ["larger than /16", "100.64.0.0/15", "InvalidVpc.Range"],
    ["smaller than /28", "100.64.0.0/29", "InvalidVpc.Range"],
    ["no block", "100.64.0.0/33", "InvalidParameterValue"],
    ["the VPC's own", "10.8.128.0/17", "CidrConflict"],
    ["of another private range", "192.168.0.0/16", "InvalidVpc.Range"],
    ["of 198.19.0.0/16, which some guides name", "198.19.0.0/16", "InvalidVpc.Range"],
    ["link local", "169.254.0.0/20", "InvalidVpc.Range"],
  ];
  for (const [what, block, code] of refused) {
    it(`are refused when they are ${what}: ${block}`, async () => {
      const { vpcId } = await makeNetwork(aws().ec2, "10.8.0.0/16", []);
      await assert.rejects(associate(vpcId, block), { name: code });
    });
  }

  const reserved: [string, string, string][] = [
    ["10.0.0.0/16", "10.1.0.0/16", "10.0.128.0/20"],
    ["10.0.0.0/16", "10.0.0.0/24", "10.0.128.0/20"],
    ["172.31.0.0/16", "172.16.0.0/16", "172.31.64.0/20"],
  ];
  for (const [range, vpcBlock, block] of reserved) {
    it(`are not of ${range} in a VPC of ${vpcBlock}`, async () => {
      const { vpcId } = await makeNetwork(aws().ec2, vpcBlock, []);
      await assert.rejects(associate(vpcId, block), { name: "InvalidVpc.Range", message: /is restricted/ });
    });
  }

  it("are of 10.0.0.0/16 in a VPC of 10.8.0.0/16, and not once it has a block of 10.1.0.0/16", async () => {
    const { vpcId } = await makeNetwork(aws().ec2, "10.8.0.0/16", []);
    await associated(vpcId, "10.0.0.0/20");
    const other = await makeNetwork(aws().ec2, "10.8.0.0/16", []);
    await associated(other.vpcId, "10.1.0.0/20");
    await assert.rejects(associate(other.vpcId, "10.0.0.0/20"), { name: "InvalidVpc.Range" });
  });

  it("are smaller than the destination of a route that leads elsewhere", async () => {
    const { ec2 } = aws();
    const { vpcId } = await makeNetwork(ec2, "10.8.0.0/16", []);
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const GatewayId = InternetGateway?.InternetGatewayId;
    await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: GatewayId }));
    for (const DestinationCidrBlock of ["0.0.0.0/0", "100.64.0.0/24"]) {
      const { RouteTableId } = RouteTable ?? {};
      await ec2.send(new CreateRouteCommand({ RouteTableId, GatewayId, DestinationCidrBlock }));
    }
    for (const block of ["100.64.0.0/16", "100.64.0.0/24"]) {
      await assert.rejects(associate(vpcId, block), {
        name: "CidrConflict",
        message: /conflicts with the route to 100\.64\.0\.0\/24 in rtb-/,
      });
    }
    await associated(vpcId, "100.64.0.0/25");
  });

  it("are five at most", async () => {
    const { vpcId } = await makeNetwork(aws().ec2, "10.8.0.0/16", []);
    for (const second of [64, 65, 66, 67]) await associated(vpcId, `100.${second}.0.0/16`);
    await assert.rejects(associate(vpcId, "100.68.0.0/16"), { name: "CidrLimitExceeded" });
  });

  it("go when no subnet lies in them", async () => {
    const { ec2 } = aws();
    const { vpcId } = await makeNetwork(ec2, "10.8.0.0/16", []);
    const AssociationId = await associated(vpcId, "100.64.0.0/16");
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "100.64.0.0/19" }));
    await assert.rejects(ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId })), {
      name: "InvalidCidrBlock.InUse",
      message: `The vpc ${vpcId} currently has a subnet within CIDR block 100.64.0.0/16`,
    });
    await ec2.send(new DeleteSubnetCommand({ SubnetId: Subnet?.SubnetId }));
    await clock.standWhile(async () => {
      const { CidrBlockAssociation } = await ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId }));
      assert.equal(CidrBlockAssociation?.CidrBlockState?.State, "disassociating");
      assert.equal(await stateOf(vpcId, AssociationId), "disassociating");
    });
    await eventually(
      () => stateOf(vpcId, AssociationId),
      (state) => state === "disassociated",
    );
    await associated(vpcId, "100.64.0.0/16");
  });

  it("stay when they are the VPC's first, and are unknown by a wrong id", async () => {
    const { ec2 } = aws();
    const { vpcId } = await makeNetwork(ec2, "10.8.0.0/16", []);
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
    const AssociationId = Vpcs?.[0]?.CidrBlockAssociationSet?.[0]?.AssociationId;
    await assert.rejects(ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId })), {
      name: "OperationNotPermitted",
    });
    await assert.rejects(
      ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: "vpc-cidr-assoc-0123456789abcdef0" })),
      { name: "InvalidVpcCidrBlockAssociationIdError.NotFound" },
    );
  });
});
