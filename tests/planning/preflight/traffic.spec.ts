import { strict as assert } from "node:assert";
import fc from "fast-check";
import { blockAt, cidrBlock, contains } from "../../../planning/cidrBlock";
import {
  describeTraffic,
  includes,
  isCovered,
  rangesLeftBehind,
  type Traffic,
} from "../../../planning/preflight/traffic";

const tcp = (from: number, to = from): Traffic => ({ protocol: "tcp", from, to });
const ALL: Traffic = { protocol: "all", from: 0, to: 65535 };

describe("ranges that are left behind", () => {
  const move = {
    to: ["100.64.0.0/19", "100.64.32.0/19", "100.65.0.0/19"].map(cidrBlock),
    ranges: ["100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/16"].map(cidrBlock),
  };
  const leftBehind = (...admitted: string[]) =>
    rangesLeftBehind(move, (podSubnet) => isCovered(podSubnet, admitted.map(cidrBlock))).map(
      ({ cidr }) => cidr,
    );

  it("are none where exactly the pod subnets are admitted; a range in reserve has none", () => {
    assert.deepEqual(leftBehind("100.64.0.0/18", "100.65.0.0/19"), []);
  });

  it("are those with a pod subnet that is not admitted whole", () => {
    assert.deepEqual(leftBehind("100.64.0.0/18"), ["100.65.0.0/16"]);
    assert.deepEqual(leftBehind("100.64.0.0/19", "100.65.0.0/20"), ["100.64.0.0/16", "100.65.0.0/16"]);
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
