import assert from "node:assert/strict";
import * as fc from "fast-check";
import { cidrBlock, freeBlocks, overlaps } from "../../planning/cidrBlock";
import { checkCidrBlock, proposeCidrBlocks } from "../../planning/cidrCheck";
import type { VpcAddressing } from "../../planning/vpcAddressing";
import { aBlock } from "../support/arbitraries";
import { pathsOf } from "../support/problems";

const rulesOf = (cidr: string, vpc: VpcAddressing) =>
  checkCidrBlock(cidr, vpc).problems.map(({ rule }) => rule);
const warningsOf = (cidr: string, vpc: VpcAddressing) =>
  checkCidrBlock(cidr, vpc).warnings.map(({ rule }) => rule);

describe("CIDR check: the restriction table of AWS", () => {
  // primary block, what may not be added, what may.
  const table: { primary: string; refused: string[]; allowed: string[] }[] = [
    {
      primary: "10.8.0.0/16",
      refused: ["172.16.0.0/16", "172.31.255.0/24", "192.168.0.0/16", "198.19.0.0/16", "198.19.255.240/28"],
      allowed: [
        "10.0.0.0/16",
        "10.9.0.0/16",
        "10.255.255.240/28",
        "100.64.0.0/16",
        "100.127.0.0/16",
        "52.94.0.0/16",
        "198.18.0.0/16",
      ],
    },
    {
      primary: "172.16.0.0/16",
      refused: [
        "10.0.0.0/16",
        "10.255.0.0/16",
        "192.168.1.0/24",
        "172.31.0.0/16",
        "172.31.128.0/20",
        "198.19.0.0/16",
      ],
      allowed: ["172.18.0.0/16", "172.30.0.0/16", "100.64.0.0/16", "44.0.0.0/16"],
    },
    {
      primary: "192.168.0.0/20",
      refused: ["10.0.0.0/16", "172.16.0.0/16", "172.31.0.0/16", "198.19.0.0/16"],
      allowed: ["192.168.16.0/20", "192.168.255.0/24", "100.64.0.0/16", "3.0.0.0/16"],
    },
    {
      primary: "198.19.0.0/20",
      refused: ["10.0.0.0/16", "172.16.0.0/16", "172.31.0.0/16", "192.168.0.0/16"],
      allowed: ["100.64.0.0/16", "52.94.0.0/16", "198.19.16.0/20"],
    },
    {
      primary: "52.94.0.0/16",
      refused: ["10.0.0.0/16", "172.16.0.0/16", "192.168.0.0/24", "198.19.0.0/16"],
      allowed: ["52.95.0.0/16", "100.64.0.0/16"],
    },
    {
      primary: "100.64.0.0/16",
      refused: ["10.0.0.0/16", "172.16.0.0/16", "192.168.0.0/16", "198.19.0.0/16"],
      allowed: ["100.65.0.0/16", "52.94.0.0/16"],
    },
  ];
  for (const { primary, refused, allowed } of table) {
    for (const cidr of refused) {
      it(`refuses ${cidr} beside the primary ${primary}`, () => {
        assert.deepEqual(rulesOf(cidr, { cidrBlocks: [primary] }), ["restricted-range"]);
      });
    }
    for (const cidr of allowed) {
      it(`allows ${cidr} beside the primary ${primary}`, () => {
        assert.deepEqual(rulesOf(cidr, { cidrBlocks: [primary] }), []);
      });
    }
  }

  for (const range of [
    "0.1.0.0/16",
    "127.0.0.0/16",
    "169.254.0.0/16",
    "169.254.172.0/22",
    "224.0.0.0/16",
    "239.255.0.0/16",
  ]) {
    it(`refuses ${range}, which no VPC can have`, () => {
      assert.deepEqual(rulesOf(range, { cidrBlocks: ["10.8.0.0/16"] }), ["restricted-range"]);
    });
  }

  describe("10.0.0.0/15 and 10.0.0.0/16", () => {
    it("refuses 10.0.0.0/16 when the primary is in 10.0.0.0/15", () => {
      assert.deepEqual(rulesOf("10.0.0.0/16", { cidrBlocks: ["10.1.0.0/16"] }), ["restricted-range"]);
      assert.deepEqual(rulesOf("10.0.128.0/20", { cidrBlocks: ["10.0.0.0/20"] }), ["restricted-range"]);
    });
    it("refuses it when any other block is", () => {
      assert.deepEqual(rulesOf("10.0.0.0/16", { cidrBlocks: ["10.8.0.0/16", "10.1.0.0/24"] }), [
        "restricted-range",
      ]);
    });
    it("allows 10.1.0.0/16 even so", () => {
      assert.deepEqual(rulesOf("10.1.0.0/16", { cidrBlocks: ["10.0.0.0/16"] }), []);
    });
  });

  it("goes by the primary block, not by one that was added", () => {
    assert.deepEqual(rulesOf("10.9.0.0/16", { cidrBlocks: ["10.8.0.0/16", "100.64.0.0/16"] }), []);
  });

  it("says of 198.19.0.0/16 that guides get it wrong, and names a free block", () => {
    const [problem] = checkCidrBlock("198.19.0.0/16", { cidrBlocks: ["10.0.0.0/16"] }).problems;
    assert.match(problem?.reason ?? "", /several AWS guides name it .* forbids it/);
    assert.equal(problem?.fix, "Use 100.64.0.0/16, which is free.");
    assert.equal(problem.conflictsWith, "10.0.0.0/16");
  });

  it("warns of another block in 198.19.0.0/16 beside one, on which AWS's table is silent", () => {
    assert.deepEqual(warningsOf("198.19.16.0/20", { cidrBlocks: ["198.19.0.0/20"] }), ["unlisted-range"]);
  });

  it("reads 100.64.0.0/10 as a pool from which /16 blocks are offered", () => {
    const check = checkCidrBlock("100.64.0.0/10", { cidrBlocks: ["10.0.0.0/16"] });
    assert.deepEqual(
      check.problems.map(({ rule }) => rule),
      ["block-size"],
    );
    assert.match(check.problems[0]?.fix ?? "", /pool/);
    assert.deepEqual(check.proposals, ["100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/16"]);
  });
});

describe("CIDR check: the other rules", () => {
  const vpc = { cidrBlocks: ["10.8.0.0/16"] };
  const block = "100.64.0.0/16";
  const rows: { name: string; cidr?: string; with: Partial<VpcAddressing>; rules: string[] }[] = [
    { name: "a /15", cidr: "100.64.0.0/15", with: {}, rules: ["block-size"] },
    { name: "a /29", cidr: "100.64.0.0/29", with: {}, rules: ["block-size"] },
    { name: "a /28", cidr: "100.64.0.0/28", with: {}, rules: [] },
    { name: "host bits", cidr: "100.64.3.0/16", with: {}, rules: ["host-bits"] },
    { name: "a block inside one of the VPC's", cidr: "10.8.4.0/24", with: {}, rules: ["vpc-overlap"] },
    { name: "a block of the VPC", cidr: "10.8.0.0/16", with: {}, rules: ["vpc-overlap"] },
    { name: "the destination of a route", with: { routes: [block] }, rules: ["route"] },
    { name: "more than the destination of a route", with: { routes: ["100.64.7.0/24"] }, rules: ["route"] },
    { name: "less than the destination of a route", with: { routes: ["100.64.0.0/10"] }, rules: [] },
    { name: "a default route", with: { routes: ["0.0.0.0/0"] }, rules: [] },
    {
      name: "AWS's example, equal",
      cidr: "10.0.0.0/24",
      with: { routes: ["10.0.0.0/24"] },
      rules: ["route"],
    },
    { name: "AWS's example, smaller", cidr: "10.0.0.0/25", with: { routes: ["10.0.0.0/24"] }, rules: [] },
    {
      name: "a block of an active peer",
      with: { peerings: [{ status: "active", role: "accepter", cidrBlocks: ["100.64.128.0/20"] }] },
      rules: ["peer-overlap"],
    },
    {
      name: "no block of an active peer",
      with: { peerings: [{ status: "active", role: "requester", cidrBlocks: ["100.65.0.0/16"] }] },
      rules: [],
    },
    {
      name: "any block of a pending requester",
      with: {
        peerings: [{ status: "pending-acceptance", role: "requester", cidrBlocks: ["100.65.0.0/16"] }],
      },
      rules: ["pending-peering"],
    },
    {
      name: "a pending accepter without overlap",
      with: { peerings: [{ status: "pending-acceptance", role: "accepter", cidrBlocks: ["100.65.0.0/16"] }] },
      rules: [],
    },
    {
      name: "a pending accepter with overlap",
      with: { peerings: [{ status: "pending-acceptance", role: "accepter", cidrBlocks: ["100.64.0.0/20"] }] },
      rules: ["pending-peering"],
    },
    {
      name: "a Direct Connect neighbour",
      with: { directConnectCidrBlocks: [block] },
      rules: ["direct-connect-overlap"],
    },
    {
      name: "the service range",
      cidr: "10.100.0.0/20",
      with: { serviceCidrBlock: "10.100.0.0/16" },
      rules: ["service-overlap"],
    },
    {
      name: "another cluster",
      with: { otherClusterCidrBlocks: ["100.64.32.0/19"] },
      rules: ["other-cluster-overlap"],
    },
    {
      name: "a sixth block",
      with: { cidrBlocks: ["10.8.0.0/16", "10.9.0.0/16", "10.10.0.0/16", "10.11.0.0/16", "10.12.0.0/16"] },
      rules: ["cidr-quota"],
    },
    {
      name: "a sixth block under a raised quota",
      with: {
        cidrBlocks: ["10.8.0.0/16", "10.9.0.0/16", "10.10.0.0/16", "10.11.0.0/16", "10.12.0.0/16"],
        quotas: { cidrBlocksPerVpc: 6 },
      },
      rules: [],
    },
  ];
  for (const { name, cidr = block, with: more, rules } of rows) {
    it(rules.length > 0 ? `refuses ${name} (${rules.join(", ")})` : `allows ${name}`, () => {
      assert.deepEqual(rulesOf(cidr, { ...vpc, ...more }), rules);
    });
  }

  it("tells every route, peer and cluster in the way, each once", () => {
    const check = checkCidrBlock(block, {
      ...vpc,
      routes: ["100.64.1.0/24", "100.64.2.0/24", "100.64.1.0/24"],
      otherClusterCidrBlocks: ["100.64.0.0/19", "100.64.32.0/19", "100.64.0.0/19"],
    });
    assert.deepEqual(
      check.problems.map(({ rule, conflictsWith }) => `${rule} ${conflictsWith ?? ""}`),
      [
        "route 100.64.1.0/24",
        "route 100.64.2.0/24",
        "other-cluster-overlap 100.64.0.0/19",
        "other-cluster-overlap 100.64.32.0/19",
      ],
    );
  });

  it("says where the quota can be raised, and where it can't", () => {
    const full = (blocks: number) => ({
      cidrBlocks: Array.from({ length: blocks }, (_, index) => `10.${8 + index}.0.0/16`),
      quotas: { cidrBlocksPerVpc: blocks },
    });
    assert.match(checkCidrBlock(block, full(49)).problems[0]?.fix ?? "", /^Raise the quota L-83CA0A9D/);
    assert.match(checkCidrBlock(block, full(50)).problems[0]?.fix ?? "", /^AWS grants no more/);
  });

  it("refuses VPCs that can't be", () => {
    const paths = (...cidrBlocks: string[]) => pathsOf(() => checkCidrBlock(block, { cidrBlocks }));
    assert.deepEqual(paths("10.0.0.0/8"), ["vpc.cidrBlocks[0]"]);
    assert.deepEqual(paths("169.254.0.0/16", "10.0.0.0/29"), ["vpc.cidrBlocks[0]", "vpc.cidrBlocks[1]"]);
    assert.deepEqual(paths("10.8.0.0/16", "10.8.0.0/16", "10.8.4.0/24"), [
      "vpc.cidrBlocks[1]",
      "vpc.cidrBlocks[2]",
    ]);
  });

  it("warns when the block is inside the destination of a route, but not of the default route", () => {
    assert.deepEqual(warningsOf(block, { ...vpc, routes: ["100.64.0.0/10", "0.0.0.0/0"] }), [
      "route-shadowed",
    ]);
  });

  it("warns of Docker's bridge", () => {
    assert.deepEqual(warningsOf("172.17.0.0/16", { cidrBlocks: ["172.16.0.0/16"] }), ["docker-bridge"]);
  });

  it("does not count a local route against the block that it belongs to", () => {
    const check = checkCidrBlock("10.8.0.0/16", { ...vpc, routes: ["10.8.0.0/16"] });
    assert.deepEqual(
      check.problems.map(({ rule }) => rule),
      ["vpc-overlap"],
    );
    assert.equal(check.problems[0]?.reason, "10.8.0.0/16 is associated with the VPC already.");
  });

  it("tells all problems at once, each with what it conflicts with and a way out", () => {
    const check = checkCidrBlock("192.168.0.0/15", {
      ...vpc,
      routes: ["192.168.5.0/24"],
      serviceCidrBlock: "192.168.128.0/20",
      otherClusterCidrBlocks: ["192.169.0.0/24"],
    });
    assert.deepEqual(
      check.problems.map(({ rule, conflictsWith }) => [rule, conflictsWith]),
      [
        ["block-size", undefined],
        ["restricted-range", "10.8.0.0/16"],
        ["route", "192.168.5.0/24"],
        ["service-overlap", "192.168.128.0/20"],
        ["other-cluster-overlap", "192.169.0.0/24"],
      ],
    );
    for (const { reason, fix } of check.problems) {
      assert.match(reason, /192\.168\.0\.0\/15/);
      assert.notEqual(fix, "");
    }
  });

  it("refuses inputs that are no blocks, all at once, by their paths", () => {
    assert.deepEqual(
      pathsOf(() =>
        checkCidrBlock("100.64/16", {
          cidrBlocks: ["10.8.0.0/16", "10.9.0.1/16"],
          routes: ["pl-1234"],
          peerings: [{ status: "active", role: "requester", cidrBlocks: ["x"] }],
          serviceCidrBlock: "172.20.0.0",
          quotas: { cidrBlocksPerVpc: 0 },
        }),
      ),
      [
        "cidr",
        "vpc.cidrBlocks[1]",
        "vpc.routes[0]",
        "vpc.peerings[0].cidrBlocks[0]",
        "vpc.serviceCidrBlock",
        "vpc.quotas.cidrBlocksPerVpc",
      ],
    );
    assert.deepEqual(
      pathsOf(() => checkCidrBlock(block, { cidrBlocks: [] })),
      ["vpc.cidrBlocks"],
    );
  });
});

describe("CIDR proposals", () => {
  it("offers /16 blocks of 100.64.0.0/10 from its start, around what is taken", () => {
    const vpc = { cidrBlocks: ["10.8.0.0/16", "100.64.0.0/16"], routes: ["100.66.0.0/20"] };
    assert.deepEqual(proposeCidrBlocks(vpc), ["100.65.0.0/16", "100.67.0.0/16", "100.68.0.0/16"]);
  });

  it("offers a smaller block of 100.64.0.0/10 before one of the VPC's own range", () => {
    const everyOther = Array.from({ length: 64 }, (_, index) => `100.${64 + index}.0.0/17`);
    assert.deepEqual(proposeCidrBlocks({ cidrBlocks: ["10.8.0.0/16"], otherClusterCidrBlocks: everyOther }), [
      "100.64.128.0/17",
      "100.65.128.0/17",
      "100.66.128.0/17",
    ]);
  });

  it("offers the VPC's own range when 100.64.0.0/10 is taken", () => {
    const taken = { cidrBlocks: ["10.1.0.0/16"], otherClusterCidrBlocks: ["100.64.0.0/10"] };
    assert.deepEqual(proposeCidrBlocks(taken), ["10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"]);
  });

  it("offers blocks without warnings first", () => {
    const vpc = { cidrBlocks: ["10.8.0.0/16"], routes: ["100.64.0.0/11"] };
    assert.equal(proposeCidrBlocks(vpc)[0], "100.96.0.0/16");
  });

  it("offers nothing while no block at all may be added", () => {
    const peerings = [{ status: "pending-acceptance", role: "requester", cidrBlocks: [] }] as const;
    assert.deepEqual(proposeCidrBlocks({ cidrBlocks: ["10.8.0.0/16"], peerings }), []);
    const [problem] = checkCidrBlock("10.8.0.0/16", { cidrBlocks: ["10.8.0.0/16"], peerings }).problems;
    assert.equal(problem?.rule, "vpc-overlap");
  });

  it("offers only blocks that pass every rule, of the size asked for where there is one", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("10.0.0.0/16", "10.200.0.0/20", "172.16.0.0/16", "192.168.0.0/20", "52.94.0.0/16"),
        fc.array(aBlock({ from: 12, to: 24 }), { maxLength: 6 }),
        fc.array(
          aBlock({ from: 10, to: 20 }).filter((block) => overlaps(block, cidrBlock("100.64.0.0/10"))),
          { maxLength: 6 },
        ),
        fc.integer({ min: 16, max: 24 }),
        (primary, routes, others, prefixLength) => {
          const vpc = {
            cidrBlocks: [primary],
            routes: routes.map(({ cidr }) => cidr),
            otherClusterCidrBlocks: others.map(({ cidr }) => cidr),
          };
          for (const proposal of proposeCidrBlocks(vpc, prefixLength)) {
            assert.deepEqual(checkCidrBlock(proposal, vpc).problems, []);
            assert.ok(cidrBlock(proposal).prefixLength >= prefixLength);
          }
        },
      ),
    );
  });

  it("are found among a million blocks that all have a warning", () => {
    const vpc = {
      cidrBlocks: ["10.0.0.0/16"],
      routes: ["10.0.0.0/8"],
      otherClusterCidrBlocks: ["100.64.0.0/10"],
    };
    assert.deepEqual(proposeCidrBlocks(vpc, 28), ["10.1.0.0/28", "10.1.0.16/28", "10.1.0.32/28"]);
  });

  it("are of sizes that a VPC takes", () => {
    const vpc = { cidrBlocks: ["10.8.0.0/16"] };
    assert.equal(proposeCidrBlocks(vpc, 8)[0], "100.64.0.0/16");
    assert.equal(proposeCidrBlocks(vpc, 30)[0], "100.64.0.0/28");
  });

  it("are down to a sixteenth of the size asked for, and no smaller", () => {
    const taken = (prefixLength: number) => ({
      cidrBlocks: ["52.0.0.0/16"],
      otherClusterCidrBlocks: Array.from({ length: 64 }, (_, index) =>
        freeBlocks(cidrBlock(`100.${64 + index}.0.0/16`), [
          cidrBlock(`100.${64 + index}.0.0/${prefixLength}`),
        ]),
      ).flatMap((blocks) => blocks.map(({ cidr }) => cidr)),
    });
    assert.equal(proposeCidrBlocks(taken(20))[0], "100.64.0.0/20");
    assert.deepEqual(proposeCidrBlocks(taken(21)), []);
  });

  it("come from the pool that was asked for first", () => {
    const { proposals, problems } = checkCidrBlock("100.96.0.0/12", { cidrBlocks: ["10.8.0.0/16"] });
    assert.deepEqual(proposals, ["100.96.0.0/16", "100.97.0.0/16", "100.98.0.0/16"]);
    assert.match(problems[0]?.fix ?? "", /pool/);
    const elsewhere = checkCidrBlock("44.0.0.0/12", { cidrBlocks: ["10.8.0.0/16"] });
    assert.deepEqual(
      [elsewhere.proposals[0], elsewhere.problems[0]?.fix],
      ["100.64.0.0/16", "Use 100.64.0.0/16, which is free."],
    );
  });

  it("are not made for a block that may be added, warnings or not", () => {
    assert.deepEqual(checkCidrBlock("172.17.0.0/16", { cidrBlocks: ["172.16.0.0/16"] }).proposals, []);
  });

  it("are none for a VPC with an overlap only where they don't touch it", () => {
    const inAVpc = aBlock({ from: 16, to: 24 }).filter(
      (block) =>
        !["0.", "127.", "169.254."].some((start) => block.cidr.startsWith(start)) && block.first < 2 ** 31,
    );
    fc.assert(
      fc.property(inAVpc, aBlock({ from: 16, to: 28 }), (own, other) => {
        assert.equal(
          rulesOf(other.cidr, { cidrBlocks: [own.cidr] }).includes("vpc-overlap"),
          overlaps(own, other),
        );
      }),
    );
  });
});
