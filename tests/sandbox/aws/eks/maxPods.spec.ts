import assert from "node:assert/strict";
import { managedMaxPods } from "../../../../sandbox/aws/eks/maxPods";

describe("max pods of a managed node group", () => {
  const types = {
    "t3.small": [3, 4, 2, true],
    "m4.large": [2, 10, 2, false],
    "m5.large": [3, 10, 2, true],
    "m5.xlarge": [4, 15, 4, true],
    "m5.8xlarge": [8, 30, 32, true],
    "m5.metal": [15, 50, 96, false],
    "p5.48xlarge": [2, 50, 192, true],
  } as const;
  const limits = (instanceType: keyof typeof types) => {
    const [enis, ipv4PerEni, vcpus, nitro] = types[instanceType];
    return { instanceType, enis, ipv4PerEni, vcpus, nitro, architecture: "x86_64" as const };
  };
  const custom = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" };
  const prefixes = { ENABLE_PREFIX_DELEGATION: "true" };

  const rows: [keyof typeof types, Record<string, string>, number][] = [
    ["m5.large", {}, 29],
    ["m5.large", custom, 20],
    ["m5.large", prefixes, 110],
    ["m5.large", { ...custom, ...prefixes }, 110],
    ["t3.small", { ...custom, ...prefixes }, 98],
    ["m5.xlarge", custom, 44],
    ["m5.xlarge", { ...custom, MAX_ENI: "3" }, 30],
    ["m5.xlarge", { ...custom, MAX_ENI: "0" }, 44],
    ["m5.8xlarge", {}, 234],
    ["m5.8xlarge", prefixes, 250],
    // Xen has no prefixes; the calculator doesn't see that bare metal has.
    ["m4.large", prefixes, 20],
    ["m5.metal", { ...custom, ...prefixes }, 250],
    ["p5.48xlarge", custom, 51],
  ];
  for (const [type, cni, expected] of rows) {
    it(`are ${expected} for ${type} with ${JSON.stringify(cni)}`, () => {
      assert.equal(managedMaxPods([limits(type)], new Map(Object.entries(cni))), expected);
    });
  }

  it("are those of the smallest type", () => {
    assert.equal(managedMaxPods([limits("m5.xlarge"), limits("m5.large")], new Map()), 29);
  });
});
