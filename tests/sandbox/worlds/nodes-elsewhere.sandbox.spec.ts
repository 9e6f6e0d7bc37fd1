import assert from "node:assert/strict";
import { CreateNetworkInterfaceCommand, type Subnet } from "@aws-sdk/client-ec2";
import { findingsOf, preflightOf, stopsOf, withoutIds } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world nodes-elsewhere", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("nodes-elsewhere");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const linesOf = async (isWanted: (subnet: Subnet) => boolean) =>
    (await world.subnets())
      .filter(isWanted)
      .map(({ AvailabilityZone, CidrBlock }) => `${AvailabilityZone ?? ""} ${CidrBlock ?? ""}`)
      .sort();

  it("is told by preflight where the nodes are, and finds nothing wrong with it", async () => {
    const found = await preflightOf(record());
    const [finding, ...others] = findingsOf(found, "NODES-ELSEWHERE");
    assert.equal(finding?.title, "3 of 3 node subnets are none of the cluster's own");
    assert.deepEqual(finding.evidence.map(withoutIds), [
      "Nodes: subnet (10.8.0.0/25, us-west-2a), subnet (10.8.0.128/25, us-west-2b), subnet (10.8.1.0/25, us-west-2c)",
      "Control plane: subnet (10.8.254.0/28, us-west-2a), subnet (10.8.254.16/28, us-west-2b)",
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(stopsOf(found), []);
  });

  it("has the control plane alone in two subnets, and nodes in three others", async () => {
    const own = new Set((await world.cluster()).resourcesVpcConfig?.subnetIds);
    assert.deepEqual(await linesOf(({ SubnetId = "" }) => own.has(SubnetId)), [
      "us-west-2a 10.8.254.0/28",
      "us-west-2b 10.8.254.16/28",
    ]);
    const ofNodes = new Set((await world.instances()).map(({ SubnetId }) => SubnetId));
    assert.deepEqual(await linesOf(({ SubnetId }) => ofNodes.has(SubnetId)), [
      "us-west-2a 10.8.0.0/25",
      "us-west-2b 10.8.0.128/25",
      "us-west-2c 10.8.1.0/25",
    ]);
  });

  it("has a node in a zone of which the cluster's subnets say nothing", async () => {
    const own = new Set((await world.cluster()).resourcesVpcConfig?.subnetIds);
    const zones = (await linesOf(({ SubnetId = "" }) => own.has(SubnetId))).map((line) => line.split(" ")[0]);
    const nodes = (await world.nodes()).map((line) => line.split(" ")[0] ?? "");
    assert.deepEqual(
      nodes.filter((zone) => !zones.includes(zone)),
      ["us-west-2c"],
    );
  });

  it("is refused a node's ENI in the cluster's own subnet", async () => {
    const [SubnetId] = (await world.cluster()).resourcesVpcConfig?.subnetIds ?? [];
    const launch = () =>
      world.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, SecondaryPrivateIpAddressCount: 9 }));
    // One node fits; EKS needs the rest for the control plane's upgrades.
    await launch();
    await assert.rejects(launch(), { name: "InsufficientFreeAddressesInSubnet" });
  });
});
