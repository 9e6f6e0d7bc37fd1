import { strict as assert } from "node:assert";
import fc from "fast-check";
import { blockAt, cidrBlock, contains } from "../../../planning/cidrBlock";
import {
  describeTraffic,
  includes,
  isCovered,
  rulesLeftBehind,
  type Traffic,
} from "../../../planning/preflight/traffic";

const tcp = (from: number, to = from): Traffic => ({ protocol: "tcp", from, to });
const ALL: Traffic = { protocol: "all", from: 0, to: 65535 };
const rule = (traffic: Traffic, cidr: string) => ({ traffic, block: cidrBlock(cidr) });
const move = (from: string, ...to: string[]) => ({ from: [cidrBlock(from)], to: to.map(cidrBlock) });

describe("rules that are left behind", () => {
  it("are those that name today's pods and not tomorrow's", () => {
    const rules = [
      rule(tcp(5432), "10.8.0.0/16"),
      rule(tcp(443), "0.0.0.0/0"),
      rule(tcp(22), "192.168.0.0/24"),
    ];
    assert.deepEqual(rulesLeftBehind(rules, move("10.8.0.0/20", "100.64.0.0/19")), [rules[0]]);
  });

  it("are none where another rule admits tomorrow's with at least the same traffic", () => {
    const old = rule(tcp(5432), "10.8.0.0/16");
    const enough = rule(tcp(5000, 6000), "100.64.0.0/16");
    assert.deepEqual(rulesLeftBehind([old, enough], move("10.8.0.0/16", "100.64.0.0/19")), []);
    assert.deepEqual(
      rulesLeftBehind([old, rule(tcp(5433, 6000), "100.64.0.0/16")], move("10.8.0.0/16", "100.64.0.0/19")),
      [old],
    );
    assert.deepEqual(
      rulesLeftBehind([old, rule(ALL, "100.64.0.0/16")], move("10.8.0.0/16", "100.64.0.0/19")),
      [],
    );
  });

  it("are there where tomorrow's pods are admitted in part", () => {
    const old = rule(tcp(5432), "10.8.0.0/16");
    const half = rule(tcp(5432), "100.64.0.0/20");
    assert.deepEqual(rulesLeftBehind([old, half], move("10.8.0.0/16", "100.64.0.0/19")), [old]);
    const otherHalf = rule(tcp(5432), "100.64.16.0/20");
    assert.deepEqual(rulesLeftBehind([old, half, otherHalf], move("10.8.0.0/16", "100.64.0.0/19")), []);
  });
});

describe("traffic", () => {
  it("includes traffic of its protocol and ports, and everything includes all", () => {
    assert.equal(includes(tcp(0, 65535), tcp(80)), true);
    assert.equal(includes(tcp(80), tcp(80, 81)), false);
    assert.equal(includes({ protocol: "udp", from: 0, to: 65535 }, tcp(80)), false);
    assert.equal(includes(ALL, tcp(80)), true);
    assert.equal(includes(tcp(0, 65535), ALL), false);
  });

  it("is named as people write it", () => {
    assert.equal(describeTraffic(tcp(5432)), "5432/tcp");
    assert.equal(describeTraffic(tcp(8000, 8080)), "8000-8080/tcp");
    assert.equal(describeTraffic({ protocol: "udp", from: 0, to: 65535 }), "udp");
    assert.equal(describeTraffic(ALL), "everything");
  });
});

describe("a block is covered", () => {
  const blocks = fc
    .record({ prefixLength: fc.integer({ min: 24, max: 30 }), at: fc.integer({ min: 0, max: 255 }) })
    .map(({ prefixLength, at }) => {
      const size = 2 ** (32 - prefixLength);
      return blockAt(cidrBlock("100.64.0.0/24").first + Math.floor(at / size) * size, prefixLength);
    });

  it("exactly when each of its addresses is in one of the others", () => {
    fc.assert(
      fc.property(blocks, fc.array(blocks, { maxLength: 6 }), (block, others) => {
        const addresses = Array.from({ length: block.last - block.first + 1 }, (_, i) =>
          blockAt(block.first + i, 32),
        );
        const expected = addresses.every((address) => others.some((other) => contains(other, address)));
        assert.equal(isCovered(block, others), expected);
      }),
    );
  });
});
