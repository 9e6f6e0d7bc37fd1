import assert from "node:assert/strict";
import { CreateNetworkInterfaceCommand } from "@aws-sdk/client-ec2";
import { eventually } from "../../automation/rotation/podNetwork";
import { preflightOf, titlesOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { exitOf, WorldView } from "./worldView";

describe("the world prefixes", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("prefixes");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("is told by preflight of whole prefixes, and that pods leave by their own addresses", async () => {
    const found = await preflightOf(record());
    assert.deepEqual(titlesOf(found, "PREFIX-BLOCKS"), [
      "ENABLE_PREFIX_DELEGATION is on, and the pod subnets get no reservations for prefixes",
    ]);
    assert.deepEqual(titlesOf(found, "SNAT-EXTERNAL"), [
      "AWS_VPC_K8S_CNI_EXTERNALSNAT is true: pods leave the VPC with their own addresses",
    ]);
    const reserved = await preflightOf(record(), { prefixReservations: true });
    assert.deepEqual(titlesOf(reserved, "PREFIX-BLOCKS"), []);
  });

  it("has one Ready node in each zone, with more pods than its ENIs have places", async () => {
    assert.deepEqual(await world.nodes(), [
      "us-west-2a Ready 110",
      "us-west-2b Ready 110",
      "us-west-2c Ready 110",
    ]);
  });

  it("has the add-on with every one of its settings, and nobody else's", async () => {
    const { configurationValues } = await world.vpcCni();
    assert.deepEqual(JSON.parse(configurationValues ?? "{}"), {
      env: {
        ENABLE_PREFIX_DELEGATION: "true",
        WARM_PREFIX_TARGET: "1",
        AWS_VPC_K8S_CNI_EXTERNALSNAT: "true",
        ENABLE_POD_ENI: "true",
        POD_SECURITY_GROUP_ENFORCING_MODE: "standard",
      },
      init: { env: { DISABLE_TCP_EARLY_DEMUX: "true" } },
    });
    assert.ok((await world.variablesOf("eks")).includes("ENABLE_PREFIX_DELEGATION"));
    assert.deepEqual(await world.variablesOf("kubectl-set"), []);
  });

  it("has pods in prefixes of their node's primary ENI: one in use, one warm", async () => {
    const ofNodes = async () =>
      (await world.networkInterfaces()).filter(({ Attachment }) => Attachment?.DeviceIndex === 0);
    // Pods don't wait for the warm one.
    await eventually("every node has two prefixes", async () =>
      (await ofNodes()).every(({ Ipv4Prefixes = [] }) => Ipv4Prefixes.length >= 2),
    );
    const primaries = await ofNodes();
    assert.equal(primaries.length, 3);
    const inPrefixes = new Set<string>();
    for (const { Ipv4Prefixes = [], PrivateIpAddresses = [] } of primaries) {
      assert.equal(Ipv4Prefixes.length, 2);
      assert.equal(PrivateIpAddresses.length, 1);
      for (const { Ipv4Prefix = "" } of Ipv4Prefixes) {
        const [first = ""] = Ipv4Prefix.split("/");
        const [network, host] = [first.replace(/\d+$/, ""), Number(/\d+$/.exec(first)?.[0])];
        for (let index = 0; index < 16; index += 1) inPrefixes.add(`${network}${host + index}`);
      }
    }
    const { items } = await world.core.listPodForAllNamespaces();
    const pods = items.filter(({ spec }) => spec?.hostNetwork !== true);
    assert.equal(pods.length, 14);
    for (const { status } of pods) assert.ok(inPrefixes.has(status?.podIP ?? ""), status?.podIP);
  });

  it("has a trunk in the last place of every node, and says how many branch ENIs it takes", async () => {
    await eventually("all nodes tell of their trunks", async () => {
      const { items } = await world.core.listNode();
      return items.every(({ metadata }) => metadata?.labels?.["vpc.amazonaws.com/has-trunk-attached"]);
    });
    const trunks = (await world.networkInterfaces()).filter(({ InterfaceType }) => InterfaceType === "trunk");
    assert.deepEqual(
      trunks.map(({ Attachment }) => Attachment?.DeviceIndex),
      [2, 2, 2],
    );
    for (const { metadata, status } of (await world.core.listNode()).items) {
      assert.equal(metadata?.labels?.["vpc.amazonaws.com/has-trunk-attached"], "true");
      assert.equal(status?.allocatable?.["vpc.amazonaws.com/pod-eni"], "9");
    }
  });

  it("has a route table with a NAT gateway for each node subnet", async () => {
    const tables = (await world.routeTables()).filter((table) => exitOf(table) === "nat");
    const associated = tables.flatMap(({ Associations = [] }) =>
      Associations.map(({ SubnetId }) => SubnetId),
    );
    assert.equal(tables.length, 3);
    assert.deepEqual(new Set(associated), new Set((await world.instances()).map(({ SubnetId }) => SubnetId)));
  });

  it("has one prefix left in its last zone, although most addresses are free", async () => {
    const subnet = (await world.subnets()).find(({ CidrBlock }) => CidrBlock === "10.40.1.0/25");
    const ask = (Ipv4PrefixCount: number) =>
      world.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet?.SubnetId, Ipv4PrefixCount }));
    await assert.rejects(ask(2), { name: "InsufficientCidrBlocks" });
    const { NetworkInterface } = await ask(1);
    assert.deepEqual(NetworkInterface?.Ipv4Prefixes, [{ Ipv4Prefix: "10.40.1.80/28" }]);
  });
});
