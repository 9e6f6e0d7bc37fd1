import assert from "node:assert/strict";
import { podnet, podnetJson } from "../support/podnet";

describe("podnet size", () => {
  const fleet =
    "subnets: [{ prefixLength: 23 }]\ninstances:\n  - { type: m5.12xlarge, count: 2, podsPerNode: 100 }\n  - { type: c5.2xlarge, count: 1, podsPerNode: 30 }\n";

  it("answers with totals, subnets, instances, whether it fits and what binds", async () => {
    const { code, json } = await podnetJson("size fleet.yaml", { "fleet.yaml": fleet });
    assert.equal(code, 0);
    const size = json as Record<string, unknown> & {
      totals: Record<string, number>;
      instances: Record<string, unknown>[];
      subnets: Record<string, unknown>[];
    };
    assert.deepEqual(
      [size.totals.pods, size.totals.used, size.totals.remaining, size.fits, size.binding],
      [230, 360, 147, true, "maxPods"],
    );
    assert.deepEqual([size.subnets.length, size.instances.length], [1, 2]);
    const { type, count, activeIps, warmIps, activeEnis, warmEnis, addressesPerNode } =
      size.instances[0] ?? {};
    assert.deepEqual(
      [type, count, activeIps, warmIps, activeEnis, warmEnis, addressesPerNode],
      ["m5.12xlarge", 2, 100, 45, 4, 1, 150],
    );
    assert.deepEqual((size.spreadsheet as { totals: unknown }).totals, {
      pods: 230,
      used: 351,
      remaining: 159,
    });
  });

  it("reproduces the published spreadsheet where asked to", async () => {
    const { json } = await podnetJson("size - --spreadsheet-compatible", { "-": fleet });
    assert.deepEqual((json as { totals: unknown }).totals, { pods: 230, used: 351, remaining: 159 });
    const { stdout } = await podnet("size - --spreadsheet-compatible", { "-": `${fleet}warmIpTarget: 1\n` });
    assert.match(
      stdout,
      /^Number of IPs Used +276\nNumber of Pods Hosted +230\n# of Subnet IPs Remaining +234\n/,
    );
  });

  it("reads JSON, and exits with 1 when the fleet does not fit", async () => {
    const small = JSON.stringify({
      subnets: [{ prefixLength: 24 }],
      instances: [{ type: "m5.large", count: 3, podsPerNode: 60 }],
    });
    const { code, stdout } = await podnet("size x.json", { "x.json": small });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^It does NOT fit: 81 of 180 pods on 3 nodes, 90 addresses used, 161 left\.\nWhat stops it is max pods, by 33 pods per node\.\n/,
    );
    assert.match(stdout, /\n {2}pods hosted: 180 there, 81 here\. /);
  });

  it("refuses a file by line and column, with every problem", async () => {
    const bad =
      "subnets:\n  - { prefixLength: 19 }\ninstances:\n  - type: m5.large\n    count: a few\n    pods: 3\n";
    const { code, stderr } = await podnet("size f.yaml", { "f.yaml": bad });
    assert.equal(code, 2);
    assert.equal(
      stderr,
      [
        "podnet size: f.yaml is not usable (3 problems)",
        "  4:5    instances[0].podsPerNode: is missing.",
        "           -> Give workload pods per node, without DaemonSet and hostNetwork pods: a whole number from 0 to 10000.",
        '  5:12   instances[0].count: "a few" can\'t be used.',
        "           -> Give how many nodes of this kind: a whole number from 1 to 100000.",
        '  6:11   instances[0].pods: "pods" is not a key here.',
        "           -> The keys are type, count, podsPerNode, zone, maxPods.",
        "",
      ].join("\n"),
    );
    assert.match(
      (await podnet("size f", { f: "a: [1\nb: }" })).stderr,
      /f is not usable[^]*\d+:\d+ +\(syntax\): /,
    );
    assert.match((await podnet("size f", { f: "" })).stderr, /\(the whole file\)/);
    assert.match(
      (await podnet("size f", { f: fleet.replace("23", "15") })).stderr,
      /1:27 +subnets\[0\]\.prefixLength: \/15 is not a size/,
    );
  });

  it("exits with 1 by the spreadsheet's own account, too", async () => {
    const many = JSON.stringify({
      subnets: [{ prefixLength: 28 }],
      instances: [{ type: "m5.large", count: 1, podsPerNode: 20 }],
    });
    assert.equal((await podnet("size x --spreadsheet-compatible", { x: many })).code, 1);
  });

  it("documents every key of the file in its help", async () => {
    const { stdout } = await podnet("size --help");
    for (const key of [
      "subnets",
      "zone",
      "prefixLength",
      "cidr",
      "instances",
      "type",
      "count",
      "podsPerNode",
      "maxPods",
      "customNetworking",
      "prefixDelegation",
      "uncapped",
      "maxEni",
      "warmEniTarget",
      "warmIpTarget",
      "minimumIpTarget",
      "warmPrefixTarget",
      "hostNetworkPodsPerNode",
      "daemonSetPodsPerNode",
      "surge",
    ]) {
      assert.match(stdout, new RegExp(`\\n {2}${key} +\\w`), key);
    }
  });
});
