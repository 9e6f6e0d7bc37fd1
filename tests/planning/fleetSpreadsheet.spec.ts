import assert from "node:assert/strict";
import { sizeFleet } from "../../planning/fleetSize";
import { compareToSpreadsheet, sizeBySpreadsheet } from "../../planning/fleetSpreadsheet";
import type { Fleet } from "../../planning/fleet";
import { pathsOf } from "../support/problems";

/** The fleet that the published file comes with. */
const published: Fleet = {
  subnets: [{ prefixLength: 23 }],
  instances: [
    { type: "m5.12xlarge", count: 2, podsPerNode: 100 },
    { type: "c5.2xlarge", count: 1, podsPerNode: 30 },
  ],
};

describe("the published spreadsheet", () => {
  it("is reproduced on its sheet WarmENI: 351 used, 159 remaining", () => {
    assert.deepEqual(sizeBySpreadsheet(published), {
      totals: { pods: 230, used: 351, remaining: 159 },
      subnets: [{ prefixLength: 23, available: 510, used: 351, remaining: 159 }],
      instances: [
        {
          type: "m5.12xlarge",
          count: 2,
          podsPerNode: 100,
          activeIps: 102,
          warmIps: 50,
          activeEnis: 4,
          warmEnis: 1,
          addressesPerNode: 152,
        },
        {
          type: "c5.2xlarge",
          count: 1,
          podsPerNode: 30,
          activeIps: 32,
          warmIps: 15,
          activeEnis: 2,
          warmEnis: 1,
          addressesPerNode: 47,
        },
      ],
      fits: true,
      binding: "subnet",
    });
  });

  it("is reproduced on its sheet WarmIP: 276 used, 234 remaining, the warm ENI left out", () => {
    const size = sizeBySpreadsheet({ ...published, warmIpTarget: 1 });
    assert.deepEqual(size.totals, { pods: 230, used: 276, remaining: 234 });
    assert.deepEqual(
      size.instances.map(({ addressesPerNode, warmEnis }) => [addressesPerNode, warmEnis]),
      [
        [122, 0],
        [32, 1],
      ],
    );
  });

  it("says that a warm ENI is needed only where fewer addresses are free than the target", () => {
    // 15 addresses for 10 pods and 2 of the host: 17 used, 5 of them free.
    const needed = (warmIpTarget: number) =>
      sizeBySpreadsheet({
        ...published,
        warmIpTarget,
        instances: [{ type: "c5.2xlarge", count: 1, podsPerNode: 10 }],
      }).instances[0]?.warmEnis;
    assert.deepEqual([needed(5), needed(6)], [0, 1]);
  });

  it("divides by all addresses of an ENI, and never looks at max pods", () => {
    const size = sizeBySpreadsheet({
      ...published,
      warmEniTarget: 0,
      instances: [{ type: "m5.large", count: 3, podsPerNode: 200 }],
    });
    assert.deepEqual(size.totals, { pods: 600, used: 606, remaining: -96 });
    assert.equal(size.fits, false);
  });

  it("takes the number of host networking addresses, and ignores DaemonSet pods and custom networking", () => {
    const more = { daemonSetPodsPerNode: 9, customNetworking: true };
    assert.deepEqual(
      sizeBySpreadsheet({ ...published, ...more }).totals,
      sizeBySpreadsheet(published).totals,
    );
    assert.equal(sizeBySpreadsheet({ ...published, hostNetworkPodsPerNode: 5 }).totals.used, 351 + 3 * 3);
  });

  it("takes sizes that no subnet has, as its table does", () => {
    assert.equal(
      sizeBySpreadsheet({ ...published, subnets: [{ prefixLength: 30 }] }).subnets[0].available,
      2,
    );
    assert.equal(
      sizeBySpreadsheet({ ...published, subnets: [{ prefixLength: 8 }] }).subnets[0].available,
      16_777_214,
    );
  });

  it("refuses what its sheets declare unsupported, all at once", () => {
    const asked: Fleet = {
      ...published,
      subnets: [
        { zone: "a", prefixLength: 23 },
        { zone: "b", prefixLength: 23 },
      ],
      prefixDelegation: true,
      minimumIpTarget: 3,
      warmEniTarget: 1,
      warmIpTarget: 1,
      instances: [{ type: "m5.larg", count: 1, podsPerNode: 1 }],
    };
    assert.deepEqual(
      pathsOf(() => sizeBySpreadsheet(asked)),
      ["subnets", "prefixDelegation", "minimumIpTarget", "warmEniTarget", "instances[0].type"],
    );
  });
});

describe("the comparison with the spreadsheet", () => {
  const compare = (fleet: Fleet) => compareToSpreadsheet(fleet, sizeFleet(fleet));
  const topics = (fleet: Fleet) => compare(fleet).differences.map(({ topic }) => topic);

  it("gives its totals, and says where and why they differ", () => {
    const comparison = compare(published);
    assert.deepEqual(comparison.totals, { pods: 230, used: 351, remaining: 159 });
    assert.deepEqual(comparison.differences[0], {
      topic: "addresses of the subnet",
      spreadsheet: "510",
      here: "507",
      why: "AWS keeps 5 addresses of every subnet, not 2.",
    });
    assert.deepEqual(topics(published), ["addresses of the subnet", "pods per ENI", "hostNetwork pods"]);
  });

  it("names only differences that the fleet brings", () => {
    assert.deepEqual(
      topics({
        ...published,
        customNetworking: true,
        daemonSetPodsPerNode: 2,
        warmIpTarget: 1,
        hostNetworkPodsPerNode: 0,
        instances: [{ type: "m5.large", count: 1, podsPerNode: 100 }],
      }),
      [
        "addresses of the subnet",
        "pods per ENI",
        "DaemonSet pods",
        "custom networking",
        "warm addresses",
        "pods hosted",
      ],
    );
  });

  it("says when the spreadsheet can't express a fleet", () => {
    const comparison = compare({ ...published, prefixDelegation: true });
    assert.equal(comparison.totals, null);
    assert.deepEqual(
      comparison.differences.map(({ why }) => why),
      ["the spreadsheet does not support prefix delegation."],
    );
  });
});
