import assert from "node:assert/strict";
import {
  AllocateAddressCommand,
  AssociateVpcCidrBlockCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetRequestedServiceQuotaChangeCommand,
  GetServiceQuotaCommand,
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  RequestServiceQuotaIncreaseCommand,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import {
  INTERFACES_PER_REGION,
  ROUTE_TABLES_PER_VPC,
  ROUTES_PER_TABLE,
  SUBNETS_PER_VPC,
} from "../../../../sandbox/aws/serviceQuotas/quotas";
import { eventually } from "../support/eventually";
import { frontFixture, REGION } from "../support/frontFixture";
import { makeNetwork, makeSecurityGroup } from "../support/network";
import { standingClock } from "../support/standingClock";

describe("quotas of the emulated AWS", function () {
  this.timeout(120_000);
  const clock = standingClock();
  // So few of those that would take long to reach; the others are AWS's.
  const aws = frontFixture({
    clock,
    quotas: {
      [SUBNETS_PER_VPC]: 3,
      [ROUTE_TABLES_PER_VPC]: 3,
      [ROUTES_PER_TABLE]: 2,
      [INTERFACES_PER_REGION]: 20,
    },
  });
  let quotas: ServiceQuotasClient;
  before(() => {
    quotas = new ServiceQuotasClient({
      endpoint: aws().front.endpoint,
      region: REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
  });
  after(() => {
    quotas.destroy();
  });
  const raise = (QuotaCode: string, DesiredValue: number) =>
    quotas.send(new RequestServiceQuotaIncreaseCommand({ ServiceCode: "vpc", QuotaCode, DesiredValue }));
  const valueOf = async (QuotaCode: string) =>
    (await quotas.send(new GetServiceQuotaCommand({ ServiceCode: "vpc", QuotaCode }))).Quota?.Value;
  const statusOf = async (RequestId: string | undefined) =>
    (await quotas.send(new GetRequestedServiceQuotaChangeCommand({ RequestId }))).RequestedQuota?.Status;

  it("are told by their codes, by name and value", async () => {
    const { Quota } = await quotas.send(
      new GetServiceQuotaCommand({ ServiceCode: "vpc", QuotaCode: "L-DF5E4CA3" }),
    );
    assert.deepEqual(
      [Quota?.QuotaName, Quota?.Value, Quota?.QuotaArn],
      ["Network interfaces per Region", 20, "arn:aws:servicequotas:us-west-2:123456789012:vpc/L-DF5E4CA3"],
    );
    for (const [command, values] of [
      [ListServiceQuotasCommand, [3, 3, 2, 20]],
      [ListAWSDefaultServiceQuotasCommand, [200, 200, 500, 5000]],
    ] as const) {
      const { Quotas } = await quotas.send(new command({ ServiceCode: "vpc" }));
      assert.deepEqual(
        Quotas?.map(({ QuotaCode, Value }) => `${QuotaCode ?? ""} ${Value ?? ""}`),
        [
          "L-83CA0A9D 5",
          `L-407747CB ${values[0]}`,
          `L-589F43AA ${values[1]}`,
          `L-93826ACB ${values[2]}`,
          `L-DF5E4CA3 ${values[3]}`,
          "L-2AFB9258 5",
          "L-FE5A380F 5",
          "L-BB24F6E5 64000",
          "L-CD17FD4B 128000",
        ],
      );
    }
    for (const [ServiceCode, QuotaCode] of [
      ["vpc", "L-00000000"],
      ["ecs", "L-83CA0A9D"],
    ]) {
      await assert.rejects(quotas.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode })), {
        name: "NoSuchResourceException",
      });
    }
  });

  it("keep blocks of a VPC at five", async () => {
    const { vpcId } = await makeNetwork(aws().ec2, "10.8.0.0/16", []);
    const add = (CidrBlock: string) =>
      aws().ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock }));
    for (const second of [64, 65, 66, 67]) await add(`100.${second}.0.0/16`);
    await assert.rejects(add("100.68.0.0/16"), {
      name: "CidrLimitExceeded",
      message: `This network '${vpcId}' has met its maximum number of allowed CIDRs: 5`,
    });
  });

  it("are raised a while after they are asked for, up to what there is, one request at a time", async () => {
    await assert.rejects(raise("L-FE5A380F", 5), { name: "IllegalArgumentException" });
    const asked = await clock.standWhile(async () => {
      const { RequestedQuota } = await raise("L-FE5A380F", 6);
      assert.equal(RequestedQuota?.Status, "PENDING");
      await assert.rejects(raise("L-FE5A380F", 7), { name: "ResourceAlreadyExistsException" });
      assert.equal(await valueOf("L-FE5A380F"), 5);
      return RequestedQuota;
    });
    await eventually(
      () => statusOf(asked.Id),
      (status) => status === "APPROVED",
    );
    assert.equal(await valueOf("L-FE5A380F"), 6);
    const { Quota } = await quotas.send(
      new GetAWSDefaultServiceQuotaCommand({ ServiceCode: "vpc", QuotaCode: "L-FE5A380F" }),
    );
    assert.equal(Quota?.Value, 5);

    const tooMuch = await raise("L-93826ACB", 1_001);
    await eventually(
      () => statusOf(tooMuch.RequestedQuota?.Id),
      (status) => status === "NOT_APPROVED",
    );
    assert.equal(await valueOf("L-93826ACB"), 2);
  });

  it("keep subnets and route tables of a VPC, the main one included, and routes of a table", async () => {
    const { ec2 } = aws();
    const blocks = ["10.8.0.0/28", "10.8.1.0/28", "10.8.2.0/28"];
    const { vpcId } = await makeNetwork(ec2, "10.8.0.0/16", blocks);
    await assert.rejects(ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.8.3.0/28" })), {
      name: "SubnetLimitExceeded",
    });

    const make = async () =>
      (await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }))).RouteTable?.RouteTableId;
    const RouteTableId = await make();
    await make();
    await assert.rejects(make(), { name: "RouteTableLimitExceeded" });

    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const GatewayId = InternetGateway?.InternetGatewayId;
    await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: GatewayId }));
    const lead = (DestinationCidrBlock: string) =>
      ec2.send(new CreateRouteCommand({ RouteTableId, GatewayId, DestinationCidrBlock }));
    await lead("0.0.0.0/0");
    await lead("203.0.113.0/24");
    await assert.rejects(lead("198.51.100.0/24"), { name: "RouteLimitExceeded" });
  });

  it("keep NAT gateways of a zone, of which deleted ones don't count", async () => {
    const { ec2 } = aws();
    const { subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24", "10.8.1.0/24"]);
    const make = async (SubnetId: string | undefined) => {
      const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
      const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
      return NatGateway?.NatGatewayId;
    };
    const ids: (string | undefined)[] = [];
    // As many as were approved.
    for (let made = 0; made < 6; made += 1) ids.push(await make(subnetIds[0]));
    await assert.rejects(make(subnetIds[0]), { name: "NatGatewayLimitExceeded" });
    await make(subnetIds[1]);
    await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: ids[0] }));
    await make(subnetIds[0]);
  });

  it("keep security groups of an ENI at 5, and at more once that is approved", async () => {
    const { ec2 } = aws();
    const { vpcId, subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    const Groups: string[] = [];
    for (let made = 0; made < 6; made += 1) Groups.push(await makeSecurityGroup(ec2, vpcId));
    const make = () => ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetIds[0], Groups }));
    await assert.rejects(make(), { name: "SecurityGroupsPerInterfaceLimitExceeded" });
    const { RequestedQuota } = await raise("L-2AFB9258", 6);
    await eventually(
      () => statusOf(RequestedQuota?.Id),
      (status) => status === "APPROVED",
    );
    await make();
  });

  it("keep the ENIs of the region: those that are made, and those of instances and NAT gateways", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [SubnetId],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    const make = async () =>
      (await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }))).NetworkInterface?.NetworkInterfaceId;
    const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
    const room = 20 - NetworkInterfaces.length;
    const ids: (string | undefined)[] = [];
    for (let made = 0; made < room - 1; made += 1) ids.push(await make());
    const run = (MaxCount: number) =>
      ec2.send(new RunInstancesCommand({ InstanceType: "m5.large", SubnetId, MinCount: MaxCount, MaxCount }));
    await assert.rejects(run(2), { name: "NetworkInterfaceLimitExceeded" });
    const { Instances } = await run(1);
    await assert.rejects(make(), { name: "NetworkInterfaceLimitExceeded" });
    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: ids[0] }));
    await make();
    await assert.rejects(make(), { name: "NetworkInterfaceLimitExceeded" });
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ""] }));
    await eventually(
      () => make().catch((error: unknown) => error),
      (answer) => typeof answer === "string",
    );
  });
});
