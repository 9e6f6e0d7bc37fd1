import assert from "node:assert/strict";
import type { RotationHappening } from "../../automation/rotation/events";
import { rotationTrail } from "../../cli/rotationInterruption";

const CAUSE = new Error("Ctrl-C");

function interruptedAfter(command: "rotate" | "rollback", ...happenings: RotationHappening[]) {
  const { read, interrupted } = rotationTrail("prod", command);
  for (const happening of happenings) {
    read({ type: "rotation", event: { ...happening, at: "2026-01-01T00:00:00.000Z" } });
  }
  const { cause, told } = interrupted(CAUSE);
  assert.equal(cause, CAUSE);
  return told;
}

describe("a rotation that is interrupted", () => {
  const half: RotationHappening[] = [
    { type: "started", runId: "7f3a", isResumed: false },
    { type: "cordoned", node: "old-1" },
    { type: "gone", node: "old-1" },
    { type: "cordoned", node: "old-2" },
    { type: "blocked", node: "old-2", isInService: true, because: [] },
    { type: "cordoned", node: "old-3" },
  ];

  it("says what it has done, what is left, and what comes next", () => {
    assert.deepEqual(interruptedAfter("rotate", ...half), {
      text: `prod  interrupted  1 node rotated  run 7f3a
On their way, and cordoned as they are: old-3.
Marks and taints of old nodes, and what was changed of their groups, stay as they are.
Next: podnet rotate prod goes on from here.
Or:   podnet rotate prod --abort takes back what it has prepared.`,
      json: {
        environment: "prod",
        runId: "7f3a",
        rotated: ["old-1"],
        onTheirWay: ["old-3"],
        next: "podnet rotate prod",
        abort: "podnet rotate prod --abort",
      },
    });
  });

  it("has nothing to take back before its run begins", () => {
    assert.deepEqual(interruptedAfter("rotate").text.split("\n"), [
      "prod  interrupted before this process touched a node.",
      "Next: podnet rotate prod begins, or goes on where there was a run before.",
    ]);
  });

  it("goes on by its own command where it is a rollback", () => {
    const { text, json } = interruptedAfter("rollback", ...half);
    assert.match(text, /\nNext: podnet rollback prod goes on from here\.$/);
    assert.deepEqual([json.next, json.abort], ["podnet rollback prod", undefined]);
  });
});
