import assert from "node:assert/strict";
import { recognitionCalls } from "../../../sandbox/egress/recognitionCalls";
import { RecognisedBlocks } from "../../../sandbox/egress/recognisedBlocks";

describe("calls about the blocks that a control plane has recognised", () => {
  const recognise = (blocks: RecognisedBlocks, cidrBlock: string) =>
    recognitionCalls(
      blocks,
      () => 1_000,
    )({ method: "POST", query: new URLSearchParams({ cidrBlock }), body: "" });

  it("refuse a block that the VPC does not have", () => {
    const blocks = new RecognisedBlocks(60_000);
    blocks.observe(["10.8.0.0/16"], 0, true);
    assert.throws(() => recognise(blocks, "100.64.0.0/16"), {
      message: "100.64.0.0/16 is not associated with the cluster's VPC, which has 10.8.0.0/16",
    });
  });

  it("have nothing to do where blocks are recognised at once", () => {
    assert.deepEqual(recognise(new RecognisedBlocks(0), "100.64.0.0/16"), { blocks: [] });
  });
});
