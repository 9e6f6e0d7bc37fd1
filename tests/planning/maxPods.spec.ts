import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  instanceTypeTable,
  lookUpInTable,
  nearestInstanceTypes,
  type InstanceType,
} from "../../planning/instanceType";
import { groupMaxPods, maxPods, type MaxPodsOptions } from "../../planning/maxPods";
import { anInstanceType } from "../support/arbitraries";
import { pathsOf, problemsOf } from "../support/problems";

const type = (name: string): InstanceType =>
  lookUpInTable(name) ?? assert.fail(`${name} is not in the table`);

describe("max pods: published numbers", () => {
  // type, ENIs, addresses, vCPU, then raw and capped for: plain, custom networking, prefixes, both.
  // prettier-ignore
  const table: [string, number, number, number, ...number[]][] = [
    ["t3.small", 3, 4, 2,        11, 11,   8, 8,     146, 110,   98, 98],
    ["t3.medium", 3, 6, 2,       17, 17,   12, 12,   242, 110,   162, 110],
    ["t3a.small", 2, 4, 2,       8, 8,     5, 5,     98, 98,     50, 50],
    ["m5.large", 3, 10, 2,       29, 29,   20, 20,   434, 110,   290, 110],
    ["m5.xlarge", 4, 15, 4,      58, 58,   44, 44,   898, 110,   674, 110],
    ["m5.8xlarge", 8, 30, 32,    234, 234, 205, 205, 3714, 250,  3250, 250],
    ["m5.metal", 15, 50, 96,     737, 250, 688, 250, 11762, 250, 10978, 250],
    ["m6i.4xlarge", 8, 30, 16,   234, 110, 205, 110, 3714, 110,  3250, 110],
    ["m7g.medium", 2, 4, 1,      8, 8,     5, 5,     98, 98,     50, 50],
    ["m7g.large", 3, 10, 2,      29, 29,   20, 20,   434, 110,   290, 110],
    ["c5.4xlarge", 8, 30, 16,    234, 110, 205, 110, 3714, 110,  3250, 110],
    ["c5.9xlarge", 8, 30, 36,    234, 234, 205, 205, 3714, 250,  3250, 250],
    ["r5.large", 3, 10, 2,       29, 29,   20, 20,   434, 110,   290, 110],
    ["p5.48xlarge", 2, 50, 192,  100, 100, 51, 51,   1570, 250,  786, 250],
    // Xen has no prefixes: the CNI falls back to single addresses.
    ["m4.large", 2, 10, 2,       20, 20,   11, 11,   20, 20,     11, 11],
  ];
  const modes: MaxPodsOptions[] = [
    {},
    { customNetworking: true },
    { prefixDelegation: true },
    { customNetworking: true, prefixDelegation: true },
  ];
  for (const [name, enis, ipv4PerEni, vcpus, ...numbers] of table) {
    it(`${name}: ${enis} ENIs of ${ipv4PerEni}, ${vcpus} vCPU: ${numbers.join(" ")}`, () => {
      const { enis: e, ipv4PerEni: l, vcpus: v } = type(name);
      assert.deepEqual([e, l, v], [enis, ipv4PerEni, vcpus]);
      const computed = modes.flatMap((mode) => [
        maxPods(type(name), { ...mode, uncapped: true }).maxPods,
        maxPods(type(name), mode).maxPods,
      ]);
      assert.deepEqual(computed, numbers);
    });
  }
});

describe("max pods", () => {
  it("explains itself step by step", () => {
    const options = { customNetworking: true, prefixDelegation: true, maxEni: 5, hostNetworkDaemonSets: 3 };
    assert.deepEqual(maxPods(type("m5.8xlarge"), options), {
      instanceType: "m5.8xlarge",
      maxPods: 250,
      enis: 8,
      ipv4PerEni: 30,
      podEnis: 4,
      addressMode: "prefix",
      podAddresses: 1856,
      capped: true,
      steps: [
        "8 ENIs on the default network card, 30 IPv4 addresses each",
        "MAX_ENI 5: 5 ENIs",
        "custom networking leaves the primary ENI to the node: 4 for pods",
        "4 x (30 - 1) prefixes x 16 = 1856 addresses for pods",
        "+ 5 hostNetwork pods (aws-node, kube-proxy, 3 more) = 1861",
        "capped at 250, recommended for 32 vCPU",
      ],
    });
  });

  it("takes MAX_ENI before custom networking, and never more ENIs than the type has", () => {
    assert.equal(maxPods(type("m5.xlarge"), { maxEni: 3, customNetworking: true }).maxPods, 30);
    assert.equal(maxPods(type("m5.xlarge"), { maxEni: 99 }).maxPods, 58);
  });

  it("says when prefixes are not possible", () => {
    const result = maxPods(type("m4.large"), { prefixDelegation: true });
    assert.equal(result.addressMode, "secondaryIp");
    assert.ok(result.steps.includes("prefix delegation is not possible on xen: single addresses instead"));
  });

  it("does prefixes on bare metal, where EC2 names no hypervisor", () => {
    assert.equal(maxPods(type("m5.metal"), { prefixDelegation: true }).addressMode, "prefix");
  });

  it("caps at 110 with 30 vCPU and at 250 with 31", () => {
    const big = (vcpus: number) => maxPods({ ...type("m5.metal"), vcpus }).maxPods;
    assert.deepEqual([big(30), big(31)], [110, 250]);
  });

  it("is not capped where the number is the cap itself", () => {
    const exactly = { ...type("m5.large"), enis: 4, ipv4PerEni: 28 };
    assert.deepEqual([maxPods(exactly).maxPods, maxPods(exactly).capped], [110, false]);
  });

  it("counts hostNetwork DaemonSets below the cap", () => {
    assert.equal(maxPods(type("m5.large"), { hostNetworkDaemonSets: 2 }).maxPods, 31);
    assert.equal(maxPods(type("c5.4xlarge"), { hostNetworkDaemonSets: 2 }).maxPods, 110);
  });

  it("refuses a type whose default card has one ENI, under custom networking only", () => {
    const [problem] = problemsOf(() => maxPods(type("hpc6id.32xlarge"), { customNetworking: true }));
    assert.match(problem?.reason ?? "", /hpc6id\.32xlarge has one ENI/);
    assert.equal(maxPods(type("hpc6id.32xlarge")).maxPods, 51);
  });

  it("refuses MAX_ENI 1 under custom networking, and numbers that are none", () => {
    assert.deepEqual(
      pathsOf(() => maxPods(type("m5.large"), { maxEni: 1, customNetworking: true })),
      ["maxEni"],
    );
    assert.deepEqual(
      pathsOf(() => maxPods(type("m5.large"), { maxEni: 0, hostNetworkDaemonSets: 1.5 })),
      ["maxEni", "hostNetworkDaemonSets"],
    );
  });

  it("gives a group the number of its smallest type", () => {
    const members = ["m5.large", "t3.small", "m5.xlarge"].map((name) => maxPods(type(name)));
    assert.equal(groupMaxPods(members), 11);
    assert.deepEqual(
      pathsOf(() => groupMaxPods([])),
      ["instanceTypes"],
    );
  });

  const options = fc.record(
    {
      customNetworking: fc.boolean(),
      prefixDelegation: fc.boolean(),
      maxEni: fc.integer({ min: 2, max: 20 }),
      hostNetworkDaemonSets: fc.integer({ min: 0, max: 20 }),
      uncapped: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const withTwoEnis = anInstanceType().filter(({ enis }) => enis >= 2);

  it("never falls when an ENI is added", () => {
    fc.assert(
      fc.property(withTwoEnis, options, (instance, asked) => {
        const more = { ...instance, enis: instance.enis + 1 };
        assert.ok(maxPods(more, asked).maxPods >= maxPods(instance, asked).maxPods);
      }),
    );
  });

  it("is never above its cap unless uncapped, and says so when the cap lowered it", () => {
    fc.assert(
      fc.property(withTwoEnis, options, (instance, asked) => {
        const result = maxPods(instance, asked);
        const raw = maxPods(instance, { ...asked, uncapped: true });
        const cap = instance.vcpus > 30 ? 250 : 110;
        assert.equal(raw.capped, false);
        assert.equal(result.capped, result.maxPods < raw.maxPods);
        assert.ok(asked.uncapped === true || result.maxPods <= cap);
      }),
    );
  });
});

describe("instance types", () => {
  it("are 700 or more, sorted, each with numbers that can be", () => {
    const types = [...instanceTypeTable().values()];
    assert.ok(types.length >= 700, `${types.length}`);
    const names = types.map(({ instanceType }) => instanceType);
    assert.deepEqual(names, [...new Set(names)].sort());
    for (const { instanceType, enis, ipv4PerEni, vcpus, hypervisor, bareMetal } of types) {
      assert.ok(enis >= 1 && ipv4PerEni >= 2 && vcpus >= 1, instanceType);
      assert.equal(hypervisor === null, bareMetal, instanceType);
    }
  });

  it("count the ENIs of the default network card, not of all cards", () => {
    assert.equal(type("p5.48xlarge").enis, 2);
    assert.equal(type("c6in.32xlarge").enis, 8);
  });

  it("offer the nearest names for one that is unknown", () => {
    assert.equal(nearestInstanceTypes("m5.larg")[0], "m5.large");
    assert.equal(nearestInstanceTypes("m55.large")[0], "m5.large");
    assert.equal(nearestInstanceTypes("M5.XLARGE")[0], "m5.xlarge");
  });
});
