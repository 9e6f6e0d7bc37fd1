import assert from "node:assert/strict";
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DescribeAddressesCommand,
  DescribeRouteTablesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { freeAddresses, makeNetwork } from "../../aws/support/network";
import { awsFixture } from "./awsFixture";
import { text, UNKNOWN, type Json, type PluginProcess } from "./pluginProcess";

const eip = "aws:ec2/eip:Eip";
const natGateway = "aws:ec2/natGateway:NatGateway";
const routeTable = "aws:ec2/routeTable:RouteTable";
const route = "aws:ec2/route:Route";
const reservation = "aws:ec2/subnetCidrReservation:SubnetCidrReservation";

describe("resources for the way out of subnets, of the aws plugin's stand-in", function () {
  this.timeout(120_000);
  const aws = awsFixture({
    region: "us-west-2",
    defaultTags: JSON.stringify({ tags: { team: "platform" } }),
  });
  let ec2: EC2Client;
  let plugin: PluginProcess;
  let vpcId: string;
  let subnetIds: string[];
  let gatewayId: string;

  before(async () => {
    ({ ec2, plugin } = aws());
    ({ vpcId, subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24", "10.8.1.0/24"]));
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    gatewayId = InternetGateway?.InternetGatewayId ?? "";
    await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: gatewayId }));
  });

  const made = async (type: string, given: Json) => {
    const { inputs, failures } = await plugin.check(type, "it", given);
    assert.deepEqual(failures, []);
    return { inputs, ...(await plugin.create(type, "it", inputs)) };
  };
  const failuresOf = async (type: string, given: Json) =>
    (await plugin.check(type, "it", given)).failures.map(({ property }) => property);
  const isQuiet = async (type: string, id: string, state: Json, inputs: Json) => {
    assert.equal((await plugin.diff(type, id, state, inputs, inputs)).changes, false);
    assert.deepEqual(await plugin.read(type, id, state, inputs), { id, state, inputs });
  };

  it("an address and a NAT gateway with it are made, told, and given back in order", async () => {
    const address = await made(eip, { domain: "vpc", tags: { Name: "a" } });
    assert.match(address.id, /^eipalloc-/);
    assert.equal(address.state["allocationId"], address.id);
    assert.equal(address.state["arn"], `arn:aws:ec2:us-west-2:123456789012:elastic-ip/${address.id}`);
    assert.deepEqual(address.state["tagsAll"], { Name: "a", team: "platform" });
    await isQuiet(eip, address.id, address.state, address.inputs);

    const subnetId = subnetIds[0] ?? "";
    const gateway = await made(natGateway, { allocationId: address.id, subnetId });
    assert.match(gateway.id, /^nat-/);
    assert.equal(gateway.inputs["connectivityType"], "public");
    assert.equal(gateway.state["publicIp"], address.state["publicIp"]);
    assert.equal(gateway.state["subnetId"], subnetId);
    assert.match(text(gateway.state, "networkInterfaceId"), /^eni-/);
    await isQuiet(natGateway, gateway.id, gateway.state, gateway.inputs);
    const other = { ...gateway.inputs, subnetId: subnetIds[1] ?? "" };
    assert.deepEqual(
      (await plugin.diff(natGateway, gateway.id, gateway.state, gateway.inputs, other)).detailed,
      { subnetId: "update-replace" },
    );
    await assert.rejects(
      plugin.create(natGateway, "second", gateway.inputs),
      /creating EC2 NAT Gateway: api error Resource\.AlreadyAssociated/,
    );
    assert.deepEqual(
      await failuresOf(natGateway, { subnetId, connectivityType: "private", allocationId: UNKNOWN }),
      ["allocationId"],
    );

    await plugin.delete(natGateway, gateway.id, gateway.state);
    assert.equal((await plugin.read(natGateway, gateway.id, gateway.state, gateway.inputs)).id, "");
    assert.equal(await freeAddresses(ec2, subnetId), 251);
    await plugin.delete(eip, address.id, address.state);
    await plugin.delete(eip, address.id, address.state);
    await assert.rejects(ec2.send(new DescribeAddressesCommand({ AllocationIds: [address.id] })));
  });

  it("a route table with routes of its own leads them elsewhere, and goes with its associations", async () => {
    const routes = [{ cidrBlock: "0.0.0.0/0", gatewayId }];
    const { id, state, inputs } = await made(routeTable, { vpcId, routes, tags: { Name: "out" } });
    assert.equal(state["arn"], `arn:aws:ec2:us-west-2:123456789012:route-table/${id}`);
    assert.equal((await plugin.diff(routeTable, id, state, inputs, inputs)).changes, false);

    const privately = await made(natGateway, { subnetId: subnetIds[0] ?? "", connectivityType: "private" });
    const news = {
      ...inputs,
      routes: [
        { cidrBlock: "0.0.0.0/0", natGatewayId: privately.id },
        { cidrBlock: "192.168.0.0/16", gatewayId },
      ],
    };
    const updated = await plugin.update(routeTable, id, state, news);
    assert.deepEqual(await liveRoutes(id), [
      ["0.0.0.0/0", undefined, privately.id],
      ["192.168.0.0/16", gatewayId, undefined],
    ]);
    const fewer = { ...inputs, routes: [{ cidrBlock: "192.168.0.0/16", gatewayId }] };
    assert.deepEqual((await plugin.diff(routeTable, id, updated, news, fewer)).detailed, {
      "routes[0]": "delete",
    });
    const last = await plugin.update(routeTable, id, updated, fewer);
    assert.deepEqual(await liveRoutes(id), [["192.168.0.0/16", gatewayId, undefined]]);
    // Routes that the program leaves out are those of Route resources.
    const silent = without(inputs, "routes");
    assert.equal((await plugin.diff(routeTable, id, last, fewer, silent)).changes, false);

    await made("aws:ec2/routeTableAssociation:RouteTableAssociation", {
      routeTableId: id,
      subnetId: subnetIds[1] ?? "",
    });
    await plugin.delete(routeTable, id, last);
    assert.equal((await plugin.read(routeTable, id, last, fewer)).id, "");
    assert.deepEqual(
      await failuresOf(routeTable, {
        vpcId,
        routes: [{ cidrBlock: "0.0.0.0/0", gatewayId, natGatewayId: "nat-1" }],
      }),
      ["routes[0].gatewayId"],
    );
    await plugin.delete(natGateway, privately.id, privately.state);
  });

  it("a route is known by its table and destination, is led elsewhere in place, and imported", async () => {
    const table = await made(routeTable, { vpcId });
    const given = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId };
    const { id, state, inputs } = await made(route, given);
    // As Terraform has it: the CRC-32 of the destination, 1080289494 for 0.0.0.0/0.
    assert.equal(id, `r-${table.id}1080289494`);
    assert.equal(state["state"], "active");
    assert.equal((await plugin.diff(route, id, state, inputs, inputs)).changes, false);
    await assert.rejects(plugin.create(route, "again", inputs), /api error RouteAlreadyExists/);
    const imported = await plugin.read(route, `${table.id}_0.0.0.0/0`);
    assert.deepEqual([imported.id, imported.state], [id, state]);

    const privately = await made(natGateway, { subnetId: subnetIds[0] ?? "", connectivityType: "private" });
    const others = without(inputs, "gatewayId");
    const news = { ...others, natGatewayId: privately.id };
    assert.deepEqual((await plugin.diff(route, id, state, inputs, news)).replaces, []);
    const updated = await plugin.update(route, id, state, news);
    assert.deepEqual(await liveRoutes(table.id), [["0.0.0.0/0", undefined, privately.id]]);
    await assert.rejects(
      plugin.update(route, id, updated, { ...others, natGatewayId: "nat-0" }),
      /updating Route .*: api error InvalidNatGatewayID\.NotFound/,
    );
    assert.deepEqual(await failuresOf(route, { routeTableId: "rtb-1", destinationCidrBlock: "10.0.0.0/8" }), [
      "gatewayId",
    ]);
    await plugin.delete(route, id, updated);
    await plugin.delete(route, id, updated);
    assert.deepEqual(await liveRoutes(table.id), []);
    assert.equal((await plugin.read(route, id, updated, news)).id, "");
  });

  it("a reservation in a subnet keeps its description, and is imported by subnet and ID", async () => {
    const subnetId = subnetIds[1] ?? "";
    const given = {
      subnetId,
      cidrBlock: "10.8.1.128/25",
      reservationType: "prefix",
      description: "for prefixes of pods",
    };
    const { id, state, inputs } = await made(reservation, given);
    assert.match(id, /^scr-/);
    assert.deepEqual(state, { ...given, ownerId: "123456789012", region: "us-west-2" });
    await isQuiet(reservation, id, state, inputs);
    const imported = await plugin.read(reservation, `${subnetId}:${id}`);
    assert.deepEqual(imported, { id, state, inputs });
    await assert.rejects(plugin.create(reservation, "again", inputs), /api error InvalidParameterValue/);
    await plugin.delete(reservation, id, state);
    await plugin.delete(reservation, id, state);
    assert.equal((await plugin.read(reservation, id, state, inputs)).id, "");
    assert.deepEqual(await failuresOf(reservation, { ...given, reservationType: "some" }), [
      "reservationType",
    ]);
  });

  const without = (inputs: Json, key: string): Json =>
    Object.fromEntries(Object.entries(inputs).filter(([one]) => one !== key));
  const liveRoutes = async (id: string) => {
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
    return (RouteTables[0]?.Routes ?? [])
      .filter(({ GatewayId }) => GatewayId !== "local")
      .map(({ DestinationCidrBlock, GatewayId, NatGatewayId }) => [
        DestinationCidrBlock,
        GatewayId,
        NatGatewayId,
      ])
      .sort();
  };
});
