import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  addressCount,
  blockAt,
  cidrBlock,
  contains,
  freeBlocks,
  overlaps,
  readCidr,
  usableAddressCount,
} from "../../planning/cidrBlock";
import { aBlock } from "../support/arbitraries";
import { hostileText } from "../support/hostile";

describe("CIDR blocks", () => {
  it("of any text are read, or none, and never of more than they say", () => {
    const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom("00", "0x1", "1e1", "-1", "١", " 1", ""));
    const text = fc.oneof(
      hostileText(),
      fc
        .tuple(fc.array(part, { minLength: 3, maxLength: 5 }), part)
        .map(([parts, length]) => `${parts.join(".")}/${length}`),
    );
    fc.assert(
      fc.property(text, (given) => {
        const reading = readCidr(given);
        if (reading.kind === "malformed") return;
        assert.match(given, /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/);
        const block = reading.kind === "block" ? reading.block : reading.enclosing;
        assert.equal(block.cidr === given, reading.kind === "block");
        assert.ok(block.first >= 0 && block.last < 2 ** 32 && block.first <= block.last);
      }),
    );
  });

  const malformed = [
    "",
    "10.0.0.0",
    "10.0.0.0/",
    "/8",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/08",
    "10.0.0.0/8x",
    "10.0.0.0/8/8",
    "10.0.0.0/1e1",
    "010.0.0.0/8",
    "0x0a.0.0.0/8",
    "1e1.0.0.0/8",
    "1.2.3/8",
    "10.0.0.256/32",
    " 10.0.0.0/8",
    "10.0.0.0/8 ",
    "10.0.0.0/8\n",
    "fd00::/8",
    "::ffff:10.0.0.0/104",
    "ten/8",
  ];
  for (const text of malformed) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readCidr(text), { kind: "malformed" });
    });
  }

  it("tells host bits apart from what is no block, and never rounds", () => {
    assert.deepEqual(readCidr("100.68.0.18/18"), { kind: "hostBits", enclosing: cidrBlock("100.68.0.0/18") });
    assert.throws(() => cidrBlock("100.68.0.18/18"), RangeError);
  });

  it("reads 100.64.0.0/10 as the 4,194,304 addresses up to 100.127.255.255", () => {
    const block = cidrBlock("100.64.0.0/10");
    assert.equal(block.last - block.first + 1, 4_194_304);
    assert.equal(blockAt(block.last, 32).cidr, "100.127.255.255/32");
  });

  const usable: [number, number][] = [
    [28, 11],
    [27, 27],
    [24, 251],
    [19, 8187],
    [16, 65531],
    [30, 0],
    [32, 0],
  ];
  for (const [prefixLength, addresses] of usable) {
    it(`leaves ${addresses} addresses of a /${prefixLength} to network interfaces`, () => {
      assert.equal(usableAddressCount(prefixLength), addresses);
    });
  }

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(aBlock({ from: 0, to: 32 }), (block) => {
        assert.deepEqual(readCidr(block.cidr), { kind: "block", block });
      }),
    );
  });

  it("finds that two blocks share an address just when one contains the other", () => {
    fc.assert(
      fc.property(aBlock({ from: 0, to: 32 }), aBlock({ from: 0, to: 32 }), (a, b) => {
        assert.equal(overlaps(a, b), contains(a, b) || contains(b, a));
        assert.equal(overlaps(a, b), overlaps(b, a));
      }),
    );
  });

  it("leaves free exactly what is not taken, in order, each block on its own boundary", () => {
    const within = cidrBlock("100.64.0.0/20");
    const inside = fc
      .integer({ min: 20, max: 28 })
      .chain((prefixLength) =>
        fc
          .integer({ min: 0, max: 2 ** (prefixLength - 20) - 1 })
          .map((index) => blockAt(within.first + index * addressCount(prefixLength), prefixLength)),
      );
    fc.assert(
      fc.property(fc.array(inside, { maxLength: 8 }), (taken) => {
        const free = freeBlocks(within, taken);
        const isTaken = (address: number) =>
          taken.some((block) => block.first <= address && address <= block.last);
        const isFree = (address: number) =>
          free.filter((block) => block.first <= address && address <= block.last).length;
        for (let address = within.first; address <= within.last; address += 4) {
          assert.equal(isFree(address), isTaken(address) ? 0 : 1);
        }
        for (const block of free) assert.equal(block.first % addressCount(block.prefixLength), 0);
        assert.deepEqual(
          free,
          [...free].sort((a, b) => a.first - b.first),
        );
      }),
    );
  });

  it("joins what is free into the largest blocks", () => {
    const free = freeBlocks(cidrBlock("100.64.0.0/16"), [
      cidrBlock("100.64.0.0/19"),
      cidrBlock("100.64.64.0/19"),
    ]);
    assert.deepEqual(
      free.map(({ cidr }) => cidr),
      ["100.64.32.0/19", "100.64.96.0/19", "100.64.128.0/17"],
    );
  });
});
