import assert from "node:assert/strict";
import { RunInstancesCommand } from "@aws-sdk/client-ec2";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world full-node-subnets", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("full-node-subnets");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const nodeSubnets = async () =>
    (await world.subnets()).filter(({ CidrBlock }) => CidrBlock?.endsWith("/27") === true);

  it("is told by preflight that no node can come before an old one goes", async () => {
    const found = findingsOf(await preflightOf(record()), "NODE-ADDRESSES");
    assert.deepEqual(
      found.map(({ level, title }) => `${level}: ${title}`),
      ["a", "b", "c"].map(
        (letter) =>
          `stop: the node subnets of us-west-2${letter} have no free address: no new node can come before an old one goes`,
      ),
    );
  });

  it("has a Ready node in each zone", async () => {
    assert.deepEqual(await world.nodes(), [
      "us-west-2a Ready 29",
      "us-west-2b Ready 29",
      "us-west-2c Ready 29",
    ]);
  });

  it("has no address left in any subnet with nodes", async () => {
    assert.deepEqual(
      (await nodeSubnets())
        .map((one) => `${one.CidrBlock ?? ""} ${one.AvailableIpAddressCount ?? ""}`)
        .sort(),
      ["10.8.0.0/27 0", "10.8.0.32/27 0", "10.8.0.64/27 0"],
    );
  });

  it("has no room for one more node in any of them", async () => {
    for (const { SubnetId } of await nodeSubnets()) {
      await assert.rejects(
        world.ec2.send(
          new RunInstancesCommand({ InstanceType: "m5.large", SubnetId, MinCount: 1, MaxCount: 1 }),
        ),
        { name: "InsufficientFreeAddressesInSubnet" },
      );
    }
  });
});
