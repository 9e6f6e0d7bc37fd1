import assert from "node:assert/strict";
import * as fc from "fast-check";
import { readFleet, type Fleet } from "../../planning/fleet";
import { dealNodes } from "../../planning/fleetPlacement";
import { sizeFleet } from "../../planning/fleetSize";
import { canServe, smallestSubnet, usablePrefixCount } from "../../planning/subnetDemand";
import { instanceTypeTable } from "../../planning/instanceType";
import { pathsOf, problemsOf } from "../support/problems";

const three = (prefixLength: number) =>
  ["us-west-2a", "us-west-2b", "us-west-2c"].map((zone) => ({ zone, prefixLength }));
const fleet = (more: Partial<Fleet>): Fleet => ({
  subnets: three(24),
  instances: [{ type: "m5.large", count: 6, podsPerNode: 15 }],
  customNetworking: true,
  ...more,
});

describe("fleet size", () => {
  it("counts what each node and each subnet takes", () => {
    const size = sizeFleet(fleet({}));
    assert.deepEqual(size.totals, {
      pods: 90,
      podsWanted: 90,
      used: 120,
      remaining: 633,
      nodes: 6,
      // Per node the primary ENI and two for pods; 18 + 3 addresses and two further ENIs.
      networkInterfaces: 18,
      networkAddressUsage: 138,
    });
    assert.deepEqual(size.instances, [
      {
        type: "m5.large",
        count: 6,
        zone: null,
        podsPerNode: 15,
        podsHostedPerNode: 15,
        maxPods: 20,
        activeIps: 15,
        warmIps: 3,
        activeEnis: 2,
        warmEnis: 0,
        prefixes: 0,
        addressesPerNode: 20,
        binding: "maxPods",
      },
    ]);
    assert.deepEqual(size.subnets[0], {
      zone: "us-west-2a",
      prefixLength: 24,
      available: 251,
      nodes: 2,
      pods: 30,
      used: 40,
      remaining: 211,
      prefixes: { used: 0, usable: 14 },
      fits: true,
      smallestPrefixLength: 26,
      smallestPrefixLengthWithHeadroom: 25,
    });
    assert.equal(size.fits, true);
  });

  it("counts DaemonSet pods among the addresses and not among the workload's pods", () => {
    const [row] = sizeFleet(fleet({ daemonSetPodsPerNode: 3 })).instances;
    assert.deepEqual([row?.activeIps, row?.podsHostedPerNode], [18, 15]);
    const size = sizeFleet(fleet({ daemonSetPodsPerNode: 4 }));
    assert.deepEqual(
      [size.totals.pods, size.totals.podsWanted, size.fits, size.headroomPodsPerNode],
      [84, 90, false, -1],
    );
  });

  it("takes addresses of the node's own subnet without custom networking, its primary ENI's among them", () => {
    const [row] = sizeFleet(fleet({ customNetworking: false })).instances;
    assert.deepEqual([row?.addressesPerNode, row?.activeEnis, row?.warmEnis], [30, 2, 1]);
  });

  it("pins a row to its zone and spreads the others, level", () => {
    const instances = [
      { type: "m5.large", count: 4, podsPerNode: 1, zone: "us-west-2b" },
      { type: "m5.large", count: 7, podsPerNode: 1 },
    ];
    assert.deepEqual(dealNodes(fleet({ instances })), [
      [0, 4, 0],
      [3, 2, 2],
    ]);
    assert.deepEqual(dealNodes(fleet({ instances }), "us-west-2b"), [
      [0, 0, 0],
      [4, 0, 3],
    ]);
  });

  it("gives what is left over to the zone that has the fewest nodes", () => {
    const instances = [
      { type: "m5.large", count: 1, podsPerNode: 1, zone: "us-west-2a" },
      { type: "m5.large", count: 1, podsPerNode: 1 },
      { type: "m5.large", count: 1, podsPerNode: 1 },
    ];
    assert.deepEqual(dealNodes(fleet({ instances })), [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  it("deals the nodes of a zone to its subnets", () => {
    const subnets = [
      { zone: "a", prefixLength: 24 },
      { zone: "a", prefixLength: 24 },
      { zone: "b", prefixLength: 24 },
    ];
    assert.deepEqual(
      dealNodes(fleet({ subnets, instances: [{ type: "m5.large", count: 6, podsPerNode: 1 }] })),
      [[2, 1, 3]],
    );
  });

  it("doubles a subnet's need only as far as whole ENIs go, and finds the smallest that does", () => {
    const size = sizeFleet(
      fleet({ subnets: [{ prefixLength: 28 }], instances: [{ type: "m5.large", count: 1, podsPerNode: 9 }] }),
    );
    assert.deepEqual(
      [size.fits, size.subnets[0]?.remaining, size.subnets[0]?.smallestPrefixLength],
      [false, -9, 27],
    );
  });

  describe("what binds", () => {
    it("is max pods when the formula's own number is used", () => {
      const size = sizeFleet(fleet({}));
      assert.deepEqual([size.binding, size.headroomPodsPerNode], ["maxPods", 3]);
    });
    it("is the ENIs when max pods was set above what they carry", () => {
      const size = sizeFleet(
        fleet({ instances: [{ type: "m5.large", count: 6, podsPerNode: 25, maxPods: 29 }] }),
      );
      assert.deepEqual(
        [size.binding, size.headroomPodsPerNode, size.totals.pods, size.fits],
        ["enis", -7, 108, false],
      );
      assert.match(size.notes.join("\n"), /max pods 29 is more than its ENIs carry; pods beyond 18 per node/);
    });
    it("is a subnet when it fills up first, at the number of pods where it does", () => {
      const tight = (podsPerNode: number) =>
        sizeFleet(
          fleet({
            subnets: [{ prefixLength: 25 }],
            warmIpTarget: 1,
            instances: [{ type: "m5.4xlarge", count: 2, podsPerNode }],
          }),
        );
      // 123 addresses: 61 a node, of which 3 ENIs take 3, one is warm, and 57 are left for pods.
      assert.deepEqual(
        [tight(40).binding, tight(40).headroomPodsPerNode, tight(40).fits],
        ["subnet", 17, true],
      );
      assert.equal(tight(57).fits, true);
      assert.deepEqual([tight(58).fits, tight(58).headroomPodsPerNode], [false, -1]);
    });
  });

  describe("a rolling replacement", () => {
    it("adds the surge where the nodes are, of the costliest row that is there", () => {
      const size = sizeFleet(
        fleet({
          surge: 4,
          instances: [
            { type: "m5.large", count: 3, podsPerNode: 15 },
            { type: "m5.xlarge", count: 1, podsPerNode: 30, zone: "us-west-2a" },
          ],
        }),
      );
      assert.equal(size.rollingReplacement.surge, 4);
      assert.deepEqual(
        size.rollingReplacement.subnets.map(({ nodes, used }) => [nodes, used]),
        // m5.large takes 20, m5.xlarge 45; half of the nodes are in the first zone, a quarter in each other.
        [
          [4, 20 + 45 + 2 * 45],
          [2, 2 * 20],
          [2, 2 * 20],
        ],
      );
    });
    it("adds all of it in the one zone that has nodes, and no more nodes than those", () => {
      const pinned = (surge: number) =>
        sizeFleet(
          fleet({ surge, instances: [{ type: "m5.large", count: 10, podsPerNode: 15, zone: "us-west-2a" }] }),
        ).rollingReplacement;
      assert.deepEqual(
        pinned(6).subnets.map(({ nodes, remaining }) => [nodes, remaining]),
        [
          [16, -69],
          [0, 251],
          [0, 251],
        ],
      );
      assert.equal(pinned(6).fits, false);
      assert.equal(pinned(99).subnets[0]?.nodes, 20);
    });
    it("needs prefixes for the new nodes as well", () => {
      const size = sizeFleet(
        fleet({ prefixDelegation: true, instances: [{ type: "m5.large", count: 6, podsPerNode: 50 }] }),
      );
      // 10 of 14 prefixes are in use; one more node needs 5.
      assert.deepEqual([size.fits, size.rollingReplacement.fits], [true, false]);
      assert.equal(size.subnets[0]?.smallestPrefixLengthWithHeadroom, 23);
    });
    it("reads a percentage of the fleet, rounded up", () => {
      assert.equal(sizeFleet(fleet({ surge: "10%" })).rollingReplacement.surge, 1);
      assert.equal(sizeFleet(fleet({ surge: "50%" })).rollingReplacement.surge, 3);
    });
    it("may not fit where every day does", () => {
      const size = sizeFleet(
        fleet({ subnets: three(26), instances: [{ type: "m5.large", count: 6, podsPerNode: 15 }] }),
      );
      assert.deepEqual([size.fits, size.rollingReplacement.fits], [true, false]);
      assert.deepEqual(
        size.rollingReplacement.subnets.map(({ remaining }) => remaining),
        [-1, -1, -1],
      );
    });
  });

  describe("the loss of a zone", () => {
    it("moves what was spread to the other zones", () => {
      const [loss] = sizeFleet(fleet({})).zoneLoss;
      assert.ok(loss);
      assert.deepEqual(
        loss.subnets.map(({ nodes, used }) => [nodes, used]),
        [
          [0, 0],
          [3, 60],
          [3, 60],
        ],
      );
      assert.deepEqual([loss.zone, loss.podsLost, loss.fits], ["us-west-2a", 0, true]);
    });
    it("may not fit where every day and a rolling replacement do", () => {
      const size = sizeFleet(
        fleet({
          subnets: three(24),
          surge: 0,
          instances: [{ type: "m5.large", count: 36, podsPerNode: 15 }],
        }),
      );
      assert.deepEqual([size.fits, size.rollingReplacement.fits], [true, true]);
      assert.deepEqual(
        size.zoneLoss.map(({ fits }) => fits),
        [false, false, false],
      );
      assert.deepEqual(
        size.subnets.map((subnet) => [subnet.smallestPrefixLength, subnet.smallestPrefixLengthWithHeadroom]),
        [
          [24, 23],
          [24, 23],
          [24, 23],
        ],
      );
    });
    it("loses pods that are bound to the zone, and does not fit then", () => {
      const instances = [{ type: "m5.large", count: 2, podsPerNode: 10, zone: "us-west-2a" }];
      const losses = sizeFleet(fleet({ instances })).zoneLoss;
      assert.deepEqual(
        losses.map(({ podsLost, fits }) => [podsLost, fits]),
        [
          [20, false],
          [0, true],
          [0, true],
        ],
      );
    });
    it("is not computed with a single zone", () => {
      assert.deepEqual(sizeFleet(fleet({ subnets: [{ prefixLength: 24 }] })).zoneLoss, []);
    });
  });

  describe("prefixes", () => {
    it("need whole /28 blocks, not only addresses", () => {
      const size = sizeFleet(
        fleet({
          prefixDelegation: true,
          instances: [{ type: "m5.large", count: 9, podsPerNode: 50 }],
        }),
      );
      // 3 nodes of 5 prefixes: 15, of the 14 that a /24 has; 243 addresses would be there.
      assert.deepEqual(
        size.subnets.map(({ prefixes, remaining, fits }) => [
          prefixes.used,
          prefixes.usable,
          remaining,
          fits,
        ]),
        [
          [15, 14, 8, false],
          [15, 14, 8, false],
          [15, 14, 8, false],
        ],
      );
    });
    it("count as one unit of network address usage each", () => {
      const size = sizeFleet(
        fleet({ prefixDelegation: true, instances: [{ type: "m5.large", count: 1, podsPerNode: 50 }] }),
      );
      // Two ENIs with an address each, one of them further, five prefixes.
      assert.equal(size.totals.networkAddressUsage, 2 + 1 + 5);
    });
  });

  it("hosts no more pods than a minimum target gives addresses, past which the pool never grows", () => {
    const size = sizeFleet(fleet({ minimumIpTarget: 10 }));
    assert.deepEqual(
      [size.fits, size.totals.pods, size.totals.podsWanted, size.binding, size.headroomPodsPerNode],
      [false, 60, 90, "minimumIpTarget", -5],
    );
    assert.match(size.notes.join("\n"), /MINIMUM_IP_TARGET 10 and no WARM_IP_TARGET the pool never grows/);
    const withWarm = sizeFleet(fleet({ minimumIpTarget: 10, warmIpTarget: 1 }));
    assert.deepEqual([withWarm.fits, withWarm.binding], [true, "maxPods"]);
    assert.doesNotMatch(withWarm.notes.join("\n"), /never grows/);
  });

  it("says what to know besides the numbers", () => {
    const notes = (more: Partial<Fleet>) => sizeFleet(fleet(more)).notes.join("\n");
    assert.match(notes({}), /one more address in its node subnet/);
    assert.doesNotMatch(notes({ customNetworking: false }), /node subnet/);
    const xen = [{ type: "m4.large", count: 1, podsPerNode: 1 }];
    assert.match(
      notes({ prefixDelegation: true, instances: xen }),
      /m4\.large: prefix delegation is not possible/,
    );
    assert.match(
      notes({ prefixDelegation: true, warmPrefixTarget: 0 }),
      /WARM_PREFIX_TARGET 0 is not supported/,
    );
    assert.doesNotMatch(notes({ warmPrefixTarget: 0 }), /WARM_PREFIX_TARGET/);
  });

  it("says when no subnet is large enough", () => {
    const size = sizeFleet(
      fleet({
        subnets: [{ prefixLength: 16 }],
        instances: [{ type: "m5.large", count: 4000, podsPerNode: 15 }],
      }),
    );
    assert.equal(size.subnets[0]?.smallestPrefixLength, null);
    assert.match(size.notes.join("\n"), /\/16, the largest there is/);
  });

  describe("refuses", () => {
    it("types that are unknown or can't carry pods, sizes AWS does not take, zones without a subnet: all at once", () => {
      assert.deepEqual(
        pathsOf(() =>
          sizeFleet(
            fleet({
              subnets: [
                { zone: "a", prefixLength: 15 },
                { zone: "b", cidr: "100.64.0.0/29" },
                { prefixLength: 20 },
              ],
              instances: [
                { type: "m5.larg", count: 1, podsPerNode: 1 },
                { type: "hpc6id.32xlarge", count: 1, podsPerNode: 1 },
                { type: "m5.large", count: 1, podsPerNode: 1, zone: "z" },
                { type: "t3.small", count: 1, podsPerNode: 1, maxPods: 1 },
              ],
            }),
          ),
        ),
        [
          "subnets[2].zone",
          "instances[2].zone",
          "subnets[0].prefixLength",
          "subnets[1].cidr",
          "instances[0].type",
          "instances[1].type",
          "instances[3]",
        ],
      );
    });
    it("more DaemonSet pods than a node's ENIs carry", () => {
      const instances = [{ type: "t3.small", count: 1, podsPerNode: 0, maxPods: 50 }];
      assert.deepEqual(
        pathsOf(() => sizeFleet(fleet({ instances, daemonSetPodsPerNode: 7 }))),
        ["instances[0]"],
      );
    });
    it("subnets that share addresses", () => {
      const subnets = [
        { zone: "a", cidr: "100.64.0.0/19" },
        { zone: "b", cidr: "100.64.16.0/20" },
      ];
      assert.deepEqual(
        pathsOf(() => sizeFleet(fleet({ subnets }))),
        ["subnets[1].cidr"],
      );
    });
    it("a subnet with both sizes, or none", () => {
      assert.deepEqual(
        pathsOf(() => sizeFleet(fleet({ subnets: [{}] }))),
        ["subnets[0]"],
      );
      assert.deepEqual(
        pathsOf(() => sizeFleet(fleet({ subnets: [{ prefixLength: 24, cidr: "100.64.0.0/24" }] }))),
        ["subnets[0]"],
      );
    });
  });

  const aRow = fc.record({
    type: fc.constantFrom(
      ...[...instanceTypeTable().values()]
        .filter(({ enis }) => enis > 1)
        .map(({ instanceType }) => instanceType),
    ),
    count: fc.integer({ min: 1, max: 40 }),
    podsPerNode: fc.integer({ min: 0, max: 120 }),
    zone: fc.constantFrom(undefined, "us-west-2a", "us-west-2c"),
  });
  const aFleet = fc.record({
    instances: fc.array(aRow, { minLength: 1, maxLength: 5 }),
    customNetworking: fc.boolean(),
    prefixDelegation: fc.boolean(),
    warmIpTarget: fc.constantFrom(undefined, 0, 2),
  });

  it("is the sum of its rows", () => {
    fc.assert(
      fc.property(aFleet, (asked) => {
        const whole = sizeFleet(fleet(asked)).totals;
        const parts = asked.instances.map((row) => sizeFleet(fleet({ ...asked, instances: [row] })).totals);
        const sum = (
          key: "pods" | "podsWanted" | "used" | "nodes" | "networkInterfaces" | "networkAddressUsage",
        ) => parts.reduce((total, part) => total + part[key], 0);
        for (const key of [
          "pods",
          "podsWanted",
          "used",
          "nodes",
          "networkInterfaces",
          "networkAddressUsage",
        ] as const) {
          assert.equal(whole[key], sum(key), key);
        }
      }),
    );
  });

  it("is the sum of its subnets", () => {
    fc.assert(
      fc.property(aFleet, (asked) => {
        const { totals, subnets } = sizeFleet(fleet(asked));
        const sum = (key: "used" | "nodes" | "pods" | "remaining") =>
          subnets.reduce((total, subnet) => total + subnet[key], 0);
        assert.deepEqual(
          [sum("used"), sum("nodes"), sum("pods"), sum("remaining")],
          [totals.used, totals.nodes, totals.pods, totals.remaining],
        );
      }),
    );
  });

  it("fits, with headroom, in the smallest subnets that it names, and not in smaller ones", () => {
    fc.assert(
      fc.property(aFleet, (asked) => {
        const { subnets } = sizeFleet(fleet(asked));
        const smallest = subnets.map(({ smallestPrefixLength }) => smallestPrefixLength);
        fc.pre(!smallest.includes(null));
        const resized = (by: number) =>
          sizeFleet(
            fleet({
              ...asked,
              subnets: subnets.map(({ zone }, index) => ({
                zone: zone ?? "",
                prefixLength: Math.min(28, (smallest[index] ?? 0) + by),
              })),
            }),
          );
        for (const { fits } of resized(0).subnets) assert.ok(fits);
        resized(1).subnets.forEach(({ fits }, index) => {
          assert.equal(fits, smallest[index] === 28);
        });
      }),
    );
  });

  it("has headroom just as far as it says", () => {
    fc.assert(
      fc.property(aFleet, (asked) => {
        const size = sizeFleet(fleet(asked));
        const withMore = (pods: number) =>
          sizeFleet(
            fleet({
              ...asked,
              instances: asked.instances.map((row) => ({ ...row, podsPerNode: row.podsPerNode + pods })),
            }),
          );
        fc.pre(size.headroomPodsPerNode >= 0);
        assert.equal(withMore(size.headroomPodsPerNode).fits, true);
        assert.equal(withMore(size.headroomPodsPerNode + 1).fits, false);
      }),
    );
  });
});

describe("subnet demand", () => {
  it("has two /28 blocks less for prefixes than the subnet has in all", () => {
    assert.deepEqual([24, 26, 27, 28, 19].map(usablePrefixCount), [14, 2, 0, 0, 510]);
  });
  it("is served when both its addresses and its prefixes are there", () => {
    assert.equal(canServe(24, { addresses: 251, prefixes: 14 }), true);
    assert.equal(canServe(24, { addresses: 252, prefixes: 0 }), false);
    assert.equal(canServe(24, { addresses: 240, prefixes: 15 }), false);
  });
  it("names the smallest subnet, from /28 to /16", () => {
    assert.deepEqual(
      [0, 11, 12, 65531, 65532].map((addresses) => smallestSubnet({ addresses, prefixes: 0 })),
      [28, 28, 27, 16, undefined],
    );
    assert.equal(smallestSubnet({ addresses: 17, prefixes: 1 }), 26);
  });
});

describe("fleet files", () => {
  it("are refused with every problem, by path, value and way out", () => {
    const problems = problemsOf(() =>
      readFleet({
        customNetwork: true,
        subnets: [],
        instances: [{ typ: "m5.large", count: -1, podsPerNode: 1.5 }],
        surge: "a few",
        warmEniTarget: "1",
      }),
    );
    assert.deepEqual(
      problems.map(({ path }) => path),
      [
        "subnets",
        "instances[0].type",
        "instances[0].count",
        "instances[0].podsPerNode",
        "instances[0].typ",
        "warmEniTarget",
        "surge",
        "customNetwork",
      ],
    );
    const byPath = new Map(problems.map((problem) => [problem.path, problem]));
    assert.deepEqual(byPath.get("instances[0].count"), {
      path: "instances[0].count",
      reason: "-1 can't be used.",
      fix: "Give how many nodes of this kind: a whole number from 1 to 100000.",
    });
    assert.match(byPath.get("instances[0].typ")?.fix ?? "", /^Did you mean type\?/);
    assert.equal(byPath.get("instances[0].type")?.reason, "is missing.");
    assert.deepEqual(byPath.get("warmEniTarget"), {
      path: "warmEniTarget",
      reason: '"1" can\'t be used.',
      fix: "Give WARM_ENI_TARGET, 1 by default, unused when an IP target is set: a whole number from 0 to 100.",
    });
    assert.match(byPath.get("surge")?.fix ?? "", /^Give nodes added at once/);
    assert.match(byPath.get("surge")?.reason ?? "", /"a few"/);
  });

  it("name a number that is none as it was given, and each problem once", () => {
    const read = (count: number) => () =>
      readFleet({
        subnets: [{ prefixLength: 19 }],
        instances: [{ type: "m5.large", count, podsPerNode: 1 }],
      });
    assert.equal(problemsOf(read(NaN))[0]?.reason, "NaN can't be used.");
    assert.equal(problemsOf(read(Infinity))[0]?.reason, "Infinity can't be used.");
    assert.equal(problemsOf(read(1e20)).length, 1);
  });

  it("name the block that a block with host bits is in", () => {
    const [problem] = problemsOf(() => readFleet({ subnets: [{ cidr: "100.64.0.1/19" }], instances: [] }));
    assert.match(problem?.reason ?? "", /it has bits set behind its prefix, 100\.64\.0\.0\/19 is the block/);
  });

  for (const value of [null, [], "fleet", 7]) {
    it(`are refused when they hold ${JSON.stringify(value)}`, () => {
      assert.deepEqual(
        pathsOf(() => readFleet(value)),
        ["(the whole file)"],
      );
    });
  }
});
