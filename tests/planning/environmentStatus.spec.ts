import assert from "node:assert/strict";
import { standing, type StatusFacts } from "../../planning/environmentStatus";

const facts: StatusFacts = {
  name: "prod",
  isUp: true,
  nodes: 6,
  oldNodes: 6,
  isVerified: false,
  customNetworking: true,
};
const rotation = {
  runId: "7f3a",
  isFinished: true,
  isAborted: false,
  isWayBack: false,
  startedAtMs: 2_000,
  endedAtMs: 5_000,
  isHeld: false,
};
const wayBack = { ...rotation, isWayBack: true };
const update = { isRemoval: false, startedAtMs: 1_000, endedAtMs: 1_500, result: "succeeded" } as const;

describe("standing", () => {
  const cases: readonly [string, Partial<StatusFacts>, string, string | undefined][] = [
    ["of a stack that is not there", { isUp: false }, "not begun", "podnet preflight prod"],
    [
      "of an update that failed",
      { isUp: false, update: { ...update, result: "failed" } },
      "up failed",
      "podnet up prod",
    ],
    ["after up", { update }, "up", "podnet rotate prod"],
    ["while it is rotated", { rotation: { ...rotation, isHeld: true } }, "rotating", undefined],
    [
      "of a rotation that was cut off",
      { rotation: { ...rotation, isFinished: false }, oldNodes: 2 },
      "rotation stopped",
      "podnet rotate prod",
    ],
    ["while it is rolled back", { rotation: { ...wayBack, isHeld: true } }, "rolling back", undefined],
    [
      "of a rollback that was cut off",
      { rotation: { ...wayBack, isFinished: false }, customNetworking: false },
      "rollback stopped",
      "podnet rollback prod",
    ],
    [
      "of a rollback whose workers are back, and whose stack is not gone",
      { rotation: wayBack, customNetworking: false },
      "rollback stopped",
      "podnet rollback prod",
    ],
    [
      "of a rollback whose deletions failed",
      { isUp: false, update: { ...update, isRemoval: true, result: "failed" } },
      "rollback stopped",
      "podnet rollback prod",
    ],
    [
      "of a rollback that was followed by podnet up",
      { rotation: { ...wayBack, isFinished: false }, update },
      "rotation stopped",
      "podnet rotate prod",
    ],
    [
      "after a rollback",
      { isUp: false, update: { ...update, isRemoval: true } },
      "not begun",
      "podnet preflight prod",
    ],
    ["of a rotation that left nodes", { rotation, oldNodes: 2 }, "partly rotated", "podnet rotate prod"],
    ["of a rotation that has replaced nothing", { rotation }, "up", "podnet rotate prod"],
    ["when an autoscaler has added new nodes before it", { oldNodes: 2 }, "up", "podnet rotate prod"],
    ["of nodes that EC2 does not show", { rotation, oldNodes: 0 }, "not verified", "podnet verify prod"],
    ["when no node is old", { rotation, oldNodes: 0, isVerified: true }, "done", undefined],
  ];
  for (const [what, given, step, next] of cases) {
    it(`knows the step ${what}`, () => {
      const found = standing({ ...facts, ...given });
      assert.deepEqual([found.step, found.next], [step, next]);
    });
  }

  it("tells the last of what was done", () => {
    assert.equal(standing(facts).lastRun, undefined);
    assert.deepEqual(standing({ ...facts, update, rotation }).lastRun, {
      kind: "rotate",
      runId: "7f3a",
      isRunning: false,
      isAborted: false,
      startedAtMs: 2_000,
      endedAtMs: 5_000,
    });
    assert.deepEqual(standing({ ...facts, update: { ...update, startedAtMs: 9_000 }, rotation }).lastRun, {
      kind: "up",
      isRunning: false,
      isAborted: false,
      startedAtMs: 9_000,
      endedAtMs: 1_500,
    });
  });

  it("names a rollback, on the workers and of the stack", () => {
    assert.equal(standing({ ...facts, update, rotation: wayBack }).lastRun?.kind, "rollback");
    assert.equal(standing({ ...facts, update: { ...update, isRemoval: true } }).lastRun?.kind, "rollback");
  });

  it("knows one that was taken back", () => {
    const aborted = { ...rotation, isAborted: true };
    assert.equal(standing({ ...facts, rotation: aborted }).lastRun?.isAborted, true);
  });

  it("knows when a rotation has ended, and no end of one that somebody is at", () => {
    assert.equal(standing({ ...facts, rotation }).lastRun?.endedAtMs, 5_000);
    const held = { ...rotation, isHeld: true };
    assert.equal(standing({ ...facts, rotation: held }).lastRun?.endedAtMs, undefined);
  });
});
