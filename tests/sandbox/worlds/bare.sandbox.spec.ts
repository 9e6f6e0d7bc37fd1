import assert from "node:assert/strict";
import { sandboxFixture } from "../../support/sandbox";
import { exitOf, WorldView } from "./worldView";

describe("the world bare", function () {
  this.timeout(60_000);
  const { record } = sandboxFixture("bare");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has one Ready node in each of three zones, with the pods of an m5.large", async () => {
    assert.deepEqual(await world.nodes(), [
      "us-west-2a Ready 29",
      "us-west-2b Ready 29",
      "us-west-2c Ready 29",
    ]);
  });

  it("runs aws-node and nothing else", async () => {
    const { items } = await world.core.listPodForAllNamespaces();
    assert.equal(items.length, 3);
    for (const { metadata } of items) assert.equal(metadata?.labels?.["k8s-app"], "aws-node");
  });

  it("has the CNI as managed add-on, and one variable that somebody set by hand", async () => {
    const addOn = await world.vpcCni();
    assert.deepEqual([addOn.status, addOn.addonVersion], ["ACTIVE", "v1.23.1-eksbuild.1"]);
    assert.equal(
      (JSON.parse(addOn.configurationValues ?? "{}") as { env: Record<string, string> }).env
        .AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS,
      "172.31.0.0/16",
    );
    assert.deepEqual(await world.variablesOf("kubectl-set"), ["AWS_VPC_K8S_CNI_LOGLEVEL"]);
  });

  it("has a route table with a NAT gateway for each node subnet", async () => {
    const tables = (await world.routeTables()).filter((table) => exitOf(table) === "nat");
    const associated = tables.map(({ Associations = [] }) => Associations.map(({ SubnetId }) => SubnetId));
    const nodeSubnets = new Set((await world.instances()).map(({ SubnetId }) => SubnetId));
    assert.equal(nodeSubnets.size, 3);
    assert.deepEqual(
      associated.map((ids) => ids.length),
      [1, 1, 1],
    );
    assert.deepEqual(new Set(associated.flat()), nodeSubnets);
  });
});
