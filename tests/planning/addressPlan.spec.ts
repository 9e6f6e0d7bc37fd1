import assert from "node:assert/strict";
import * as fc from "fast-check";
import { planSubnets, subnetCidrIn, type AddressPlan } from "../../planning/addressPlan";
import type { AddressPlanRequest, ZoneRequest } from "../../planning/addressPlanRequest";
import { addressCount, cidrBlock, contains, overlaps } from "../../planning/cidrBlock";
import { zoneOrdinal } from "../../planning/zoneOrdinal";
import { pathsOf, problemsOf } from "../support/problems";

const vpc = { cidrBlocks: ["10.8.0.0/16"] };
const podBlocks = ["100.64.0.0/16"];
const zones = (...names: string[]): ZoneRequest[] => names.map((availabilityZone) => ({ availabilityZone }));
const plan = (request: Partial<AddressPlanRequest>) =>
  planSubnets({ vpc, podBlocks, zones: zones("us-west-2a", "us-west-2b", "us-west-2c"), ...request });
/** Where each subnet is: `a 100.64.0.0/19`. */
const places = ({ subnets }: AddressPlan) =>
  subnets.map(({ availabilityZone, cidr }) => `${availabilityZone.replace("us-west-2", "")} ${cidr}`);

describe("address plan", () => {
  it("gives each zone a /19 from the first free address, and says what is left", () => {
    const planned = plan({});
    assert.deepEqual(planned.subnets, [
      {
        availabilityZone: "us-west-2a",
        cidr: "100.64.0.0/19",
        podBlock: 0,
        offset: 0,
        prefixLength: 19,
        usableAddresses: 8187,
        origin: "planned",
        isStable: true,
      },
      {
        availabilityZone: "us-west-2b",
        cidr: "100.64.32.0/19",
        podBlock: 0,
        offset: 8192,
        prefixLength: 19,
        usableAddresses: 8187,
        origin: "planned",
        isStable: true,
      },
      {
        availabilityZone: "us-west-2c",
        cidr: "100.64.64.0/19",
        podBlock: 0,
        offset: 16384,
        prefixLength: 19,
        usableAddresses: 8187,
        origin: "planned",
        isStable: true,
      },
    ]);
    assert.deepEqual(planned.free, ["100.64.96.0/19", "100.64.128.0/17"]);
  });

  it("keeps room for a zone that comes later and sorts earlier", () => {
    assert.deepEqual(places(plan({ zones: zones("us-west-2a", "us-west-2c") })), [
      "a 100.64.0.0/19",
      "c 100.64.64.0/19",
    ]);
    assert.deepEqual(places(plan({})), ["a 100.64.0.0/19", "b 100.64.32.0/19", "c 100.64.64.0/19"]);
  });

  it("adopts what exists, of whatever size, and plans around it", () => {
    const planned = plan({
      existing: [
        { availabilityZone: "us-west-2b", cidr: "100.64.0.0/20", subnetId: "subnet-0b" },
        { availabilityZone: "us-west-2a", cidr: "10.8.0.0/20", subnetId: "subnet-0node" },
      ],
    });
    assert.deepEqual(places(planned), ["a 100.64.32.0/19", "b 100.64.0.0/20", "c 100.64.64.0/19"]);
    assert.equal(planned.subnets[1]?.origin, "adopted");
    assert.equal(planned.subnets[1].subnetId, "subnet-0b");
    assert.deepEqual(planned.free, ["100.64.16.0/20", "100.64.96.0/19", "100.64.128.0/17"]);
  });

  it("counts places from the first free address when another zone's subnet is in the block", () => {
    const planned = plan({ existing: [{ availabilityZone: "us-west-2d", cidr: "100.64.1.0/24" }] });
    assert.deepEqual(places(planned), ["a 100.64.32.0/19", "b 100.64.64.0/19", "c 100.64.96.0/19"]);
  });

  it("lists every subnet that a zone has already, and adds none to them", () => {
    const existing = [
      { availabilityZone: "us-west-2a", cidr: "100.64.64.0/20" },
      { availabilityZone: "us-west-2a", cidr: "100.64.0.0/20" },
    ];
    assert.deepEqual(places(plan({ zones: zones("us-west-2a"), existing })), [
      "a 100.64.0.0/20",
      "a 100.64.64.0/20",
    ]);
  });

  it("honours what was assigned by hand", () => {
    const planned = plan({
      zones: [{ availabilityZone: "us-west-2a", cidrs: ["100.64.240.0/20"] }, ...zones("us-west-2b")],
    });
    assert.deepEqual(
      planned.subnets.map(({ cidr, origin }) => [cidr, origin]),
      [
        ["100.64.240.0/20", "assigned"],
        ["100.64.32.0/19", "planned"],
      ],
    );
  });

  it("takes an assignment that exists as adopted", () => {
    const planned = plan({
      zones: [{ availabilityZone: "us-west-2a", cidrs: ["100.64.240.0/20"] }],
      existing: [{ availabilityZone: "us-west-2a", cidr: "100.64.240.0/20", subnetId: "subnet-1" }],
    });
    assert.deepEqual(
      planned.subnets.map(({ origin, subnetId }) => [origin, subnetId]),
      [["adopted", "subnet-1"]],
    );
  });

  it("gives zones subnets of uneven size, larger ones the first free place", () => {
    const uneven = [
      { availabilityZone: "us-west-2a", prefixLength: 18 },
      { availabilityZone: "us-west-2b", prefixLength: 20 },
      ...zones("us-west-2c"),
    ];
    const planned = plan({ zones: uneven });
    assert.deepEqual(places(planned), ["a 100.64.128.0/18", "b 100.64.32.0/20", "c 100.64.64.0/19"]);
    assert.deepEqual(
      planned.subnets.map(({ isStable }) => isStable),
      [false, true, true],
    );
  });

  it("gives up the places where only dense packing fits everybody, and says so", () => {
    const tight = [
      ...zones("us-west-2a", "us-west-2d"),
      { availabilityZone: "us-west-2c", prefixLength: 17 },
    ];
    const planned = plan({ zones: tight, prefixLength: 18 });
    assert.deepEqual(places(planned), ["a 100.64.128.0/18", "c 100.64.0.0/17", "d 100.64.192.0/18"]);
    assert.deepEqual(
      planned.subnets.map(({ isStable }) => isStable),
      [false, false, false],
    );
  });

  it("keeps counting places by letters when a subnet of a zone that is not asked for is in its own", () => {
    const existing = [
      { availabilityZone: "us-west-2a", cidr: "100.64.0.0/19" },
      { availabilityZone: "us-west-2b", cidr: "100.64.32.0/19" },
    ];
    const planned = plan({ zones: zones("us-west-2a", "us-west-2d"), existing });
    assert.deepEqual(places(planned), ["a 100.64.0.0/19", "d 100.64.96.0/19"]);
  });

  it("plans no reservations in an adopted subnet that is too small for them", () => {
    const existing = [{ availabilityZone: "us-west-2a", cidr: "100.64.0.0/27" }];
    const [adopted] = plan({ zones: zones("us-west-2a"), existing, reservePrefixes: true }).subnets;
    assert.deepEqual([adopted?.cidr, adopted?.reservations], ["100.64.0.0/27", undefined]);
  });

  it("cuts several subnets for a zone, and goes on in the next block", () => {
    const planned = plan({
      podBlocks: ["100.64.0.0/18", "100.65.0.0/18"],
      zones: zones("us-west-2a", "us-west-2b").map((zone) => ({ ...zone, subnets: 2 })),
    });
    assert.deepEqual(places(planned), [
      "a 100.64.0.0/19",
      "a 100.65.0.0/19",
      "b 100.64.32.0/19",
      "b 100.65.32.0/19",
    ]);
    assert.deepEqual(
      planned.subnets.map(({ podBlock }) => podBlock),
      [0, 1, 0, 1],
    );
  });

  it("plans in a block that IPAM has yet to provide, by offsets", () => {
    const planned = plan({ podBlocks: [{ netmaskLength: 18 }], zones: zones("us-west-2a", "us-west-2b") });
    assert.deepEqual(
      planned.subnets.map(({ cidr, offset }) => [cidr, offset]),
      [
        [undefined, 0],
        [undefined, 8192],
      ],
    );
    assert.deepEqual(planned.free, []);
    assert.deepEqual(
      planned.subnets.map((subnet) => subnetCidrIn("100.99.64.0/18", subnet)),
      ["100.99.64.0/19", "100.99.96.0/19"],
    );
  });

  it("plans CIDR reservations where asked for", () => {
    const [subnet] = plan({ reservePrefixes: true, prefixLength: 24 }).subnets;
    assert.deepEqual(subnet?.reservations, [
      "100.64.0.16/28",
      "100.64.0.32/27",
      "100.64.0.64/26",
      "100.64.0.128/25",
    ]);
  });

  it("takes a block that the VPC has already without checking it again", () => {
    const had = { cidrBlocks: ["10.8.0.0/16", "100.64.0.0/16"], quotas: { cidrBlocksPerVpc: 2 } };
    assert.equal(plan({ vpc: had }).subnets.length, 3);
  });

  describe("refuses", () => {
    it("a block that the VPC may not be given, with the reason", () => {
      const problems = problemsOf(() => plan({ podBlocks: ["198.19.0.0/16", "100.64.0.0/16"] }));
      assert.deepEqual(
        problems.map(({ path }) => path),
        ["podBlocks[0]"],
      );
      assert.match(problems[0]?.reason ?? "", /guides/);
    });
    it("blocks that overlap each other", () => {
      assert.deepEqual(
        pathsOf(() => plan({ podBlocks: ["100.64.0.0/16", "100.64.128.0/17"] })),
        ["podBlocks[1]"],
      );
      const had = { cidrBlocks: ["10.8.0.0/16", "100.64.0.0/16"] };
      assert.deepEqual(
        pathsOf(() => plan({ vpc: had, podBlocks: ["100.64.0.0/16", "100.64.0.0/16"] })),
        ["podBlocks[1]"],
      );
    });
    it("each block by itself, whatever is wrong with those before it", () => {
      const problems = problemsOf(() =>
        plan({ podBlocks: ["abc", "10.8.0.0/24", "198.19.0.0/16", "10.8.0.0/25"] }),
      );
      assert.deepEqual(
        problems.map(({ path }) => path),
        ["podBlocks[0]", "podBlocks[1]", "podBlocks[2]", "podBlocks[3]"],
      );
      assert.match(problems[1]?.reason ?? "", /overlaps 10\.8\.0\.0\/16, which is associated with the VPC/);
      assert.equal(problems[3]?.reason, "10.8.0.0/25 overlaps 10.8.0.0/24, which was given before it.");
    });
    it("more blocks than the quota allows, those of IPAM included", () => {
      const few = { ...vpc, quotas: { cidrBlocksPerVpc: 2 } };
      const three = [{ netmaskLength: 16 }, "100.64.0.0/16", { netmaskLength: 16 }];
      assert.deepEqual(
        pathsOf(() => plan({ vpc: few, podBlocks: three })),
        ["podBlocks[1]", "podBlocks[2]"],
      );
    });
    it("a block that another of the plan forbids", () => {
      const podBlocks = ["10.1.0.0/16", "10.0.0.0/16"];
      const problems = problemsOf(() => plan({ podBlocks }));
      assert.deepEqual(
        problems.map(({ path }) => path),
        ["podBlocks[1]"],
      );
      assert.match(problems[0]?.reason ?? "", /10\.0\.0\.0\/15/);
    });
    it("a block beyond the quota, once", () => {
      const full = { cidrBlocks: ["10.8.0.0/16"], quotas: { cidrBlocksPerVpc: 1 } };
      assert.deepEqual(
        pathsOf(() => plan({ vpc: full })),
        ["podBlocks[0]"],
      );
    });
    it("many subnets that don't fit in one line for each zone", () => {
      const greedy = zones("a", "b").map((zone) => ({ ...zone, subnets: 20 }));
      assert.deepEqual(
        pathsOf(() => plan({ zones: greedy })),
        ["zones[0]", "zones[1]"],
      );
    });
    it("zones that don't fit, each by name, with the size that would", () => {
      const many = zones(..."abcdefghij".split("").map((letter) => `us-west-2${letter}`));
      const problems = problemsOf(() => plan({ zones: many }));
      assert.deepEqual(
        problems.map(({ path }) => path),
        ["zones[8]", "zones[9]"],
      );
      assert.match(problems[0]?.reason ?? "", /no \/19 is left for us-west-2i in 100\.64\.0\.0\/16/);
      assert.match(problems[0]?.fix ?? "", /\/20 fits them all/);
    });
    it("zones that don't fit a small block with the size that would, where one can carry what is asked of it", () => {
      const fixes = (request: Partial<AddressPlanRequest>) =>
        problemsOf(() => plan(request)).map(({ fix }) => fix);
      const smaller = (length: number) =>
        `Add a block, or make the subnets smaller: /${length} fits them all.`;
      assert.deepEqual(fixes({ podBlocks: ["100.64.0.0/26"] }), Array(3).fill(smaller(28)));
      const ofOneBlock = { podBlocks: ["100.64.0.0/25"], prefixLength: 26 };
      assert.deepEqual(fixes(ofOneBlock), [smaller(27)]);
      assert.deepEqual(fixes({ ...ofOneBlock, reservePrefixes: true }), ["Add a block."]);
    });
    it("an empty list, zones named twice, names that are none, sizes AWS does not take: all at once", () => {
      assert.deepEqual(
        pathsOf(() =>
          plan({
            zones: [...zones("a", "a", "A b"), { availabilityZone: "c", prefixLength: 29, subnets: 0 }],
            prefixLength: 15,
          }),
        ),
        ["prefixLength", "zones[3].prefixLength", "zones[1]", "zones[2]", "zones[3].subnets"],
      );
      assert.deepEqual(
        pathsOf(() => plan({ zones: [], podBlocks: [] })),
        ["podBlocks", "zones"],
      );
    });
    it("existing subnets that no VPC can have", () => {
      const at = (cidr: string) => ({ availabilityZone: "us-west-2a", cidr });
      assert.deepEqual(
        pathsOf(() =>
          plan({
            existing: [
              at("100.64.0.0/19"),
              at("100.64.16.0/20"),
              at("100.64.0.0/12"),
              at("x"),
              at("100.64.99.0/30"),
            ],
          }),
        ),
        ["existing[1].cidr", "existing[2].cidr", "existing[3].cidr", "existing[4].cidr"],
      );
    });
    it("assignments outside the blocks, onto others, or too small", () => {
      assert.deepEqual(
        pathsOf(() =>
          plan({
            zones: [
              {
                availabilityZone: "us-west-2a",
                cidrs: ["100.65.0.0/20", "100.64.0.0/20", "100.64.8.0/21", "100.64.99.0/29", "y"],
              },
              { availabilityZone: "us-west-2b", cidrs: ["100.64.128.0/20"] },
            ],
            existing: [{ availabilityZone: "us-west-2c", cidr: "100.64.128.0/20" }],
          }),
        ),
        [
          "zones[0].cidrs[0]",
          "zones[0].cidrs[2]",
          "zones[0].cidrs[3]",
          "zones[0].cidrs[4]",
          "zones[1].cidrs[0]",
        ],
      );
    });
    it("reservations in a subnet that has no whole /28", () => {
      assert.deepEqual(
        pathsOf(() => plan({ reservePrefixes: true, prefixLength: 27 })),
        ["prefixLength", "prefixLength", "prefixLength"],
      );
    });
  });
});

describe("address plan: laws", () => {
  const letters = "abcdefgh".split("");
  const someZones = fc.subarray(
    letters.map((letter) => `eu-west-1${letter}`),
    { minLength: 1 },
  );
  const shuffled = <T>(items: fc.Arbitrary<T[]>) =>
    items.chain((list) => fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }));
  /** Zones that fit by their places alone: eight /19 in a /16, one each. */
  const request = (names: readonly string[], more: Partial<AddressPlanRequest> = {}) => ({
    vpc,
    podBlocks,
    zones: zones(...names),
    ...more,
  });

  /** Requests of all kinds, that may or may not fit. */
  const anything = fc.record({
    zones: someZones.chain((names) =>
      fc.tuple(
        ...names.map((availabilityZone) =>
          fc.record(
            {
              availabilityZone: fc.constant(availabilityZone),
              prefixLength: fc.integer({ min: 17, max: 26 }),
              subnets: fc.integer({ min: 1, max: 3 }),
            },
            { requiredKeys: ["availabilityZone"] },
          ),
        ),
      ),
    ),
    podBlocks: fc.subarray(["100.64.0.0/16", "100.70.0.0/17", "100.80.0.0/18", "100.90.0.0/20"], {
      minLength: 1,
    }),
    existing: fc.uniqueArray(
      fc.record({
        availabilityZone: fc.constantFrom("eu-west-1a", "eu-west-1b", "eu-west-1z"),
        cidr: fc.integer({ min: 0, max: 15 }).map((index) => `100.64.${index * 16}.0/22`),
      }),
      { selector: ({ cidr }) => cidr, maxLength: 4 },
    ),
  });
  const planned = (asked: Omit<AddressPlanRequest, "vpc">): AddressPlan | undefined => {
    try {
      return planSubnets({ vpc, ...asked });
    } catch {
      return undefined;
    }
  };

  it("keeps subnets inside their block, on their boundary, disjoint from each other and from what exists", () => {
    fc.assert(
      fc.property(anything, (asked) => {
        const result = planned(asked);
        fc.pre(result !== undefined);
        const blocks = result.subnets.map(({ cidr }) => cidrBlock(cidr ?? ""));
        blocks.forEach((block, index) => {
          const of = asked.podBlocks[result.subnets[index]?.podBlock ?? -1] ?? "";
          assert.ok(contains(cidrBlock(of), block));
          assert.equal(block.first % addressCount(block.prefixLength), 0);
          const others = [...blocks.slice(0, index), ...blocks.slice(index + 1)];
          const foreign = asked.existing
            .map(({ cidr }) => cidrBlock(cidr))
            .filter(({ cidr }) => cidr !== block.cidr);
          for (const other of [...others, ...foreign]) {
            if (contains(cidrBlock(of), other))
              assert.ok(!overlaps(block, other), `${block.cidr} ${other.cidr}`);
          }
        });
      }),
    );
  });

  it("accounts for every address: subnets, what exists and what is free add up to the blocks", () => {
    fc.assert(
      fc.property(anything, (asked) => {
        const result = planned(asked);
        fc.pre(result !== undefined);
        const size = (cidr: string) => addressCount(cidrBlock(cidr).prefixLength);
        const total = (cidrs: Iterable<string>) => [...cidrs].reduce((sum, cidr) => sum + size(cidr), 0);
        const inBlocks = asked.existing.filter(({ cidr }) =>
          asked.podBlocks.some((block) => contains(cidrBlock(block), cidrBlock(cidr))),
        );
        const used = new Set([
          ...inBlocks.map(({ cidr }) => cidr),
          ...result.subnets.map(({ cidr }) => cidr ?? ""),
        ]);
        assert.equal(total(used) + total(result.free), total(asked.podBlocks));
      }),
    );
  });

  it("does not depend on the order of the zones", () => {
    fc.assert(
      fc.property(
        anything.chain((asked) => fc.tuple(fc.constant(asked), shuffled(fc.constant(asked.zones)))),
        ([asked, order]) => {
          assert.deepEqual(planned({ ...asked, zones: order }), planned(asked));
        },
      ),
    );
  });

  /** The subnets that are said to be stable, and where they are; a zone's first one has its own place. */
  const stable = ({ subnets }: AddressPlan) =>
    new Map(
      subnets
        .filter(({ isStable, origin }) => isStable && origin === "planned")
        .map(({ availabilityZone, cidr }) => [availabilityZone, cidr]),
    );
  const moved = (before: AddressPlan, after: AddressPlan) =>
    [...stable(before)].filter(([zone, cidr]) => stable(after).has(zone) && stable(after).get(zone) !== cidr);

  it("moves no subnet when a zone is added", () => {
    fc.assert(
      fc.property(someZones, fc.constantFrom(...letters), (names, letter) => {
        const before = planSubnets(request(names));
        const after = planSubnets(request([...new Set([...names, `eu-west-1${letter}`])]));
        assert.equal(stable(before).size, names.length);
        for (const [zone, cidr] of stable(before)) assert.equal(stable(after).get(zone), cidr);
      }),
    );
  });

  it("moves no subnet when a block is added", () => {
    fc.assert(
      fc.property(someZones, (names) => {
        const before = planSubnets(request(names));
        const after = planSubnets(request(names, { podBlocks: ["100.64.0.0/16", "100.65.0.0/16"] }));
        assert.deepEqual(after.subnets, before.subnets);
      }),
    );
  });

  it("moves no subnet from its own place, whatever zones of whatever sizes come", () => {
    fc.assert(
      fc.property(anything, anything, (asked, more) => {
        const known = new Set(asked.zones.map(({ availabilityZone }) => availabilityZone));
        const zonesThen = [
          ...asked.zones,
          ...more.zones.filter(({ availabilityZone }) => !known.has(availabilityZone)),
        ];
        const before = planned({ ...asked, existing: [] });
        const after = planned({ ...asked, existing: [], zones: zonesThen });
        fc.pre(before !== undefined && after !== undefined);
        assert.deepEqual(moved(before, after), []);
      }),
    );
  });

  it("moves nothing that exists, whatever else changes", () => {
    fc.assert(
      fc.property(anything, anything, (asked, later) => {
        const result = planned(asked);
        fc.pre(result !== undefined);
        const existing = result.subnets.map(({ availabilityZone, cidr }) => ({
          availabilityZone,
          cidr: cidr ?? "",
        }));
        const again = planned({ ...later, podBlocks: asked.podBlocks, existing, zones: [...later.zones] });
        fc.pre(again !== undefined);
        const wanted = new Set(later.zones.map(({ availabilityZone }) => availabilityZone));
        for (const { availabilityZone, cidr } of existing) {
          if (!wanted.has(availabilityZone)) continue;
          assert.ok(
            again.subnets.some(
              (subnet) =>
                subnet.availabilityZone === availabilityZone &&
                subnet.cidr === cidr &&
                subnet.origin === "adopted",
            ),
          );
        }
      }),
    );
  });

  it("refuses only what can't fit: whatever has enough addresses in whole blocks gets a plan", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 17, max: 22 }), { minLength: 1, maxLength: 26 }), (sizes) => {
        const names = "abcdefghijklmnopqrstuvwxyz".slice(0, sizes.length).split("");
        const wanted = names.map((letter, index) => ({
          availabilityZone: letter,
          prefixLength: sizes[index] ?? 17,
        }));
        const total = sizes.reduce((sum, length) => sum + addressCount(length), 0);
        // Powers of two on their boundaries pack without loss into a power of two.
        assert.equal(planned({ podBlocks, zones: wanted }) !== undefined, total <= addressCount(16));
      }),
    );
  });
});

describe("the place of a zone", () => {
  const rows: [string, number | undefined][] = [
    ["us-west-2a", 0],
    ["us-gov-west-1c", 2],
    ["eusc-de-east-1b", 1],
    ["ap-northeast-1d", 3],
    ["a", 0],
    ["use1-az1", 0],
    ["usw2-az4", 3],
    ["us-west-2-lax-1a", undefined],
    ["us-east-1-wl1-bos-wlz-1", undefined],
    ["zone-1", undefined],
    ["usw2-lax1-az1", undefined],
  ];
  for (const [zone, ordinal] of rows) {
    it(`of ${zone} is ${ordinal ?? "none"}`, () => {
      assert.equal(zoneOrdinal(zone), ordinal);
    });
  }
});
