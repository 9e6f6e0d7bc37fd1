import assert from "node:assert/strict";
import { begin } from "../../automation/run";

const never = () => new AbortController().signal;

/** A promise, and what settles it. */
function latch(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe("a run", () => {
  it("hands its events out in order as they come, and then its result", async () => {
    const second = latch();
    const run = begin<number, string>(async (tell) => {
      tell(1);
      await second.opened;
      tell(2);
      tell(3);
      return "done";
    }, never());
    const seen: number[] = [];
    for await (const event of run) {
      seen.push(event);
      if (event === 1) second.open();
    }
    assert.deepEqual(seen, [1, 2, 3]);
    assert.equal(await run.result, "done");
  });

  it("keeps events until somebody asks for them", async () => {
    const run = begin<string, number>((tell) => {
      tell("a");
      tell("b");
      return Promise.resolve(2);
    }, never());
    assert.equal(await run.result, 2);
    const seen: string[] = [];
    for await (const event of run) seen.push(event);
    assert.deepEqual(seen, ["a", "b"]);
  });

  it("fails its iteration after the events that came before, and its result", async () => {
    const run = begin<string, never>((tell) => {
      tell("a");
      return Promise.reject(new Error("broken"));
    }, never());
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const event of run) seen.push(event);
    }, /^Error: broken$/);
    assert.deepEqual(seen, ["a"]);
    await assert.rejects(run.result, /^Error: broken$/);
  });

  it("fails when what it does throws before it begins to wait", async () => {
    const run = begin<string, never>(() => {
      throw new Error("at once");
    }, never());
    await assert.rejects(run.result, /^Error: at once$/);
  });

  it("ends no process by a failure that only the iteration or only the result is asked for", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      const run = begin<string, never>(() => Promise.reject(new Error("broken")), never());
      await assert.rejects(async () => {
        for await (const event of run) assert.fail(event);
      }, /broken/);
      // Node tells of them once the microtasks are done.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("unhandledRejection", note);
    }
    assert.deepEqual(unhandled, []);
  });

  it("stops when its iteration is left, and is over by then", async () => {
    const order: string[] = [];
    const run = begin<string, string>(async (tell, signal) => {
      tell("begun");
      await new Promise((resolve) => {
        signal.addEventListener("abort", resolve);
      });
      order.push("tidied up");
      return "stopped";
    }, never());
    for await (const event of run) {
      order.push(event);
      break;
    }
    order.push("left");
    assert.deepEqual(order, ["begun", "tidied up", "left"]);
    assert.equal(await run.result, "stopped");
  });

  it("stops by the signal of who began it, whose reason it gets", async () => {
    const controller = new AbortController();
    const run = begin<never, unknown>(
      (_tell, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            resolve(signal.reason);
          });
        }),
      controller.signal,
    );
    controller.abort("enough");
    assert.equal(await run.result, "enough");
  });
});
