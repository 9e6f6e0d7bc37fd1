import assert from "node:assert/strict";
import { CreateNetworkInterfaceCommand } from "@aws-sdk/client-ec2";
import type { V1Pod } from "@kubernetes/client-node";
import { preflightOf, titlesOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { isReady, WorldView } from "./worldView";

describe("the world full-pod-subnet", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("full-pod-subnet");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const isWaiting = ({ status }: V1Pod) =>
    status?.containerStatuses?.[0]?.state?.waiting?.reason === "ContainerCreating";

  it("is told by preflight of the subnet that has no room for another ENI", async () => {
    const found = await preflightOf(record());
    assert.deepEqual(titlesOf(found, "POD-CAPACITY"), [
      "the subnet of ENIConfig us-west-2c, subnet (100.64.2.0/28), has 1 free address",
    ]);
    assert.deepEqual(titlesOf(found, "ENICONFIG-FOREIGN"), [
      "3 ENIConfigs with the name of a zone are there already",
    ]);
    assert.deepEqual(titlesOf(found, "POD-CIDR-TAKEN"), [
      "vpc has 100.64.0.0/16 already, and no pod subnet of ours is in it",
    ]);
  });

  it("has a pod subnet in zone c that one ENI has filled, but for an address", async () => {
    const subnet = (await world.subnets()).find(({ CidrBlock }) => CidrBlock === "100.64.2.0/28");
    assert.deepEqual([subnet?.AvailabilityZone, subnet?.AvailableIpAddressCount], ["us-west-2c", 1]);
    const inside = (await world.networkInterfaces()).filter(({ SubnetId }) => SubnetId === subnet?.SubnetId);
    assert.deepEqual(
      inside.map(({ PrivateIpAddresses = [] }) => PrivateIpAddresses.length),
      [10],
    );
  });

  it("is refused another ENI with addresses for pods there", async () => {
    const subnet = (await world.subnets()).find(({ CidrBlock }) => CidrBlock === "100.64.2.0/28");
    await assert.rejects(
      world.ec2.send(
        new CreateNetworkInterfaceCommand({ SubnetId: subnet?.SubnetId, SecondaryPrivateIpAddressCount: 9 }),
      ),
      { name: "InsufficientFreeAddressesInSubnet" },
    );
  });

  it("leaves the pods in ContainerCreating for which there is no address, while the node is Ready", async () => {
    assert.deepEqual(await world.nodes(), [
      "us-west-2a Ready 20",
      "us-west-2b Ready 20",
      "us-west-2c Ready 20",
    ]);
    await eventually("the pods without an address wait", async () => {
      const pods = await world.podsOf("media", "thumbnails");
      const waiting = pods.filter(isWaiting).length;
      // The ENI has nine addresses for pods, of which CoreDNS may have some.
      return waiting >= 3 && pods.filter(isReady).length + waiting === 12;
    });
    for (const { status } of (await world.podsOf("media", "thumbnails")).filter(isWaiting)) {
      assert.equal(status?.podIP, undefined);
    }
  });
});
