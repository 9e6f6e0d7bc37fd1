import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { firstOf } from "../../../automation/rotation/firstOf";

describe("a signal of several", () => {
  it("is aborted with the first of them, with its reason", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const signal = firstOf(one.signal, other.signal);
    assert.equal(signal.aborted, false);
    other.abort("enough");
    assert.deepEqual([signal.aborted, signal.reason], [true, "enough"]);
  });

  it("lets any number of requests listen, without a warning of Node.js", async () => {
    const warnings: Error[] = [];
    const hear = (warning: Error) => {
      warnings.push(warning);
    };
    process.on("warning", hear);
    try {
      const signal = firstOf(new AbortController().signal);
      for (let request = 0; request < 20; request++) signal.addEventListener("abort", () => undefined);
      await turn();
      assert.deepEqual(warnings, []);
    } finally {
      process.off("warning", hear);
    }
  });
});
