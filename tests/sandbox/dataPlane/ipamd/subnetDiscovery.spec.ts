import assert from "node:assert/strict";
import {
  discoveredSubnets,
  isExcluded,
  type ZoneSubnet,
} from "../../../../sandbox/dataPlane/ipamd/subnetDiscovery";
import { Ipamd } from "../../../../sandbox/dataPlane/ipamd/ipamd";
import { patienceOfIpamd } from "../../../../sandbox/dataPlane/ipamd/nextStep";
import { readIpamdSettings } from "../../../../sandbox/dataPlane/ipamd/settings";
import { limitsOf } from "../../../../sandbox/dataPlane/limitsOfInstanceType";
import { MemoryInterfaces } from "./memoryInterfaces";

const ROLE = "kubernetes.io/role/cni";
const today = { knowsExcludedSubnets: true, clusterName: "small" };
const before = { ...today, knowsExcludedSubnets: false };

function subnet(
  subnetId: string,
  tags: Record<string, string> = {},
  facts: Partial<ZoneSubnet> = {},
): ZoneSubnet {
  return { subnetId, vpcId: "vpc-1", availableAddresses: 100, tags, ...facts };
}

describe("the subnets that ipamd finds by their tags", () => {
  it("are the node's own and the tagged ones of its VPC, the emptiest first", () => {
    const subnets = [
      subnet("nodes", {}, { availableAddresses: 50 }),
      subnet("tagged", { [ROLE]: "1" }, { availableAddresses: 70 }),
      subnet("emptier", { [ROLE]: "yes" }, { availableAddresses: 90 }),
      subnet("untagged", { Name: "other" }),
      subnet("elsewhere", { [ROLE]: "1" }, { vpcId: "vpc-2" }),
    ];
    assert.deepEqual(discoveredSubnets("nodes", subnets, today), ["emptier", "tagged", "nodes"]);
  });

  it("are none of those whose tag says 0, and before 1.22.1 all that have it", () => {
    const subnets = [
      subnet("nodes", { [ROLE]: "0" }),
      subnet("pods", { [ROLE]: "1" }),
      subnet("no", { [ROLE]: "0" }),
    ];
    assert.deepEqual(discoveredSubnets("nodes", subnets, today), ["pods"]);
    assert.deepEqual(discoveredSubnets("nodes", subnets, before), ["nodes", "pods", "no"]);
    assert.equal(isExcluded("nodes", subnets, today), true);
    assert.equal(isExcluded("nodes", subnets, before), false);
    assert.equal(isExcluded("pods", subnets, today), false);
  });

  it("are for the clusters that their tags name", () => {
    const ours = { [ROLE]: "1", "cni.networking.k8s.aws/cluster/small": "shared" };
    const theirs = { [ROLE]: "1", "cni.networking.k8s.aws/cluster/other": "shared" };
    const subnets = [subnet("nodes"), subnet("ours", ours), subnet("theirs", theirs)];
    assert.deepEqual(discoveredSubnets("nodes", subnets, today), ["nodes", "ours"]);
    const nameless = { knowsExcludedSubnets: true, clusterName: undefined };
    assert.deepEqual(discoveredSubnets("nodes", subnets, nameless), ["nodes"]);
  });

  it("are the node's own alone where EC2 tells nothing", () => {
    assert.deepEqual(discoveredSubnets("nodes", [], today), ["nodes"]);
  });
});

describe("ipamd with tagged subnets", () => {
  const start = (
    interfaces: MemoryInterfaces,
    subnets: () => Promise<ZoneSubnet[]>,
    env: Record<string, string> = {},
  ) =>
    Ipamd.start(
      {
        settings: readIpamdSettings({ ...env, WARM_ENI_TARGET: "2" }),
        limits: limitsOf("m5.large"),
        maxPods: 29,
        addressesInUse: new Map(),
      },
      {
        interfaces,
        subnets,
        node: () => ({ labels: {}, annotations: {}, isSchedulable: true }),
        eniConfig: () => ({ subnetId: "configured", securityGroups: [] }),
        patience: patienceOfIpamd,
        now: () => 1_000_000,
        log: () => undefined,
      },
    );
  const node = (blocks: number, free: readonly [string, number][]) => {
    const interfaces = new MemoryInterfaces(new Map([["nodes", 100], ...free]));
    interfaces.place("nodes", blocks);
    return interfaces;
  };
  const tagged = () => Promise.resolve([subnet("nodes", { [ROLE]: "0" }), subnet("pods", { [ROLE]: "1" })]);

  it("leaves the primary ENI to the node where its subnet is excluded", async () => {
    const interfaces = node(0, [["pods", 100]]);
    const ipamd = await start(interfaces, tagged);
    await ipamd.settle(() => Promise.resolve());
    assert.deepEqual(interfaces.calls, ["attach pods", "attach pods"]);
  });

  it("goes on to the next subnet where one is full", async () => {
    const interfaces = node(9, [
      ["full", 5],
      ["pods", 100],
    ]);
    await start(interfaces, () =>
      Promise.resolve([
        subnet("nodes", {}, { availableAddresses: 1 }),
        subnet("full", { [ROLE]: "1" }, { availableAddresses: 300 }),
        subnet("pods", { [ROLE]: "1" }, { availableAddresses: 200 }),
      ]),
    );
    assert.deepEqual(interfaces.calls, ["attach full", "attach pods"]);
  });

  it("takes the node's own where DescribeSubnets is refused, and with discovery off", async () => {
    const refused = node(9, []);
    await start(refused, () => Promise.reject(new Error("UnauthorizedOperation")));
    assert.deepEqual(refused.calls, ["attach nodes"]);
    const off = node(9, [["pods", 100]]);
    await start(off, tagged, { ENABLE_SUBNET_DISCOVERY: "false" });
    assert.deepEqual(off.calls, ["attach nodes"]);
  });

  it("does not look at tags under custom networking", async () => {
    const interfaces = node(0, [
      ["pods", 100],
      ["configured", 100],
    ]);
    await start(interfaces, tagged, { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" });
    assert.deepEqual(interfaces.calls, ["attach configured"]);
  });
});
