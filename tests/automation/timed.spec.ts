import assert from "node:assert/strict";
import { timed } from "../../automation/timed";

describe("what is timed", () => {
  it("is as long as its clock says", async () => {
    let nowMs = 1_000;
    const act = () => {
      nowMs += 250;
      return Promise.resolve("done");
    };
    assert.deepEqual(await timed({ now: () => nowMs }, act), { result: "done", tookMs: 250 });
  });
});
