import assert from "node:assert/strict";
import * as fc from "fast-check";
import { lookUpInTable } from "../../planning/instanceType";
import { maxPods, type MaxPodsOptions } from "../../planning/maxPods";
import { addressesOfFixedPool, nodeAddresses, type WarmTargets } from "../../planning/warmPool";
import { anInstanceType } from "../support/arbitraries";
import { playIpamd } from "../support/ipamd";

const node = (name: string, options: MaxPodsOptions = {}) =>
  maxPods(lookUpInTable(name) ?? assert.fail(name), options);

describe("warm pool: the tables of the CNI's documentation", () => {
  // docs/eni-and-ip-target.md: type, targets, pods, ENIs, attached addresses.
  const warmEni = { warmEniTarget: 1 };
  const rows: [string, WarmTargets, number, number, number][] = [
    ["t3.small", warmEni, 0, 1, 3],
    ["t3.small", warmEni, 5, 3, 9],
    ["t3.small", warmEni, 9, 3, 9],
    ["t3.small", { warmIpTarget: 1, minimumIpTarget: 1 }, 0, 1, 1],
    ["t3.small", { warmIpTarget: 1, minimumIpTarget: 1 }, 5, 2, 6],
    ["t3.small", { warmIpTarget: 1, minimumIpTarget: 1 }, 9, 3, 9],
    ["t3.small", { warmIpTarget: 2, minimumIpTarget: 5 }, 0, 2, 5],
    ["t3.small", { warmIpTarget: 2, minimumIpTarget: 5 }, 5, 3, 7],
    ["t3.small", { warmIpTarget: 2, minimumIpTarget: 5 }, 9, 3, 9],
    ["p3dn.24xlarge", warmEni, 0, 1, 49],
    ["p3dn.24xlarge", warmEni, 3, 2, 98],
    ["p3dn.24xlarge", warmEni, 95, 3, 147],
    ["p3dn.24xlarge", { warmIpTarget: 5, minimumIpTarget: 10 }, 0, 1, 10],
    ["p3dn.24xlarge", { warmIpTarget: 5, minimumIpTarget: 10 }, 7, 1, 12],
    ["p3dn.24xlarge", { warmIpTarget: 5, minimumIpTarget: 10 }, 15, 1, 20],
    ["p3dn.24xlarge", { warmIpTarget: 5, minimumIpTarget: 10 }, 45, 2, 50],
    // README.md, on WARM_IP_TARGET and MINIMUM_IP_TARGET with 30 pods.
    ["p3dn.24xlarge", { warmIpTarget: 30 }, 30, 2, 60],
    ["p3dn.24xlarge", { warmIpTarget: 2, minimumIpTarget: 30 }, 30, 1, 32],
  ];
  for (const [type, targets, pods, enis, addresses] of rows) {
    it(`${type} ${JSON.stringify(targets)}, ${pods} pods: ${enis} ENIs, ${addresses} addresses`, () => {
      const held = nodeAddresses(node(type), pods, targets);
      assert.deepEqual([held.activeEnis + held.warmEnis, held.activeIps + held.warmIps], [enis, addresses]);
      assert.equal(held.subnetAddresses, enis + addresses);
    });
  }

  // docs/prefix-and-ip-target.md: targets, pods, ENIs, prefixes, unused addresses.
  const prefixRows: [WarmTargets, number, number, number, number][] = [
    [{ warmPrefixTarget: 1 }, 0, 1, 1, 16],
    [{ warmPrefixTarget: 1 }, 5, 1, 2, 27],
    [{ warmPrefixTarget: 1 }, 16, 1, 2, 16],
    [{ warmPrefixTarget: 1 }, 17, 1, 3, 31],
    [{ warmPrefixTarget: 1 }, 58, 2, 5, 22],
    [{ warmIpTarget: 1, minimumIpTarget: 1 }, 0, 1, 1, 16],
    [{ warmIpTarget: 1, minimumIpTarget: 1 }, 5, 1, 1, 11],
    [{ warmIpTarget: 1, minimumIpTarget: 1 }, 17, 1, 2, 15],
    [{ warmIpTarget: 1, minimumIpTarget: 1 }, 58, 2, 4, 6],
    [{ warmIpTarget: 7, minimumIpTarget: 20 }, 5, 1, 2, 27],
    [{ warmIpTarget: 7, minimumIpTarget: 20 }, 17, 1, 2, 15],
    [{ warmIpTarget: 7, minimumIpTarget: 20 }, 58, 2, 5, 22],
    [{ warmIpTarget: 16 }, 0, 1, 1, 16],
    [{ warmIpTarget: 16 }, 1, 1, 2, 31],
  ];
  for (const [targets, pods, enis, prefixes, unused] of prefixRows) {
    it(`t3.small with prefixes ${JSON.stringify(targets)}, ${pods} pods: ${enis} ENIs, ${prefixes} prefixes`, () => {
      const held = nodeAddresses(node("t3.small", { prefixDelegation: true }), pods, targets);
      assert.deepEqual(
        [held.activeEnis + held.warmEnis, held.prefixes, held.warmIps],
        [enis, prefixes, unused],
      );
      assert.equal(held.subnetAddresses, 16 * prefixes + enis);
    });
  }
});

describe("warm pool", () => {
  it("tells active from warm", () => {
    assert.deepEqual(nodeAddresses(node("m5.xlarge", { customNetworking: true }), 15, {}), {
      activeIps: 15,
      warmIps: 27,
      activeEnis: 2,
      warmEnis: 1,
      prefixes: 0,
      subnetAddresses: 45,
    });
  });

  it("uses the targets that the CNI has by itself when none is given", () => {
    assert.deepEqual(
      nodeAddresses(node("m5.large"), 5, {}),
      nodeAddresses(node("m5.large"), 5, { warmEniTarget: 1 }),
    );
    const prefixes = node("m5.large", { prefixDelegation: true });
    assert.deepEqual(nodeAddresses(prefixes, 5, {}), nodeAddresses(prefixes, 5, { warmPrefixTarget: 1 }));
  });

  it("takes an IP target of 0 for none", () => {
    const zero = { warmIpTarget: 0, minimumIpTarget: 0, warmEniTarget: 2 };
    assert.deepEqual(
      nodeAddresses(node("m5.xlarge"), 5, zero),
      nodeAddresses(node("m5.xlarge"), 5, { warmEniTarget: 2 }),
    );
  });

  it("stops growing once there are as many addresses as the node may run pods", () => {
    const capped = node("m6i.4xlarge", { customNetworking: true });
    assert.equal(capped.maxPods, 110);
    // 4 ENIs of 29 are 116 addresses; one more ENI would follow without max pods.
    assert.equal(nodeAddresses(capped, 100, { warmEniTarget: 1 }).subnetAddresses, 120);
    assert.equal(nodeAddresses(capped, 100, { warmEniTarget: 1 }, 205).subnetAddresses, 150);
  });

  it("stops growing by prefixes alike, but for the warm ones that it starts with", () => {
    const capped = node("m5.large", { prefixDelegation: true });
    assert.equal(capped.maxPods, 110);
    // 7 prefixes are 112 addresses; an eighth would be the warm one.
    assert.equal(nodeAddresses(capped, 108, { warmPrefixTarget: 1 }).prefixes, 7);
    assert.equal(nodeAddresses(capped, 108, { warmPrefixTarget: 1 }, 434).prefixes, 8);
    assert.equal(nodeAddresses(capped, 0, { warmPrefixTarget: 8 }).prefixes, 8);
    assert.equal(nodeAddresses(capped, 108, { warmIpTarget: 16 }).prefixes, 7);
  });

  it("knows pools that never grow", () => {
    const plain = node("m5.large");
    assert.equal(addressesOfFixedPool(plain, { minimumIpTarget: 10 }), 10);
    assert.equal(addressesOfFixedPool(plain, { minimumIpTarget: 500 }), 27);
    assert.equal(
      addressesOfFixedPool(node("m5.large", { prefixDelegation: true }), { minimumIpTarget: 10 }),
      16,
    );
    assert.equal(addressesOfFixedPool(plain, { minimumIpTarget: 10, warmIpTarget: 1 }), Infinity);
    assert.equal(addressesOfFixedPool(plain, {}), Infinity);
  });

  it("agrees with the CNI's own loop, pod by pod", () => {
    fc.assert(
      fc.property(
        anInstanceType().filter(({ enis }) => enis > 1),
        fc.record({ customNetworking: fc.boolean(), prefixDelegation: fc.boolean() }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.record({
          warmEniTarget: fc.integer({ min: 0, max: 3 }),
          warmIpTarget: fc.integer({ min: 0, max: 8 }),
          minimumIpTarget: fc.integer({ min: 0, max: 8 }),
          warmPrefixTarget: fc.integer({ min: 0, max: 3 }),
        }),
        (type, options, share, wanted) => {
          const computed = maxPods(type, options);
          const slotsPerEni = type.ipv4PerEni - 1;
          const most = Math.min(computed.podAddresses, computed.maxPods - 2);
          const pods = Math.floor(share * most);
          // A target that one ENI can't hold is filled ENI by ENI, and may stop in between; nobody sets such a one.
          const targets = {
            ...wanted,
            warmPrefixTarget: Math.min(wanted.warmPrefixTarget, slotsPerEni),
            warmIpTarget: Math.min(wanted.warmIpTarget, slotsPerEni),
            minimumIpTarget: Math.min(wanted.minimumIpTarget, slotsPerEni),
          };
          // With a minimum alone the pool stays at it for ever, and pods beyond it have none: not a state to size.
          fc.pre(
            targets.warmIpTarget > 0 || targets.minimumIpTarget === 0 || pods <= targets.minimumIpTarget,
          );
          const prefixDelegation = computed.addressMode === "prefix";
          const simulated = playIpamd(
            { enis: computed.podEnis, slotsPerEni, prefixDelegation, maxPods: computed.maxPods },
            pods,
            targets,
          );
          const held = nodeAddresses(computed, pods, targets);
          assert.deepEqual(
            {
              enis: held.activeEnis + held.warmEnis,
              units: prefixDelegation ? held.prefixes : held.activeIps + held.warmIps,
            },
            simulated,
          );
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it("never holds fewer addresses for more pods", () => {
    fc.assert(
      fc.property(anInstanceType(), fc.boolean(), fc.nat({ max: 3 }), (type, prefixDelegation, warm) => {
        const computed = maxPods(type, { prefixDelegation });
        const targets = { warmEniTarget: warm, warmPrefixTarget: warm };
        let before = 0;
        for (let pods = 0; pods <= Math.min(computed.podAddresses, computed.maxPods - 2); pods++) {
          const { subnetAddresses } = nodeAddresses(computed, pods, targets);
          assert.ok(subnetAddresses >= before);
          before = subnetAddresses;
        }
      }),
    );
  });
});
