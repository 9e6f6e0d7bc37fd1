import assert from "node:assert/strict";
import { inSteps, type RollbackActs } from "../../../automation/rollback/inSteps";
import type { RollbackStep } from "../../../automation/rollback/events";
import { RotationStopped, type RotationResult } from "../../../automation/rotation/result";
import type { Problem } from "../../../planning/problem";
import { Killed } from "./playedWorld";

const problem: Problem = { path: "pods", reason: "is in the way.", fix: "Look at it." };
const done: RotationResult = {
  outcome: "done",
  runId: "7f3a",
  rotated: [],
  rotatedEarlier: 0,
  blocked: [],
  problems: [],
  notes: [],
};

/** An environment as its steps leave it: each act is two changes, and a process may be killed before any of them. */
function environment() {
  const parts = ["cni", "workers", "groups", "enis", "stack", "records", "lease"] as const;
  const left = new Map<string, number>(parts.map((part) => [part, 2]));
  const order: string[] = [];
  const has = (part: (typeof parts)[number]) => (left.get(part) ?? 0) > 0;
  const acts = (killedAfter = Infinity, given: Partial<RollbackActs<string, string>> = {}) => {
    let changes = 0;
    const undo = (part: (typeof parts)[number]) =>
      Promise.resolve().then(() => {
        while (has(part)) {
          if (changes >= killedAfter) throw new Killed();
          changes += 1;
          left.set(part, (left.get(part) ?? 0) - 1);
          order.push(part);
        }
      });
    let isHeld = false;
    const played: RollbackActs<string, string> = {
      isEmpty: () => Promise.resolve(!has("stack")),
      underLease: async (act) => {
        assert.ok(!isHeld);
        isHeld = true;
        return act("held").finally(() => {
          isHeld = false;
        });
      },
      look: () => Promise.resolve({ found: "found", isBegun: false, problems: [] }),
      cni: () => undo("cni"),
      workers: async () => {
        assert.ok(!isHeld, "a rotation takes the lease itself");
        await undo("workers");
        return { ...done, rotated: ["a"], rotatedEarlier: 2 };
      },
      groups: async () => {
        await undo("groups");
        return ["look", "look"];
      },
      subnets: async () => {
        await undo("enis");
        return [];
      },
      stack: async () => {
        await undo("stack");
        return { removed: ["Subnet a"], removedEarlier: 15, left: ["Addon b"] };
      },
      records: () => undo("records"),
      deleteLease: async () => {
        assert.ok(!isHeld);
        await undo("lease");
      },
      ...given,
    };
    return { played, changes: () => changes };
  };
  return { acts, order, left: () => [...left.values()] };
}

/** Takes it back, and answers the steps that were told as well. */
async function takenBack(acts: RollbackActs<string, string>) {
  const steps: RollbackStep[] = [];
  const result = await inSteps(acts, (step) => steps.push(step));
  return { result, steps };
}

const STEPS: RollbackStep[] = ["cni", "workers", "groups", "subnets", "stack", "records"];
const ORDER = ["cni", "workers", "groups", "enis", "stack", "records", "lease"].flatMap((part) => [
  part,
  part,
]);

describe("the steps of a rollback", () => {
  it("come in their order, what is remembered last", async () => {
    const { acts, order } = environment();
    const { result, steps } = await takenBack(acts().played);
    assert.deepEqual([steps, order], [STEPS, ORDER]);
    const { outcome, step, rotated, rotatedEarlier, removed, removedEarlier, left, notes } = result;
    assert.deepEqual(
      [outcome, step, rotated, rotatedEarlier, removed, removedEarlier, left, notes],
      ["done", "records", ["a"], 2, ["Subnet a"], 15, ["Addon b"], ["look"]],
    );
  });

  it("come to the same end in the same order, wherever a process is killed", async () => {
    for (let at = 0; at < ORDER.length; at++) {
      const { acts, order, left } = environment();
      await assert.rejects(takenBack(acts(at).played), Killed);
      assert.equal((await takenBack(acts().played)).result.outcome, "done");
      assert.deepEqual([order, left()], [ORDER, left().map(() => 0)], `killed after ${at} changes`);
    }
  });

  it("come to the same end where each process does but one change", async () => {
    const { acts, order } = environment();
    for (let kill = 1; kill < ORDER.length; kill++) await assert.rejects(takenBack(acts(1).played), Killed);
    await takenBack(acts().played);
    assert.deepEqual(order, ORDER);
  });

  it("are none where something keeps it from starting, or from going on", async () => {
    for (const [isBegun, outcome, earlier] of [
      [false, "refused", 0],
      [true, "stopped", undefined],
    ] as const) {
      const { acts, order } = environment();
      const look = () => Promise.resolve({ found: "", isBegun, problems: [problem] });
      const { result, steps } = await takenBack(acts(Infinity, { look }).played);
      assert.deepEqual([result.outcome, result.problems, steps, order], [outcome, [problem], [], []]);
      assert.deepEqual([result.rotatedEarlier, result.removedEarlier], [earlier, earlier]);
    }
  });

  it("end with workers that are not all back, and nothing is deleted", async () => {
    for (const [outcome, told] of [
      ["blocked", "blocked"],
      ["paused", "paused"],
      ["refused", "stopped"],
    ] as const) {
      const { acts, order } = environment();
      const given = { outcome, rotatedEarlier: 2, problems: [problem], notes: ["a note"] };
      const workers = () => Promise.resolve({ ...done, ...given });
      const { result } = await takenBack(acts(Infinity, { workers }).played);
      assert.deepEqual([result.outcome, result.step, result.notes], [told, "workers", ["a note"]]);
      assert.equal(result.rotatedEarlier, 2);
      assert.deepEqual(order, ["cni", "cni"]);
    }
  });

  it("end with something left in the pod subnets, and nothing is deleted", async () => {
    const stopped = () => Promise.reject(new RotationStopped(problem));
    for (const subnets of [() => Promise.resolve([problem]), stopped]) {
      const { acts, order } = environment();
      const { result } = await takenBack(acts(Infinity, { subnets }).played);
      assert.deepEqual([result.outcome, result.step, result.problems], ["stopped", "subnets", [problem]]);
      assert.deepEqual([result.rotated, result.rotatedEarlier, result.notes], [["a"], 2, ["look"]]);
      assert.ok(!order.includes("stack"));
    }
  });
});
