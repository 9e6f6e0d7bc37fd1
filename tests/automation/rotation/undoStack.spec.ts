import assert from "node:assert/strict";
import type { RotationHappening } from "../../../automation/rotation/events";
import type { ActingTools } from "../../../automation/rotation/outside";
import { undoStack } from "../../../automation/rotation/undoStack";
import { playedLease } from "./playedLease";

describe("the undo stack", () => {
  const { signal } = new AbortController();
  const undone = async (
    fill: (stack: ReturnType<typeof undoStack>, did: (what: string) => () => Promise<void>) => void,
  ) => {
    const done: string[] = [];
    const events: RotationHappening[] = [];
    const stack = undoStack();
    fill(stack, (what) => () => {
      done.push(what);
      return Promise.resolve();
    });
    const emit = (event: RotationHappening) => {
      events.push(event);
    };
    await stack.undoAll({ emit, signal, lease: playedLease() } as Partial<ActingTools> as ActingTools);
    return { done, events, stack };
  };

  it("undoes the last act first, all of it even when one fails, and tells each", async () => {
    const { done, events } = await undone((stack, did) => {
      stack.push("a", "undo a", did("a"));
      stack.push("b", "undo b", () => Promise.reject(new Error("b is stuck")));
      stack.push("c", "undo c", did("c"));
    });
    assert.deepEqual(done, ["c", "a"]);
    assert.deepEqual(events, [
      { type: "undone", what: "undo c" },
      { type: "undoFailed", what: "undo b", because: "b is stuck" },
      { type: "undone", what: "undo a" },
    ]);
  });

  it("leaves what was dropped, and undoes what was pushed twice once, at its later place", async () => {
    const { done } = await undone((stack, did) => {
      stack.push("a", "undo a", did("a"));
      stack.push("b", "undo b", did("b"));
      stack.push("c", "undo c", did("c"));
      stack.push("a", "undo a", did("a again"));
      stack.drop("c");
    });
    assert.deepEqual(done, ["a again", "b"]);
  });

  it("is empty afterwards", async () => {
    const { done, stack } = await undone((filled, did) => {
      filled.push("a", "undo a", did("a"));
    });
    await stack.undoAll({
      emit: () => undefined,
      signal,
      lease: playedLease(),
    } as Partial<ActingTools> as ActingTools);
    assert.deepEqual(done, ["a"]);
  });

  it("undoes nothing more once another holds the lease, as the lease says it or the signal", async () => {
    const acts: string[] = [];
    const taken = undoStack();
    taken.push("a", "undo a", () => Promise.resolve(void acts.push("a")));
    taken.push("b", "undo b", () => Promise.resolve(void acts.push("b")));
    const lease = playedLease(acts, () => acts.includes("b"));
    await taken.undoAll({ emit: () => undefined, signal, lease } as Partial<ActingTools> as ActingTools);
    assert.deepEqual(acts, ["held", "b"]);

    const lost = new AbortController();
    const done: string[] = [];
    const stack = undoStack();
    stack.push("a", "undo a", () => Promise.resolve(void done.push("a")));
    stack.push("b", "undo b", () => {
      done.push("b");
      lost.abort();
      return Promise.resolve();
    });
    const tools = { emit: () => undefined, signal: lost.signal, lease: playedLease() };
    await stack.undoAll(tools as Partial<ActingTools> as ActingTools);
    assert.deepEqual(done, ["b"]);
  });
});
