import assert from "node:assert/strict";
import { DeleteRouteCommand, DescribeNatGatewaysCommand } from "@aws-sdk/client-ec2";
import { preflightOf, stopsOf, titlesOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { exitOf, WorldView } from "./worldView";

describe("the world shared-route-table", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("shared-route-table");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const privateTables = async () => {
    const ofNodes = new Set((await world.instances()).map(({ SubnetId }) => SubnetId));
    return (await world.routeTables()).filter(({ Associations = [] }) =>
      Associations.some(({ SubnetId }) => ofNodes.has(SubnetId)),
    );
  };

  it("is told by preflight of the table, and finds nothing wrong with it", async () => {
    const found = await preflightOf(record());
    assert.deepEqual(titlesOf(found, "ROUTES-SHARED"), [
      "the pods of us-west-2a, us-west-2b, us-west-2c share the route table rtb",
    ]);
    assert.deepEqual(stopsOf(found), []);
  });

  it("has one route table for the node subnets of three zones", async () => {
    const tables = await privateTables();
    assert.equal(tables.length, 1);
    const associated = tables[0]?.Associations?.map(({ SubnetId }) => SubnetId);
    const ofNodes = (await world.instances()).map(({ SubnetId }) => SubnetId);
    assert.equal(associated?.length, 3);
    assert.deepEqual(new Set(associated), new Set(ofNodes));
  });

  it("has one NAT gateway, in zone a, through which all zones leave", async () => {
    const [table] = await privateTables();
    const { NatGateways = [] } = await world.ec2.send(new DescribeNatGatewaysCommand({}));
    const subnets = new Map((await world.subnets()).map((one) => [one.SubnetId, one.AvailabilityZone]));
    assert.deepEqual(
      NatGateways.map(({ SubnetId }) => subnets.get(SubnetId)),
      ["us-west-2a"],
    );
    const exit = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
    assert.equal(exit?.NatGatewayId, NatGateways[0]?.NatGatewayId);
  });

  it("cuts every zone off with one change of that table", async () => {
    const [table] = await privateTables();
    assert.ok(table !== undefined);
    assert.equal(exitOf(table), "nat");
    await world.ec2.send(
      new DeleteRouteCommand({ RouteTableId: table.RouteTableId, DestinationCidrBlock: "0.0.0.0/0" }),
    );
    assert.deepEqual((await privateTables()).map(exitOf), ["none"]);
  });
});
