import assert from "node:assert/strict";
import type { TellingTools } from "../../../automation/rotation/outside";
import { together } from "../../../automation/rotation/together";

describe("acts side by side", () => {
  const tools = (signal = new AbortController().signal) =>
    ({ signal }) as Partial<TellingTools> as TellingTools;

  it("answer in the order of what they act on", async () => {
    assert.deepEqual(await together(tools(), [1, 2], (item) => Promise.resolve(item * 10)), [10, 20]);
  });

  it("are ended and waited for when one fails, with what failed first", async () => {
    const ended: string[] = [];
    const acting = together(tools(), ["fails", "goes on"], async (item, { signal }) => {
      if (item === "fails") throw new Error("AWS is out");
      await new Promise((resolve) => {
        signal.addEventListener("abort", resolve);
      });
      // What it was at is finished first.
      await new Promise(setImmediate);
      ended.push(item);
      throw new Error("ended");
    });
    await assert.rejects(acting, /AWS is out/);
    assert.deepEqual(ended, ["goes on"]);
  });

  it("are ended by the run's own signal as well", async () => {
    const controller = new AbortController();
    const acting = together(tools(controller.signal), [1], async (_, { signal }) => {
      controller.abort(new Error("Ctrl-C"));
      signal.throwIfAborted();
      return Promise.resolve();
    });
    await assert.rejects(acting, /Ctrl-C/);
  });
});
