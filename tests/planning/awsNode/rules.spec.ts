import assert from "node:assert/strict";
import { reviewSettings } from "../../../planning/awsNode/rules";
import type { AwsNodeSettings } from "../../../planning/awsNode/settings";

describe("aws-node settings: what can't be together", () => {
  const rows: { name: string; settings: AwsNodeSettings; version?: string; paths: string[] }[] = [
    {
      name: "custom networking with IPv6",
      settings: { customNetworking: true, ipv6: true, ipv4: false, prefixDelegation: true },
      paths: ["customNetworking"],
    },
    { name: "IPv4 and IPv6 both on", settings: { ipv6: true, prefixDelegation: true }, paths: ["ipv6"] },
    { name: "IPv4 and IPv6 both off", settings: { ipv4: false }, paths: ["ipv6"] },
    { name: "IPv6 without prefixes", settings: { ipv6: true, ipv4: false }, paths: ["prefixDelegation"] },
    { name: "MAX_ENI 0, which the CNI ignores", settings: { maxEni: 0 }, paths: ["maxEni"] },
    {
      name: "MAX_ENI 1 with custom networking",
      settings: { maxEni: 1, customNetworking: true },
      paths: ["maxEni"],
    },
    {
      name: "MAX_ENI 2 with custom networking and a trunk",
      settings: { maxEni: 2, customNetworking: true, podEni: true, disableTcpEarlyDemux: true },
      paths: ["maxEni"],
    },
    {
      name: "no warm prefix with prefixes",
      settings: { prefixDelegation: true, warmPrefixTarget: 0 },
      paths: ["warmPrefixTarget"],
    },
    { name: "stdout as log of the plugin", settings: { pluginLogFile: "stdout" }, paths: ["pluginLogFile"] },
    {
      name: "an MTU that IPv6 does not take",
      settings: { ipv6: true, ipv4: false, prefixDelegation: true, eniMtu: 600, podMtu: 1279 },
      paths: ["eniMtu", "podMtu"],
    },
    {
      name: "a version with something around it",
      settings: { podEni: false },
      version: "foo1.2bar",
      paths: ["cniVersion"],
    },
    {
      name: "a label key that is none",
      settings: { customNetworking: true, eniConfigLabelDef: "a b" },
      paths: ["eniConfigLabelDef"],
    },
    {
      name: "an annotation key that is none",
      settings: { customNetworking: true, eniConfigAnnotationDef: "-" },
      paths: ["eniConfigAnnotationDef"],
    },
    { name: "a veth prefix of five characters", settings: { vethPrefix: "abcde" }, paths: ["vethPrefix"] },
    { name: "a reserved veth prefix", settings: { vethPrefix: "eth" }, paths: ["vethPrefix"] },
    {
      name: "tags that EC2 does not take",
      settings: { additionalEniTags: { ["k".repeat(129)]: "" } },
      paths: ["additionalEniTags"],
    },
    {
      name: "a value of a tag that EC2 does not take",
      settings: { additionalEniTags: { k: "v".repeat(257) } },
      paths: ["additionalEniTags"],
    },
    {
      name: "a reserved tag",
      settings: { additionalEniTags: { "node.k8s.amazonaws.com/x": "" } },
      paths: ["additionalEniTags"],
    },
    { name: "an MTU out of range", settings: { eniMtu: 500, podMtu: 9002 }, paths: ["eniMtu", "podMtu"] },
    {
      name: "targets that are no counts",
      settings: { warmIpTarget: -1, minimumIpTarget: 1.5 },
      paths: ["warmIpTarget", "minimumIpTarget"],
    },
    {
      name: "a block that is none",
      settings: { excludeSnatCidrs: ["10.0.0.0/8", "10.1/16"] },
      paths: ["excludeSnatCidrs"],
    },
    {
      name: "a word that is no choice",
      settings: { randomizeSnat: "random" as never },
      paths: ["randomizeSnat"],
    },
    {
      name: "prefixes before 1.9.0",
      settings: { prefixDelegation: true },
      version: "v1.8.2-eksbuild.1",
      paths: ["prefixDelegation"],
    },
    {
      name: "a label of its own before 1.4.0",
      settings: { customNetworking: true, eniConfigLabelDef: "a" },
      version: "1.3.9",
      paths: ["eniConfigLabelDef"],
    },
    { name: "a version that is none", settings: { podEni: false }, version: "latest", paths: ["cniVersion"] },
  ];
  for (const { name, settings, version, paths } of rows) {
    it(`refuses ${name}`, () => {
      assert.deepEqual(
        reviewSettings(settings, { cniVersion: version }).problems.map(({ path }) => path),
        paths,
      );
    });
  }

  it("takes a missing warm target for what it is: 1 by the manifest, 0 where the DaemonSet has all its settings", () => {
    const settings = { prefixDelegation: true };
    assert.deepEqual(reviewSettings(settings).problems, []);
    assert.deepEqual(
      reviewSettings(settings, { isComplete: true }).problems.map(({ path }) => path),
      ["warmPrefixTarget"],
    );
    assert.deepEqual(reviewSettings({ ...settings, warmIpTarget: 1 }, { isComplete: true }).problems, []);
  });

  it("takes each of the near misses", () => {
    const fine: [AwsNodeSettings, string?][] = [
      [{ customNetworking: true, eniConfigLabelDef: "topology.kubernetes.io/zone" }],
      [{ ipv6: true, ipv4: false, prefixDelegation: true }],
      [{ maxEni: 2, customNetworking: true }],
      [{ maxEni: 1 }],
      [{ prefixDelegation: true, warmPrefixTarget: 0, warmIpTarget: 1, minimumIpTarget: 1 }],
      [{ prefixDelegation: true }, "v1.9.0-eksbuild.1"],
      [{ eniConfigLabelDef: "", customNetworking: true }],
      [{ additionalEniTags: { ["k".repeat(128)]: "v".repeat(256) } }],
      [{ ipv6: true, ipv4: false, prefixDelegation: true, eniMtu: 1280 }],
    ];
    for (const [settings, version] of fine)
      assert.deepEqual(reviewSettings(settings, { cniVersion: version }).problems, []);
  });

  it("tells all at once", () => {
    const settings = {
      customNetworking: true,
      ipv6: true,
      maxEni: 1,
      vethPrefix: "lo",
      subnetDiscovery: true,
    };
    assert.deepEqual(
      reviewSettings(settings, { cniVersion: "1.17.0" }).problems.map(({ path }) => path),
      ["customNetworking", "ipv6", "prefixDelegation", "maxEni", "vethPrefix", "subnetDiscovery"],
    );
  });
});

describe("aws-node settings: what overrides what", () => {
  const rows: { settings: AwsNodeSettings; version?: string; notes: RegExp[] }[] = [
    { settings: { warmEniTarget: 1, warmIpTarget: 2 }, notes: [/^warmEniTarget has no effect/] },
    { settings: { warmEniTarget: 1, warmIpTarget: 0 }, notes: [] },
    {
      settings: { prefixDelegation: true, warmPrefixTarget: 1, minimumIpTarget: 2, warmIpTarget: 1 },
      notes: [/^warmPrefixTarget has no effect: /],
    },
    { settings: { warmPrefixTarget: 1 }, notes: [/^warmPrefixTarget has no effect without/] },
    {
      settings: { warmEniTarget: 1, prefixDelegation: true },
      notes: [/^warmEniTarget has no effect with prefix/],
    },
    { settings: { minimumIpTarget: 12 }, notes: [/never grows past 12 addresses/] },
    {
      settings: { excludeSnatCidrs: ["10.0.0.0/8"], externalSnat: true },
      notes: [/^excludeSnatCidrs has no effect/],
    },
    { settings: { excludeSnatCidrs: ["0.0.0.0/0"] }, notes: [/excludes everything/] },
    { settings: { randomizeSnat: "none", externalSnat: true }, notes: [/^randomizeSnat has no effect/] },
    { settings: { externalSnat: true, customNetworking: true }, notes: [/need a route to a NAT gateway/] },
    { settings: { subnetDiscovery: true, customNetworking: true }, notes: [/not consulted/] },
    { settings: { eniConfigLabelDef: "a" }, notes: [/no effect without customNetworking/] },
    {
      settings: { eniConfigLabelDef: "failure-domain.beta.kubernetes.io/zone", customNetworking: true },
      notes: [/deprecated/],
    },
    { settings: { podEni: true }, notes: [/TCP probes/] },
    { settings: { podEni: true, podSecurityGroupEnforcingMode: "standard" }, notes: [] },
    { settings: { disableTcpEarlyDemux: true }, notes: [/no effect without podEni/] },
    { settings: { imdsOnlyMode: true, customNetworking: true }, notes: [/somebody else must attach/] },
    {
      settings: { disableNetworkResourceProvisioning: true, customNetworking: true },
      notes: [/somebody else must attach/],
    },
    { settings: { imdsOnlyMode: true }, notes: [] },
    { settings: { bandwidthPlugin: true }, notes: [/network policies/] },
    { settings: { ipCooldownPeriodSeconds: 0 }, notes: [/used again before/] },
    {
      settings: { ipv6: true, ipv4: false, prefixDelegation: true, warmIpTarget: 1 },
      notes: [/no effect with IPv6/],
    },
    {
      settings: { customNetworking: true },
      version: "1.7.5",
      notes: [/default group of the VPC/, /still becomes Ready/],
    },
    { settings: { customNetworking: true }, version: "1.12.6", notes: [/still becomes Ready/] },
    { settings: { customNetworking: true }, version: "1.13.0", notes: [] },
  ];
  for (const { settings, version, notes } of rows) {
    it(`${JSON.stringify(settings)}${version === undefined ? "" : ` on ${version}`}: ${notes.length === 0 ? "nothing to say" : notes.join(", ")}`, () => {
      const said = reviewSettings(settings, { cniVersion: version }).notes;
      assert.equal(said.length, notes.length, said.join("\n"));
      notes.forEach((note, index) => {
        assert.match(said[index] ?? "", note);
      });
    });
  }
});
