import assert from "node:assert/strict";
import {
  AllocateAddressCommand,
  CreateLaunchTemplateCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCidrReservationCommand,
  DeleteLaunchTemplateCommand,
  DeleteNatGatewayCommand,
  DeleteSubnetCidrReservationCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNatGatewaysCommand,
  GetSubnetCidrReservationsCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { frontFixture } from "../support/frontFixture";
import { makeNetwork } from "../support/network";

describe("gateways, reservations and launch templates of the emulated EC2", function () {
  this.timeout(120_000);
  const aws = frontFixture();
  let vpcId: string;
  let subnetIds: string[];
  before(async () => {
    ({ vpcId, subnetIds } = await makeNetwork(aws().ec2, "10.8.0.0/16", ["10.8.0.0/24", "10.8.1.0/27"]));
  });

  it("an address is a NAT gateway's alone, until that is gone", async () => {
    const { ec2 } = aws();
    const [SubnetId] = subnetIds;
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    await assert.rejects(ec2.send(new CreateNatGatewayCommand({ SubnetId })), { name: "MissingParameter" });
    await assert.rejects(
      ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId, ConnectivityType: "private" })),
      { name: "InvalidParameterCombination" },
    );
    const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
    const NatGatewayId = NatGateway?.NatGatewayId;
    await assert.rejects(ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId })), {
      name: "Resource.AlreadyAssociated",
    });
    await assert.rejects(ec2.send(new ReleaseAddressCommand({ AllocationId })), {
      name: "InvalidIPAddress.InUse",
    });
    await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }));
    await ec2.send(new ReleaseAddressCommand({ AllocationId }));
    for (const command of [
      new DescribeNatGatewaysCommand({ NatGatewayIds: ["nat-0"] }),
      new DeleteNatGatewayCommand({ NatGatewayId: "nat-0" }),
    ]) {
      await assert.rejects(ec2.send(command as DescribeNatGatewaysCommand), { name: "NatGatewayNotFound" });
    }
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    const route = { RouteTableId: RouteTable?.RouteTableId, DestinationCidrBlock: "0.0.0.0/0" };
    await assert.rejects(ec2.send(new CreateRouteCommand({ ...route, NatGatewayId })), {
      name: "InvalidNatGatewayID.NotFound",
    });
  });

  it("no address is chosen of a reservation, whose description is kept", async () => {
    const { ec2 } = aws();
    const [, SubnetId = ""] = subnetIds;
    const reserve = (Cidr: string) =>
      ec2.send(
        new CreateSubnetCidrReservationCommand({
          SubnetId,
          Cidr,
          ReservationType: "prefix",
          Description: "for pods",
        }),
      );
    const { SubnetCidrReservation: made } = await reserve("10.8.1.0/28");
    assert.equal(made?.Description, "for pods");
    await assert.rejects(reserve("10.8.1.0/28"), { name: "InvalidParameterValue" });
    await assert.rejects(reserve("10.8.1.16/29"), {
      name: "InvalidParameterValue",
      message: "The CIDR '10.8.1.16/29' is smaller than a prefix, which is a /28.",
    });
    const told = await ec2.send(new GetSubnetCidrReservationsCommand({ SubnetId }));
    assert.deepEqual(
      told.SubnetIpv4CidrReservations?.map(({ Cidr, Description }) => [Cidr, Description]),
      [["10.8.1.0/28", "for pods"]],
    );
    const chosen = async () =>
      (await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }))).NetworkInterface?.PrivateIpAddress;
    assert.equal(await chosen(), "10.8.1.16");
    const SubnetCidrReservationId = made.SubnetCidrReservationId;
    await ec2.send(new DeleteSubnetCidrReservationCommand({ SubnetCidrReservationId }));
    assert.equal(await chosen(), "10.8.1.17");
    await assert.rejects(ec2.send(new GetSubnetCidrReservationsCommand({ SubnetId: "subnet-0" })), {
      name: "InvalidSubnetID.NotFound",
    });
  });

  it("launch templates are told all, without their own tags among those of instances", async () => {
    const { ec2 } = aws();
    const names = Array.from({ length: 16 }, (_, index) => `template-${index}`);
    for (const LaunchTemplateName of names) {
      await ec2.send(
        new CreateLaunchTemplateCommand({
          LaunchTemplateName,
          LaunchTemplateData: { InstanceType: "m5.large" },
          TagSpecifications: [{ ResourceType: "launch-template", Tags: [{ Key: "a", Value: "b" }] }],
        }),
      );
    }
    const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
    assert.equal(LaunchTemplates.length, names.length);
    const { LaunchTemplateVersions: [version] = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: "template-0" }),
    );
    assert.deepEqual(version?.LaunchTemplateData?.TagSpecifications ?? [], []);
    for (const command of [
      new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: ["lt-0"] }),
      new DeleteLaunchTemplateCommand({ LaunchTemplateId: "lt-0" }),
    ]) {
      await assert.rejects(ec2.send(command), {
        name: "InvalidLaunchTemplateId.NotFound",
      });
    }
  });
});
