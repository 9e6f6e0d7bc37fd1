import assert from "node:assert/strict";
import { AddressPool } from "../../../../sandbox/dataPlane/ipamd/addressPool";
import { Ipamd } from "../../../../sandbox/dataPlane/ipamd/ipamd";
import { patienceOfIpamd } from "../../../../sandbox/dataPlane/ipamd/nextStep";
import { readIpamdSettings } from "../../../../sandbox/dataPlane/ipamd/settings";
import { limitsOf } from "../../../../sandbox/dataPlane/limitsOfInstanceType";
import { MemoryInterfaces } from "./memoryInterfaces";
import { m5Large, PlayedNode } from "./playedNode";

const prefixes = { ENABLE_PREFIX_DELEGATION: "true" };
const custom = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" };
const t3Small = { maxInterfaces: 3, addressesPerInterface: 4, maxPods: 110 };

describe("ipamd's pool of prefixes, in the rows that the CNI publishes (t3.small, 3 ENIs of 3 prefixes)", () => {
  const rows: [
    env: Record<string, string>,
    pods: number,
    interfaces: number,
    prefixes: number,
    free: number,
  ][] = [
    [{ WARM_PREFIX_TARGET: "1" }, 0, 1, 1, 16],
    [{ WARM_PREFIX_TARGET: "1" }, 5, 1, 2, 27],
    [{ WARM_PREFIX_TARGET: "1" }, 16, 1, 2, 16],
    [{ WARM_PREFIX_TARGET: "1" }, 17, 1, 3, 31],
    [{ WARM_PREFIX_TARGET: "1" }, 58, 2, 5, 22],
    [{ WARM_IP_TARGET: "1", MINIMUM_IP_TARGET: "1" }, 0, 1, 1, 16],
    [{ WARM_IP_TARGET: "1", MINIMUM_IP_TARGET: "1" }, 5, 1, 1, 11],
    [{ WARM_IP_TARGET: "1", MINIMUM_IP_TARGET: "1" }, 17, 1, 2, 15],
    [{ WARM_IP_TARGET: "1", MINIMUM_IP_TARGET: "1" }, 58, 2, 4, 6],
    [{ WARM_IP_TARGET: "7", MINIMUM_IP_TARGET: "20" }, 5, 1, 2, 27],
    [{ WARM_IP_TARGET: "7", MINIMUM_IP_TARGET: "20" }, 17, 1, 2, 15],
    [{ WARM_IP_TARGET: "7", MINIMUM_IP_TARGET: "20" }, 58, 2, 5, 22],
  ];
  for (const [env, pods, interfaces, count, free] of rows) {
    it(`has ${count} prefixes on ${interfaces} ENIs for ${pods} pods with ${JSON.stringify(env)}`, () => {
      const node = new PlayedNode({ ...prefixes, ...env }, t3Small);
      node.settle();
      for (let pod = 0; pod < pods; pod += 1) node.addPod();
      const { assigned, available } = node.pool.counts(node.now);
      assert.deepEqual(
        { interfaces: node.perInterface().length, prefixes: node.pool.totalPrefixes(), assigned, available },
        { interfaces, prefixes: count, assigned: pods, available: free },
      );
    });
  }

  it("has two prefixes for the first pod with a WARM_IP_TARGET of 16", () => {
    const node = new PlayedNode({ ...prefixes, WARM_IP_TARGET: "16" }, t3Small);
    node.addPod();
    assert.equal(node.pool.totalPrefixes(), 2);
  });
});

describe("ipamd with prefixes", () => {
  it("gives a pod every address of a prefix, the first and the last included", () => {
    const pool = new AddressPool(30_000, "prefix");
    pool.addInterface({ interfaceId: "eni-0", deviceIndex: 0, since: 0 }, ["100.64.3.240/28"]);
    const given = Array.from({ length: 17 }, (_, pod) => pool.assign(`pod-${pod}`, 0));
    assert.equal(given[0], "100.64.3.240");
    assert.equal(given[15], "100.64.3.255");
    assert.equal(given[16], undefined);
  });

  it("leaves the primary ENI of a new node without prefixes under custom networking", () => {
    const node = new PlayedNode({ ...prefixes, ...custom, WARM_PREFIX_TARGET: "1" }, m5Large);
    node.settle();
    assert.deepEqual(node.steps, [{ kind: "attachInterface", blocks: 1 }]);
    assert.deepEqual(node.perInterface(), [0, 1]);
  });

  it("stops at max pods, however many more a target would want", () => {
    const node = new PlayedNode({ ...prefixes, WARM_PREFIX_TARGET: "9" }, { ...m5Large, maxPods: 29 });
    node.settle();
    assert.deepEqual(node.perInterface(), [9]);
    const tight = new PlayedNode({ ...prefixes, WARM_PREFIX_TARGET: "1" }, { ...m5Large, maxPods: 29 });
    for (let pod = 0; pod < 27; pod += 1) tight.addPod();
    assert.deepEqual(tight.perInterface(), [2]);
  });

  it("gives a prefix back that is more than the target, half a minute after the last, and none that is in use", () => {
    const node = new PlayedNode({ ...prefixes, WARM_PREFIX_TARGET: "1" }, { ...m5Large, maxPods: 110 });
    const pods = Array.from({ length: 17 }, () => node.addPod());
    assert.deepEqual(node.perInterface(), [3]);
    for (const pod of pods.slice(1)) node.removePod(pod);
    node.wait(31);
    node.settle();
    assert.deepEqual(node.perInterface(), [2]);
    assert.equal(node.pool.counts(node.now).assigned, 1);
  });

  it("frees an ENI whose prefixes nobody needs, and keeps the last warm one", () => {
    const node = new PlayedNode(
      { ...prefixes, WARM_PREFIX_TARGET: "1" },
      { maxInterfaces: 3, addressesPerInterface: 2, maxPods: 110 },
    );
    const pods = Array.from({ length: 17 }, () => node.addPod());
    assert.deepEqual(node.perInterface(), [1, 1, 1]);
    for (const pod of pods) node.removePod(pod);
    node.wait(61);
    node.settle();
    // The primary ENI's prefix went first, so the warm one is on the last ENI, and the one between them is free.
    assert.deepEqual(node.perInterface(), [0, 1]);
  });
});

/** ipamd of an instance in a zone whose ENIConfig has security groups of its own. */
function start(
  type: string,
  interfaces: MemoryInterfaces,
  env: Record<string, string>,
  addressesInUse = new Map<string, string>(),
  lines: string[] = [],
): Promise<Ipamd> {
  return Ipamd.start(
    { settings: readIpamdSettings(env), limits: limitsOf(type), maxPods: 110, addressesInUse },
    {
      interfaces,
      subnets: () => Promise.resolve([]),
      node: () => ({ labels: {}, annotations: {}, isSchedulable: true }),
      eniConfig: () => ({ subnetId: "subnet-pods", securityGroups: ["sg-pods"] }),
      patience: patienceOfIpamd,
      now: () => 1_000_000,
      log: (line) => lines.push(line),
    },
  );
}

describe("ipamd when ENABLE_PREFIX_DELEGATION has changed", () => {
  const oldNode = () => {
    const interfaces = new MemoryInterfaces(new Map([["subnet-nodes", 500]]));
    return { interfaces, primary: interfaces.place("subnet-nodes", 4) };
  };

  it("gives single addresses back that no pod has, keeps the others, and gives pods of prefixes only", async () => {
    const { interfaces, primary } = oldNode();
    const [used = "", ...unused] = primary.secondaryAddresses;
    const env = { ...prefixes, WARM_PREFIX_TARGET: "1" };
    const ipamd = await start("m5.large", interfaces, env, new Map([["pod", used]]));
    assert.deepEqual(interfaces.calls, [`unassign eni-0 ${unused.join(" ")}`, "assign eni-0 1"]);
    assert.deepEqual(ipamd.pool.blocksOf("eni-0"), [used, "10.8.1.0/28"]);
    assert.equal(ipamd.pool.addressOf("pod"), used);
    assert.equal(ipamd.pool.assign("new", 1_000_000), "10.8.1.0");
  });

  it("gives prefixes back that no pod has when it is turned off", async () => {
    const interfaces = new MemoryInterfaces(new Map([["subnet-nodes", 500]]));
    interfaces.place("subnet-nodes", 2, "prefix");
    const ipamd = await start("m5.large", interfaces, {}, new Map([["pod", "10.8.2.7"]]));
    assert.deepEqual(interfaces.calls, ["unassign eni-0 10.8.1.0/28", "assign eni-0 8"]);
    assert.equal(ipamd.pool.addressOf("pod"), "10.8.2.7");
  });

  it("goes on with single addresses on a type without Nitro", async () => {
    const interfaces = new MemoryInterfaces(new Map([["subnet-nodes", 500]]));
    interfaces.place("subnet-nodes", 0);
    const ipamd = await start("m4.large", interfaces, { ...prefixes, WARM_PREFIX_TARGET: "1" });
    assert.equal(ipamd.pool.kind, "address");
    assert.deepEqual(interfaces.calls, ["assign eni-0 9"]);
  });
});

describe("ipamd in a subnet without a whole prefix left", () => {
  it("waits for two minutes, and says InsufficientCidrBlocks", async () => {
    const interfaces = new MemoryInterfaces(
      new Map([
        ["subnet-nodes", 10],
        ["subnet-pods", 15],
      ]),
    );
    interfaces.place("subnet-nodes", 0);
    const lines: string[] = [];
    const env = { ...prefixes, ...custom, WARM_PREFIX_TARGET: "1" };
    await assert.rejects(start("m5.large", interfaces, env, new Map(), lines), {
      message:
        "Failed to attach any ENIs for custom networking: InsufficientCidrBlocks: subnet-pods has no prefix left",
    });
    assert.deepEqual(interfaces.calls, ["attach subnet-pods"]);
    assert.deepEqual(lines, ["attachInterface: InsufficientCidrBlocks: subnet-pods has no prefix left"]);
  });
});

describe("security groups of a new ENI", () => {
  it("are the ENIConfig's under custom networking, and the primary ENI's without", async () => {
    const roomy = () =>
      new MemoryInterfaces(
        new Map([
          ["subnet-nodes", 500],
          ["subnet-pods", 500],
        ]),
      );
    const groupsWith = async (env: Record<string, string>) => {
      const interfaces = roomy();
      interfaces.place("subnet-nodes", 9);
      await start("m5.large", interfaces, { ...env, WARM_ENI_TARGET: "2" });
      return interfaces.groups;
    };
    assert.deepEqual(await groupsWith(custom), [["sg-pods"]]);
    assert.deepEqual(await groupsWith({}), [["sg-node"]]);
  });
});

describe("security groups for pods", () => {
  const node = () => {
    const interfaces = new MemoryInterfaces(
      new Map([
        ["subnet-nodes", 500],
        ["subnet-pods", 500],
      ]),
    );
    interfaces.place("subnet-nodes", 0);
    return interfaces;
  };

  it("keep a place free for the trunk: one ENI less for other pods, with custom networking one", () => {
    const waiting = { ...m5Large, awaitsTrunk: true };
    const plain = new PlayedNode({ WARM_ENI_TARGET: "9" }, waiting);
    plain.settle();
    assert.deepEqual(plain.perInterface(), [9, 9]);
    const moved = new PlayedNode({ ...custom, WARM_ENI_TARGET: "9" }, waiting);
    moved.settle();
    assert.deepEqual(moved.perInterface(), [0, 9]);
  });

  it("have the trunk beside the primary ENI, and it gives other pods nothing", async () => {
    const interfaces = node();
    const ipamd = await start("m5.large", interfaces, { ENABLE_POD_ENI: "true", WARM_ENI_TARGET: "9" });
    assert.deepEqual(interfaces.calls, ["assign eni-0 9"]);
    await ipamd.settle(() => Promise.resolve());
    assert.deepEqual(ipamd.trunkPlacement(), { subnetId: "subnet-nodes", securityGroups: ["sg-node"] });
    ipamd.addTrunk({ ...interfaces.place("subnet-nodes", 0), isTrunk: true });
    assert.equal(ipamd.trunkPlacement(), undefined);
    await ipamd.settle(() => Promise.resolve());
    assert.deepEqual(
      ipamd.pool.interfaces().map(({ interfaceId }) => ipamd.pool.blocksOf(interfaceId).length),
      [9, 9, 0],
    );
  });

  it("have the trunk in the ENIConfig's subnet, unless that is the one called default", async () => {
    const env = { ...custom, ENABLE_POD_ENI: "true" };
    const nameless = await start("m5.large", node(), env);
    assert.deepEqual(nameless.trunkPlacement(), { subnetId: "subnet-nodes", securityGroups: ["sg-node"] });
    const interfaces = node();
    const named = await Ipamd.start(
      {
        settings: readIpamdSettings(env),
        limits: limitsOf("m5.large"),
        maxPods: 110,
        addressesInUse: new Map(),
      },
      {
        interfaces,
        subnets: () => Promise.resolve([]),
        node: () => ({
          labels: { "k8s.amazonaws.com/eniConfig": "us-west-2a" },
          annotations: {},
          isSchedulable: true,
        }),
        eniConfig: () => ({ subnetId: "subnet-pods", securityGroups: [] }),
        patience: patienceOfIpamd,
        now: () => 1_000_000,
        log: () => undefined,
      },
    );
    assert.deepEqual(named.trunkPlacement(), { subnetId: "subnet-pods", securityGroups: ["sg-node"] });
  });

  it("have no trunk on a type that can have no branch ENIs, nor where all places are taken", async () => {
    const t3 = await start("t3.small", node(), { ENABLE_POD_ENI: "true" });
    assert.equal(t3.trunkPlacement(), undefined);
    const full = node();
    full.place("subnet-nodes", 9);
    full.place("subnet-nodes", 9);
    const ipamd = await start("m5.large", full, { ENABLE_POD_ENI: "true" });
    assert.equal(ipamd.trunkPlacement(), undefined);
  });
});
