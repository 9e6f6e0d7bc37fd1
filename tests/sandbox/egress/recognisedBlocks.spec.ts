import assert from "node:assert/strict";
import { RecognisedBlocks } from "../../../sandbox/egress/recognisedBlocks";

const FIVE_HOURS = 5 * 60 * 60_000;

describe("the blocks that a control plane has recognised", () => {
  let blocks: RecognisedBlocks;
  beforeEach(() => {
    blocks = new RecognisedBlocks(FIVE_HOURS);
    blocks.observe(["10.8.0.0/16"], 1_000, true);
    blocks.observe(["10.8.0.0/16", "100.64.0.0/16"], 2_000, false);
  });

  it("has those that were there before the cluster", () => {
    assert.equal(blocks.unrecognised("10.8.0.1", 2_000), undefined);
  });

  it("gets those that came later after the delay, to the millisecond", () => {
    assert.equal(blocks.unrecognised("100.64.255.255", 2_000 + FIVE_HOURS - 1)?.cidrBlock, "100.64.0.0/16");
    assert.equal(blocks.unrecognised("100.64.255.255", 2_000 + FIVE_HOURS), undefined);
  });

  it("has no opinion on what is in no block of the VPC", () => {
    assert.equal(blocks.unrecognised("100.65.0.1", 2_000), undefined);
  });

  it("counts from the first time that a block was seen", () => {
    blocks.observe(["10.8.0.0/16", "100.64.0.0/16"], 60_000, false);
    assert.equal(blocks.unrecognised("100.64.0.1", 2_000 + FIVE_HOURS), undefined);
  });

  it("forgets a block that is gone: it is new when it comes again", () => {
    blocks.observe(["10.8.0.0/16"], FIVE_HOURS, false);
    blocks.observe(["10.8.0.0/16", "100.64.0.0/16"], 2 * FIVE_HOURS, false);
    assert.equal(blocks.unrecognised("100.64.0.1", 3 * FIVE_HOURS - 1)?.recognisedAt, 3 * FIVE_HOURS);
  });

  it("recognises one block when it is told to", () => {
    blocks.observe(["10.8.0.0/16", "100.64.0.0/16", "100.65.0.0/16"], 3_000, false);
    assert.equal(blocks.recognise(4_000, "100.64.0.0/16"), true);
    assert.equal(blocks.unrecognised("100.64.0.1", 4_000), undefined);
    assert.equal(blocks.unrecognised("100.65.0.1", 4_000)?.cidrBlock, "100.65.0.0/16");
  });

  it("recognises all, and knows when there is no such block", () => {
    assert.equal(blocks.recognise(4_000, "100.66.0.0/16"), false);
    assert.equal(blocks.recognise(4_000), true);
    assert.equal(blocks.unrecognised("100.64.0.1", 4_000), undefined);
  });
});
