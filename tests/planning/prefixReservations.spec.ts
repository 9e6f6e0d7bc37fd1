import assert from "node:assert/strict";
import * as fc from "fast-check";
import { addressCount, cidrBlock, contains, overlaps } from "../../planning/cidrBlock";
import { prefixReservations } from "../../planning/prefixReservations";
import { aBlock } from "../support/arbitraries";

describe("prefix reservations", () => {
  const rows: [string, string[], number][] = [
    ["100.64.0.0/19", ["100.64.2.0/23", "100.64.4.0/22", "100.64.8.0/21", "100.64.16.0/20"], 479],
    ["100.64.0.0/24", ["100.64.0.16/28", "100.64.0.32/27", "100.64.0.64/26", "100.64.0.128/25"], 14],
    ["100.64.0.0/25", ["100.64.0.16/28", "100.64.0.32/27", "100.64.0.64/26"], 6],
    ["100.64.0.64/26", ["100.64.0.80/28", "100.64.0.96/27"], 2],
  ];
  for (const [subnet, cidrs, prefixes] of rows) {
    it(`reserve ${cidrs.join(", ")} of ${subnet}: ${prefixes} prefixes`, () => {
      assert.deepEqual(prefixReservations(subnet), { cidrs, prefixes });
    });
  }

  it("are refused in a /27, of which no whole /28 can be handed out", () => {
    assert.throws(() => prefixReservations("100.64.0.0/27"), /a \/26 is the smallest/);
  });

  it("stay inside the subnet, apart, on /28 boundaries, and leave an address for an ENI per prefix", () => {
    fc.assert(
      fc.property(aBlock({ from: 16, to: 24 }), (subnet) => {
        const { cidrs, prefixes } = prefixReservations(subnet.cidr);
        const blocks = cidrs.map(cidrBlock);
        for (const block of blocks) {
          assert.ok(contains(subnet, block));
          assert.ok(block.prefixLength <= 28);
          assert.equal(block.first % 16, 0);
          assert.equal(blocks.filter((other) => overlaps(other, block)).length, 1);
        }
        const reserved = blocks.reduce((sum, block) => sum + addressCount(block.prefixLength), 0);
        // The last /28, and with it AWS's last address, is reserved with the rest.
        const single = addressCount(subnet.prefixLength) - 4 - reserved;
        assert.equal(prefixes, reserved / 16 - 1);
        assert.ok(
          subnet.prefixLength > 22 || single >= prefixes,
          `${single} addresses for ${prefixes} prefixes`,
        );
      }),
    );
  });
});
