import assert from "node:assert/strict";
import * as fc from "fast-check";
import { m5Large, PlayedNode } from "./playedNode";

const custom = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" };

describe("ipamd's pool, in the rows that the CNI publishes (t3.small, 3 ENIs of 4 addresses)", () => {
  const rows: [env: Record<string, string>, pods: number, interfaces: number, addresses: number][] = [
    [{ WARM_ENI_TARGET: "1" }, 0, 1, 3],
    [{ WARM_ENI_TARGET: "1" }, 5, 3, 9],
    [{ WARM_ENI_TARGET: "1" }, 9, 3, 9],
    [{ WARM_IP_TARGET: "1", MINIMUM_IP_TARGET: "1" }, 0, 1, 1],
    [{ WARM_IP_TARGET: "1", MINIMUM_IP_TARGET: "1" }, 5, 2, 6],
    [{ WARM_IP_TARGET: "1", MINIMUM_IP_TARGET: "1" }, 9, 3, 9],
    [{ WARM_IP_TARGET: "2", MINIMUM_IP_TARGET: "5" }, 0, 2, 5],
    [{ WARM_IP_TARGET: "2", MINIMUM_IP_TARGET: "5" }, 5, 3, 7],
    [{ WARM_IP_TARGET: "2", MINIMUM_IP_TARGET: "5" }, 9, 3, 9],
  ];
  for (const [env, pods, interfaces, addresses] of rows) {
    it(`has ${interfaces} ENIs and ${addresses} addresses for ${pods} pods with ${JSON.stringify(env)}`, () => {
      const node = new PlayedNode(env, { maxInterfaces: 3, addressesPerInterface: 4 });
      node.settle();
      for (let pod = 0; pod < pods; pod += 1) node.addPod();
      const { total, assigned } = node.pool.counts(node.now);
      assert.deepEqual(
        { interfaces: node.perInterface().length, total, assigned },
        { interfaces, total: addresses, assigned: pods },
      );
    });
  }

  it("has 60 addresses for 30 pods with a WARM_IP_TARGET of 30, and 32 with 2 above a minimum of 30", () => {
    const addresses = (env: Record<string, string>) => {
      const node = new PlayedNode(env, { maxInterfaces: 8, addressesPerInterface: 30 });
      for (let pod = 0; pod < 30; pod += 1) node.addPod();
      return node.pool.counts(node.now).total;
    };
    assert.equal(addresses({ WARM_IP_TARGET: "30" }), 60);
    assert.equal(addresses({ WARM_IP_TARGET: "2", MINIMUM_IP_TARGET: "30" }), 32);
  });
});

describe("ipamd under custom networking", () => {
  it("leaves the primary ENI of a new node without secondary addresses", () => {
    const node = new PlayedNode(custom, m5Large);
    node.settle();
    assert.deepEqual(node.perInterface(), [0, 9]);
    assert.deepEqual(node.steps, [{ kind: "attachInterface", blocks: 9 }]);
  });

  it("carries 18 pods on an m5.large and no more: the primary ENI has none", () => {
    const node = new PlayedNode(custom, m5Large);
    for (let pod = 0; pod < 25; pod += 1) node.addPod();
    assert.deepEqual(node.perInterface(), [0, 9, 9]);
    assert.equal(node.pool.counts(node.now).assigned, 18);
  });

  it("goes on handing out what the primary ENI had before the flag, and then takes another ENI", () => {
    const node = new PlayedNode({}, m5Large);
    node.settle();
    assert.deepEqual(node.perInterface(), [9]);
    node.restart(custom);
    const first = node.addPod();
    const primary = node.pool.blocksOf("eni-0");
    assert.ok(primary.includes(node.pool.addressOf(first) ?? ""));
    assert.deepEqual(node.perInterface(), [9, 9]);
    for (let pod = 1; pod < 10; pod += 1) node.addPod();
    assert.equal(node.pool.counts(node.now, "eni-0").assigned, 9);
    assert.equal(node.pool.counts(node.now, "eni-1").assigned, 1);
  });

  it("fills a secondary ENI from before the flag up, where it is, before it takes another one", () => {
    const node = new PlayedNode({ WARM_IP_TARGET: "3" }, m5Large);
    for (let pod = 0; pod < 8; pod += 1) node.addPod();
    assert.deepEqual(node.perInterface(), [9, 2]);
    node.restart({ ...custom, WARM_IP_TARGET: "8" });
    node.settle();
    assert.deepEqual(node.perInterface(), [9, 7]);
    assert.deepEqual(node.steps.at(-1), { kind: "assignBlocks", interfaceId: "eni-1", count: 5 });
  });
});

describe("ipamd's limits", () => {
  it("ends at max pods: no ENI is added once there are as many addresses", () => {
    const node = new PlayedNode({ WARM_ENI_TARGET: "3" }, { ...m5Large, maxPods: 10 });
    node.settle();
    assert.deepEqual(node.perInterface(), [9, 9]);
  });

  it("counts the primary ENI and those that it does not manage against MAX_ENI and the type's limit", () => {
    const capped = new PlayedNode({ WARM_ENI_TARGET: "5", MAX_ENI: "2" }, m5Large);
    capped.settle();
    assert.deepEqual(capped.perInterface(), [9, 9]);
    const shared = new PlayedNode({ WARM_ENI_TARGET: "5" }, { ...m5Large, unmanagedInterfaces: 1 });
    shared.settle();
    assert.deepEqual(shared.perInterface(), [9, 9]);
  });

  it("leaves a cordoned node as it is, unless AWS_MANAGE_ENIS_NON_SCHEDULABLE says otherwise", () => {
    const cordoned = new PlayedNode({}, { ...m5Large, isSchedulable: false });
    cordoned.settle();
    assert.deepEqual(cordoned.perInterface(), [0]);
    const managed = new PlayedNode(
      { AWS_MANAGE_ENIS_NON_SCHEDULABLE: "true" },
      { ...m5Large, isSchedulable: false },
    );
    managed.settle();
    assert.deepEqual(managed.perInterface(), [9]);
  });

  it("takes one ENI at a time with a WARM_ENI_TARGET of 0, when nothing is free any more", () => {
    const node = new PlayedNode({ WARM_ENI_TARGET: "0" }, m5Large);
    for (let pod = 0; pod < 8; pod += 1) node.addPod();
    assert.deepEqual(node.perInterface(), [9]);
    node.addPod();
    assert.deepEqual(node.perInterface(), [9, 9]);
  });
});

describe("addresses that cool down", () => {
  it("are no reason for more of them, and go back to EC2 like others", () => {
    const node = new PlayedNode({ WARM_IP_TARGET: "2" }, m5Large);
    const pods = Array.from({ length: 6 }, () => node.addPod());
    assert.deepEqual(node.perInterface(), [8]);
    for (const pod of pods.slice(4)) node.removePod(pod);
    node.steps.length = 0;
    node.settle();
    // Four are available, two of them cooling: two more than the target, and EC2 gets those back, cooling or not.
    assert.deepEqual(
      node.steps.map(({ kind }) => kind),
      ["unassignBlocks"],
    );
    const { total, assigned, available } = node.pool.counts(node.now);
    assert.deepEqual({ total, assigned, available }, { total: 6, assigned: 4, available: 2 });
  });

  it("are no reason for another ENI", () => {
    const node = new PlayedNode({ WARM_ENI_TARGET: "1" }, m5Large);
    node.settle();
    node.pool.assign("short-lived", node.now);
    node.removePod("short-lived");
    assert.equal(node.pool.counts(node.now).cooling, 1);
    node.settle();
    assert.deepEqual(node.perInterface(), [9]);
  });
});

describe("ipamd's way back", () => {
  it("frees an ENI that nobody uses, a minute old or more and none of its addresses cooling down", () => {
    const node = new PlayedNode({}, m5Large);
    const pods = Array.from({ length: 10 }, () => node.addPod());
    assert.deepEqual(node.perInterface(), [9, 9, 9]);
    for (const pod of pods) node.removePod(pod);
    node.wait(29);
    node.settle();
    assert.deepEqual(node.perInterface(), [9, 9, 9]);
    node.wait(2);
    node.settle();
    // No longer cooling, but the ENIs are half a minute old.
    assert.deepEqual(node.perInterface(), [9, 9, 9]);
    node.wait(30);
    node.settle();
    assert.deepEqual(node.perInterface(), [9]);
    assert.deepEqual(node.steps.slice(-2), [
      { kind: "detachInterface", interfaceId: "eni-1" },
      { kind: "detachInterface", interfaceId: "eni-2" },
    ]);
  });

  it("gives single addresses back with WARM_IP_TARGET, every 30 seconds at most", () => {
    const node = new PlayedNode({ WARM_IP_TARGET: "2" }, m5Large);
    const pods = Array.from({ length: 6 }, () => node.addPod());
    assert.deepEqual(node.perInterface(), [8]);
    for (const pod of pods.slice(3)) node.removePod(pod);
    node.wait(30);
    node.settle();
    assert.equal(node.pool.counts(node.now).total, 5);
    node.removePod(pods[2] ?? "");
    node.wait(30);
    node.settle();
    assert.equal(node.pool.counts(node.now).total, 5);
    node.wait(1);
    node.settle();
    assert.equal(node.pool.counts(node.now).total, 4);
  });

  it("never gives single addresses back with WARM_ENI_TARGET", () => {
    const node = new PlayedNode({}, { ...m5Large, maxInterfaces: 1 });
    const pods = Array.from({ length: 9 }, () => node.addPod());
    for (const pod of pods) node.removePod(pod);
    node.wait(3600);
    node.settle();
    assert.deepEqual(node.perInterface(), [9]);
  });
});

describe("ipamd, whatever happens", () => {
  const targets = fc.constantFrom("0", "1", "2", "5", "12");
  const env = fc.record(
    {
      WARM_ENI_TARGET: targets,
      WARM_IP_TARGET: targets,
      MINIMUM_IP_TARGET: targets,
      MAX_ENI: fc.constantFrom("1", "2", "9"),
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: fc.constantFrom("true", "false"),
    },
    { requiredKeys: [] },
  );
  type Act =
    | { kind: "add" }
    | { kind: "remove"; at: number }
    | { kind: "wait"; seconds: number }
    | { kind: "restart"; env: Record<string, string> };
  const act: fc.Arbitrary<Act> = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: "add" as const }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove" as const), at: fc.nat(30) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.nat(90) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const), env }) },
  );

  it("gives no address twice, none before it has cooled down, and stays within the type's limits", () => {
    fc.assert(
      fc.property(
        env,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 6 }),
        fc.array(act, { maxLength: 60 }),
        (first, maxInterfaces, addressesPerInterface, acts) => {
          const node = new PlayedNode(first, { maxInterfaces, addressesPerInterface, maxPods: 12 });
          const live: string[] = [];
          const releasedAt = new Map<string, number>();
          for (const one of acts) {
            if (one.kind === "add") {
              const uid = node.addPod();
              live.push(uid);
              const address = node.pool.addressOf(uid);
              const last = address === undefined ? undefined : releasedAt.get(address);
              if (last !== undefined)
                assert.ok(node.now - last >= 30_000, `${address ?? ""} had not cooled down`);
            } else if (one.kind === "remove") {
              const [uid] = live.splice(one.at % Math.max(live.length, 1), 1);
              const address = node.pool.addressOf(uid ?? "");
              if (uid !== undefined) node.removePod(uid);
              if (address !== undefined) releasedAt.set(address, node.now);
            } else if (one.kind === "wait") node.wait(one.seconds);
            else node.restart(one.env);
            node.settle();

            const given = [...node.pool.assignments().values()];
            assert.equal(new Set(given).size, given.length);
            assert.ok(node.perInterface().length <= maxInterfaces);
            assert.ok(node.perInterface().every((count) => count <= addressesPerInterface - 1));
            const { total, assigned, cooling, available } = node.pool.counts(node.now);
            assert.equal(assigned, given.length);
            assert.equal(available, total - assigned);
            assert.ok(cooling <= available);
          }
        },
      ),
    );
  });

  it("gives the primary ENI nothing under custom networking, and takes nothing from it that a pod has", () => {
    fc.assert(
      fc.property(env, fc.nat(30), fc.array(act, { maxLength: 40 }), (before, pods, acts) => {
        const node = new PlayedNode({ ...before, AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "false" }, m5Large);
        const live = Array.from({ length: pods }, () => node.addPod());
        node.restart({ ...before, ...custom });
        let had = node.pool.blocksOf("eni-0");
        for (const one of acts) {
          if (one.kind === "add") live.push(node.addPod());
          if (one.kind === "remove")
            node.removePod(live.splice(one.at % Math.max(live.length, 1), 1)[0] ?? "");
          if (one.kind === "wait") node.wait(one.seconds);
          const assigned = node.pool.assignments();
          node.settle();
          const has = node.pool.blocksOf("eni-0");
          assert.ok(has.every((address) => had.includes(address)));
          assert.deepEqual(node.pool.assignments(), assigned);
          had = has;
        }
      }),
    );
  });
});
