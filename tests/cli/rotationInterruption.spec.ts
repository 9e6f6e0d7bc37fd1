import assert from "node:assert/strict";
import type { RotationHappening } from "../../automation/rotation/events";
import type { RunnerEvent } from "../../automation/runner";
import { interruptionOf, rotationTrail } from "../../cli/rotationInterruption";
import { planRotation } from "../../planning/rotation/rotationPlan";
import { clusterWith, oldNodeNamed, poolA } from "../planning/rotation/builders";

const CAUSE = new Error("Ctrl-C");

function ofRotation(happening: RotationHappening): RunnerEvent {
  return { type: "rotation", event: { ...happening, at: "2026-01-01T00:00:00.000Z" } };
}

function interruptedAfter(command: "rotate" | "rollback", ...events: RunnerEvent[]) {
  const { read, interrupted } = rotationTrail("prod", command);
  events.forEach(read);
  const { cause, told } = interrupted(CAUSE);
  assert.equal(cause, CAUSE);
  return told;
}

const old = ["old-1", "old-2", "old-3", "old-4"].map((name) => oldNodeNamed(name));
const plan = planRotation(clusterWith(old, []), [poolA], { maxUnavailable: 1 });
const planned = ofRotation({ type: "planned", plan });
const started = ofRotation({ type: "started", runId: "7f3a", isResumed: false, rotatedEarlier: 0 });
const resumed = (rotatedEarlier: number | undefined) =>
  ofRotation({ type: "started", runId: "7f3a", isResumed: true, rotatedEarlier });
const cordoned = (node: string) => ofRotation({ type: "cordoned", node });
const gone = (node: string) => ofRotation({ type: "gone", node });

const BEGINS = "Next: podnet rotate prod begins, or goes on where there was a run before.";
const STAYS =
  "New workers, marks and taints of old nodes, and what was changed of their groups stay as they are.";
const GOES_ON = [
  "Next: podnet rotate prod goes on from here.",
  "Or:   podnet rotate prod --abort takes back what it has prepared.",
];

describe("a rotation that is interrupted", () => {
  const rows: [string, RunnerEvent[], string[]][] = [
    ["before it has seen anything", [], ["prod  interrupted before it began. Nothing was touched.", BEGINS]],
    [
      "while it waits for the lease",
      [ofRotation({ type: "leaseAwaited", holder: "ci-7-1a2b" })],
      ["prod  interrupted before it began: ci-7-1a2b held the lease. Nothing was touched.", BEGINS],
    ],
    [
      "with a plan",
      [ofRotation({ type: "leaseAwaited", holder: "ci-7-1a2b" }), planned],
      ["prod  interrupted before it began. Nothing was touched.", BEGINS],
    ],
    [
      "while what an earlier run has left is taken back",
      [planned, ofRotation({ type: "minSizeRestored", nodeGroupName: "general", to: 3 })],
      ["prod  interrupted while taking back what an earlier run had left; no node was drained.", BEGINS],
    ],
    [
      "while its first worker joins",
      [planned, started, ofRotation({ type: "surging", nodeGroupName: "pods-a", from: 0, to: 1 })],
      ["prod  interrupted  0 of 4 old nodes rotated  run 7f3a", "No node is on its way.", STAYS, ...GOES_ON],
    ],
    [
      "while nodes are drained",
      [
        planned,
        started,
        cordoned("old-1"),
        gone("old-1"),
        cordoned("old-2"),
        ofRotation({ type: "blocked", node: "old-2", isInService: true, because: [] }),
        cordoned("old-3"),
      ],
      [
        "prod  interrupted  1 of 4 old nodes rotated  run 7f3a",
        "On their way, and cordoned as they are: old-3.",
        STAYS,
        ...GOES_ON,
      ],
    ],
    [
      "before it has come to the nodes that an earlier process had begun",
      [planned, resumed(18)],
      [
        "prod  interrupted  18 of 22 old nodes rotated  run 7f3a",
        "Nodes that an earlier process had on their way, and that are not gone, stay cordoned.",
        STAYS,
        ...GOES_ON,
      ],
    ],
    [
      "with nobody knowing what earlier processes did",
      [planned, resumed(undefined), cordoned("old-1"), gone("old-1"), cordoned("old-2")],
      [
        "prod  interrupted  1 of 4 old nodes rotated by this process  run 7f3a",
        "On their way, and cordoned as they are: old-2.",
        STAYS,
        ...GOES_ON,
      ],
    ],
    [
      "while it ends",
      [
        planned,
        started,
        ...old.flatMap(({ name }) => [cordoned(name), gone(name)]),
        ofRotation({ type: "processesResumed", autoScalingGroup: "asg", processes: ["AZRebalance"] }),
      ],
      ["prod  interrupted  4 of 4 old nodes rotated  run 7f3a", "No node is on its way.", STAYS, ...GOES_ON],
    ],
  ];
  for (const [moment, events, lines] of rows) {
    it(`${moment}: ${lines[0] ?? ""}`, () => {
      assert.deepEqual(interruptedAfter("rotate", ...events).text.split("\n"), lines);
    });
  }

  it("says the same as data", () => {
    assert.deepEqual(
      interruptedAfter("rotate", planned, resumed(18), gone("old-1"), cordoned("old-3")).json,
      {
        environment: "prod",
        runId: "7f3a",
        rotated: ["old-1"],
        rotatedEarlier: 18,
        onTheirWay: ["old-3"],
        next: "podnet rotate prod",
        abort: "podnet rotate prod --abort",
      },
    );
  });
});

describe("a rollback that is interrupted", () => {
  const step = (step: "cni" | "workers" | "stack"): RunnerEvent => ({ type: "rollback", event: { step } });

  it("says at which step, and goes on by its own command", () => {
    assert.deepEqual(interruptedAfter("rollback", step("cni")).text.split("\n"), [
      "prod  interrupted while setting the CNI as it was; this process took no node out of service.",
      "Next: podnet rollback prod goes on from here.",
    ]);
    const { text, json } = interruptedAfter("rollback", step("workers"), planned, started, cordoned("old-1"));
    assert.deepEqual(text.split("\n"), [
      "prod  interrupted while taking pods back to workers of the old groups  0 of 4 old nodes rotated",
      "      run 7f3a",
      "On their way, and cordoned as they are: old-1.",
      STAYS,
      "Next: podnet rollback prod goes on from here.",
    ]);
    assert.deepEqual([json.next, json.abort], ["podnet rollback prod", undefined]);
  });

  it("says nothing of nodes behind the step of the workers", () => {
    const { text } = interruptedAfter(
      "rollback",
      planned,
      started,
      ...old.map(({ name }) => gone(name)),
      step("stack"),
    );
    assert.deepEqual(text.split("\n"), [
      "prod  interrupted while deleting what the stack has made  4 of 4 old nodes rotated  run 7f3a",
      "Next: podnet rollback prod goes on from here.",
    ]);
  });
});

describe("a pause or an abort that is interrupted", () => {
  it("says what is known, and what comes next", () => {
    const next = { command: "podnet rotate prod --abort", does: "takes back the rest" };
    const { cause, told } = interruptionOf("prod", "What was taken back stays so.", next).interrupted(CAUSE);
    assert.equal(cause, CAUSE);
    assert.deepEqual(told, {
      text: "prod  interrupted. What was taken back stays so.\nNext: podnet rotate prod --abort takes back the rest.",
      json: { environment: "prod", next: "podnet rotate prod --abort" },
    });
  });

  it("names commands that find the environment where this process found it", () => {
    const next = { command: "podnet rotate prod --abort", does: "takes back the rest" };
    const { interrupted, pause } = interruptionOf("prod", "It stays so.", next, { workDir: "infra" });
    assert.deepEqual(interrupted(CAUSE).told, {
      text: "prod  interrupted. It stays so.\nNext: podnet rotate prod --work-dir=infra --abort takes back the rest.",
      json: { environment: "prod", next: "podnet rotate prod --work-dir=infra --abort" },
    });
    assert.equal(pause, "podnet rotate prod --work-dir=infra --pause");
    const trail = rotationTrail("prod", "rotate", undefined, { file: "e.yaml" });
    trail.read(started);
    const { told } = trail.interrupted(CAUSE);
    assert.deepEqual(told.text.split("\n").slice(-2), [
      "Next: podnet rotate prod --file=e.yaml goes on from here.",
      "Or:   podnet rotate prod --file=e.yaml --abort takes back what it has prepared.",
    ]);
    assert.equal(told.json.next, "podnet rotate prod --file=e.yaml");
    assert.equal(told.json.abort, "podnet rotate prod --file=e.yaml --abort");
    assert.equal(trail.pause, "podnet rotate prod --file=e.yaml --pause");
  });
});
