import assert from "node:assert/strict";
import { describeRotationEvent } from "../../automation/rotation/describeEvent";
import type { AbortResult } from "../../automation/rotation/abort";
import type { RotationHappening } from "../../automation/rotation/events";
import type { PauseResult } from "../../automation/rotation/pause";
import type { RotationResult } from "../../automation/rotation/result";
import { describeAbort, describePause, describePlan, describeRotation } from "../../cli/rotationText";
import { planRotation } from "../../planning/rotation/rotationPlan";
import {
  clusterWith,
  daemonPod,
  newNode,
  oldNodeNamed,
  poolA,
  poolB,
  webBudget,
  webPod,
  webPods,
} from "../planning/rotation/builders";

const a1 = oldNodeNamed("old-a1");
const b1 = oldNodeNamed("old-b1", "us-west-2b");

describe("a rotation plan, as people read it", () => {
  it("says how much, why, in which batches, and what stays", () => {
    const bare = { ...webPod, name: "debug-7", namespace: "ops", nodeName: "old-b1", controller: undefined };
    const cluster = clusterWith(
      [a1, b1, newNode],
      [...webPods(2, "old-a1"), bare, daemonPod("aws-node", "old-a1")],
      [webBudget],
    );
    assert.equal(
      describePlan("prod", planRotation(cluster, [poolA, poolB], { maxUnavailable: 1 })),
      `prod  2 of 3 nodes are old: 2 with addresses for pods on their primary ENI, 2 with pods outside the
      pod subnets, 2 with more max pods than addresses.

BATCH  NODES (a)  PODS  SURGE                  WAITS FOR  ABOUT
    1  1             2  +1 workers-us-west-2a  shop/web   4 min

At most 1 node at once, workers ahead as they are needed; about 5 min in all.
Never evicted: 1 DaemonSet pod.
Stay as they are: old-b1, because of these pods.
Refused: 1 pod (ops/debug-7): bare pod, nobody would make it again -> --force deletes it for good.
Budget shop/web: 2 pods of it move, 1 at a time (1 may go now, 1 when all are healthy).
New workers: workers-us-west-2a +1, then 1 in us-west-2a.
Before the first cordon: Auto Scaling groups of old nodes get the minimum size 0, and their
  AZRebalance, AlarmNotification and ScheduledActions are suspended. At the end they get back what
  launches no old node.`,
    );
  });

  it("puts first what keeps it from starting", () => {
    const text = describePlan("prod", planRotation(clusterWith([a1], []), [poolB], { maxUnavailable: 1 }));
    assert.match(
      text,
      /\n\nSTOP {2}nodes\.old-a1 is old and belongs to managed node group general, which [^]*\n {6}-> Add general to/,
    );
  });

  it("says when there is nothing to do", () => {
    const plan = planRotation(clusterWith([newNode], []), [poolA], { maxUnavailable: 1 });
    assert.equal(describePlan("prod", plan), "prod  nothing to rotate: none of 1 node is old.");
  });
});

describe("the end of a rotation, as people read it", () => {
  const result: RotationResult = {
    outcome: "done",
    runId: "7f3a",
    rotated: ["old-a1", "old-b1"],
    rotatedEarlier: 0,
    blocked: [],
    problems: [],
    notes: [],
  };
  const problem = { path: "nodes.new-1", reason: "joined during this run and is old: x.", fix: "Look." };
  const rows: [string, Partial<RotationResult>, string][] = [
    ["done", {}, "prod  2 nodes rotated  run 7f3a\nNext: podnet verify prod"],
    [
      "done, by several processes",
      { rotatedEarlier: 18 },
      "prod  20 nodes rotated (18 before this process)  run 7f3a\nNext: podnet verify prod",
    ],
    [
      "done, by processes of which nobody recorded what they did",
      { rotatedEarlier: undefined },
      "prod  2 nodes rotated by this process  run 7f3a\nNext: podnet verify prod",
    ],
    [
      "done, with the last node gone before this process",
      { rotated: [], rotatedEarlier: 1 },
      "prod  1 node rotated (1 before this process)  run 7f3a\nNext: podnet verify prod",
    ],
    ["nothing to do", { rotated: [], runId: undefined }, "prod  nothing to rotate: no node is old."],
    [
      "nothing to do but to give back what was taken",
      { rotated: [] },
      "prod  nothing to rotate: no node is old. What run 7f3a had left is taken back.",
    ],
    [
      "blocked",
      {
        outcome: "blocked",
        rotated: ["old-a1"],
        blocked: [{ node: "old-b1", isInService: true, because: ["shop/web-1: shop/web: no"] }],
      },
      "prod  1 node rotated, 1 node blocked  run 7f3a\n\nold-b1\n  shop/web-1: shop/web: no\n\nThey are in service as before. Put right what blocks them, and run podnet rotate prod again.",
    ],
    [
      "blocked behind its termination",
      {
        outcome: "blocked",
        rotated: [],
        blocked: [
          {
            node: "old-a1",
            isInService: false,
            because: ["instance i-1 was terminated, and its Node is still there"],
          },
          { node: "old-b1", isInService: true, because: ["x"] },
        ],
      },
      "prod  0 nodes rotated, 2 nodes blocked  run 7f3a\n\nold-a1\n  instance i-1 was terminated, and its Node is still there\n\nold-b1\n  x\n\nold-a1 stays cordoned; the others are in service as before. Put right what blocks them, and run\n  podnet rotate prod again.",
    ],
    [
      "refused",
      { outcome: "refused", runId: undefined, problems: [problem] },
      "prod  not begun; nothing was touched.\n\nSTOP  nodes.new-1 joined during this run and is old: x.\n      -> Look.",
    ],
    [
      "stopped",
      { outcome: "stopped", problems: [problem], notes: ["AZRebalance stays suspended."] },
      "prod  stopped, and undone as far as it can be; 2 nodes rotated  run 7f3a\n\nSTOP  nodes.new-1 joined during this run and is old: x.\n      -> Look.\nnote: AZRebalance stays suspended.",
    ],
  ];
  rows.push(
    [
      "paused",
      { outcome: "paused" },
      "prod  paused  2 nodes rotated  run 7f3a\n\nOld nodes that are left are in service, and the scheduler prefers others.\nNext: podnet rotate prod goes on from here.\nOr:   podnet rotate prod --abort takes back what it has prepared.",
    ],
    [
      "paused by its health gate, with a node that is blocked",
      {
        outcome: "paused",
        rotated: [],
        blocked: [{ node: "old-b1", isInService: true, because: ["x"] }],
        problems: [{ path: "healthGate", reason: "was closed for 5 s. x.", fix: "Put that right." }],
      },
      "prod  paused  0 nodes rotated  run 7f3a\n\nSTOP  healthGate was closed for 5 s. x.\n      -> Put that right.\n\nold-b1\n  x\n\nOld nodes that are left are in service, and the scheduler prefers others.\nNext: podnet rotate prod goes on from here.\nOr:   podnet rotate prod --abort takes back what it has prepared.",
    ],
  );
  for (const [title, change, text] of rows) {
    it(title, () => {
      assert.equal(describeRotation("prod", { ...result, ...change }), text);
    });
  }

  it("names commands that find the environment where this process found it", () => {
    const place = { workDir: "infra" };
    const next = (text: string) => text.split("\n").filter((line) => /^(Next|Or): /.test(line));
    assert.deepEqual(next(describeRotation("prod", { ...result, outcome: "paused" }, undefined, place)), [
      "Next: podnet rotate prod --work-dir=infra goes on from here.",
      "Or:   podnet rotate prod --work-dir=infra --abort takes back what it has prepared.",
    ]);
    assert.deepEqual(next(describeRotation("prod", { ...result, outcome: "done" }, undefined, place)), [
      "Next: podnet verify prod --work-dir=infra",
    ]);
    const asked: PauseResult = { outcome: "asked", holder: "ci-7-1a2b", isWayBack: true };
    assert.deepEqual(next(describePause("prod", asked, undefined, place)), [
      "Next: podnet rollback prod --work-dir=infra goes on from there.",
    ]);
  });

  it("says once what holds several pods of a node", () => {
    const pods = ["a", "b", "c"].map((pod) => `shop/${pod}: shop/web: the budget allows 0`);
    assert.match(
      describeRotation("prod", {
        ...result,
        outcome: "blocked",
        blocked: [{ node: "old-b1", isInService: true, because: pods }],
      }),
      /\nold-b1\n {2}shop\/web: the budget allows 0: shop\/a, shop\/b and 1 more\n/,
    );
  });

  it("is broken at the width of the terminal, and its names and commands are not", () => {
    const node = "ip-10-8-17-201.us-west-2.compute.internal";
    const because = ["payments/ledger-2: payments/ledger: the budget allows 0: 2 healthy, 3 needed"];
    const blocked = [{ node, isInService: true, because }];
    assert.equal(
      describeRotation("prod", { ...result, outcome: "blocked", blocked }, 40),
      [
        "prod  2 nodes rotated, 1 node blocked",
        "      run 7f3a",
        "",
        node,
        "  payments/ledger-2: payments/ledger:",
        "    the budget allows 0: 2 healthy, 3",
        "    needed",
        "",
        "They are in service as before. Put right",
        "  what blocks them, and run",
        "  podnet rotate prod again.",
      ].join("\n"),
    );
  });
});

describe("what came of a pause or an abort, as people read it", () => {
  it("says who pauses, or that nobody does", () => {
    assert.equal(
      describePause("prod", { outcome: "asked", holder: "ci-7-1a2b", isWayBack: false }),
      "prod  ci-7-1a2b pauses: it ends when the nodes that are on their way have ended.\nNext: podnet rotate prod goes on from there, if old nodes are left.",
    );
    assert.match(
      describePause("prod", { outcome: "asked", holder: "ci-7-1a2b", isWayBack: true }),
      /\nNext: podnet rollback prod goes on from there\.$/,
    );
    assert.equal(
      describePause("prod", { outcome: "notRunning", unfinished: undefined }),
      "prod  nothing to pause: no process rotates it.",
    );
  });

  it("says of a run that was cut off how it goes on, and how it is taken back", () => {
    const pausing = (isWayBack: boolean) =>
      describePause("prod", { outcome: "notRunning", unfinished: { runId: "7f3a", isWayBack } });
    assert.equal(
      pausing(false),
      "prod  nothing to pause: no process rotates it, but a rotation is unfinished  run 7f3a\nNext: podnet rotate prod goes on from there.\nOr:   podnet rotate prod --abort takes back what it has prepared.",
    );
    assert.equal(
      pausing(true),
      "prod  nothing to pause: no process rotates it, but a rollback is unfinished  run 7f3a\nNext: podnet rollback prod goes on from there.",
    );
  });

  it("says what was taken back, and which workers stay", () => {
    const nothing: AbortResult = {
      outcome: "nothing",
      runId: undefined,
      newWorkers: [],
      kept: [],
      isRollbackUnfinished: false,
      notes: [],
    };
    assert.equal(describeAbort("prod", nothing), "prod  nothing to abort: no rotation has left anything.");
    const aborted: AbortResult = {
      ...nothing,
      outcome: "aborted",
      runId: "7f3a",
      newWorkers: [
        { node: "new-1", pods: [] },
        { node: "new-2", pods: ["shop/web-1"] },
      ],
      notes: ["AZRebalance stays suspended."],
    };
    assert.equal(
      describeAbort("prod", aborted),
      "prod  aborted  run 7f3a\n\nOld nodes are in service, and their groups have back what was taken from them.\n2 new workers stay, without pods on new-1.\nnote: AZRebalance stays suspended.",
    );
    const kept = [
      { group: "general", minSize: 3, desiredSize: 1, suspended: {}, command: "aws eks ..." },
      { group: "uneven", minSize: 0, desiredSize: 2, suspended: { "asg-uneven": ["AZRebalance"] } },
      {
        ...{ group: "batch", minSize: 2, desiredSize: 0, wayOut: "Delete the group." },
        suspended: { "asg-batch": ["AlarmNotification", "ScheduledActions"] },
      },
    ];
    assert.equal(
      describeAbort("prod", {
        ...nothing,
        outcome: "aborted",
        runId: "7f3a",
        kept,
        notes: ["AZRebalance of asg-uneven stays suspended: run the rotation again."],
      }),
      [
        "prod  aborted  run 7f3a",
        "",
        "Old nodes are in service, and their groups have back what was taken from them, except for this:",
        "  general has 1 node: its minimum size stays 0 (it was 3). This gives the minimum size back, and the",
        "    group launches nodes up to it:",
        "    aws eks ...",
        "  uneven has 2 nodes: AZRebalance of asg-uneven stays suspended.",
        "  batch is empty: its minimum size stays 0 (it was 2), AlarmNotification, ScheduledActions of",
        "    asg-batch stay suspended, so that nothing launches old nodes again. Delete the group.",
        "note: AZRebalance of asg-uneven stays suspended: run the rotation again.",
      ].join("\n"),
    );
    assert.match(
      describeAbort("prod", { ...nothing, isRollbackUnfinished: true }),
      /\nNext: podnet rollback prod goes on with it; podnet up prod and then podnet rotate prod go forward\.$/,
    );
  });
});

describe("an event of a rotation, as a line", () => {
  const rows: [RotationHappening, string | undefined][] = [
    [{ type: "started", runId: "7f3a", isResumed: false, rotatedEarlier: 0 }, "run 7f3a begins"],
    [{ type: "started", runId: "7f3a", isResumed: true, rotatedEarlier: undefined }, "run 7f3a goes on"],
    [
      { type: "started", runId: "7f3a", isResumed: true, rotatedEarlier: 18 },
      "run 7f3a goes on; 18 nodes replaced before",
    ],
    [
      { type: "healthGateClosed", because: ["a", "b"] },
      "the health gate is closed, no further node is begun: a; b",
    ],
    [{ type: "healthGateOpened" }, "the health gate is open again"],
    [
      { type: "pausing", because: "a pause was asked for", nodes: ["old-a1", "old-b1"] },
      "pausing, because a pause was asked for; old-a1, old-b1 first",
    ],
    [
      { type: "pausing", because: "a pause was asked for", nodes: [] },
      "pausing, because a pause was asked for",
    ],
    [{ type: "surging", nodeGroupName: "workers-a", from: 0, to: 1 }, "workers-a: 0 -> 1 worker"],
    [
      {
        type: "progress",
        zones: [
          { availabilityZone: "us-west-2a", done: 1, of: 2 },
          { availabilityZone: "us-west-2b", done: 0, of: 1 },
        ],
        podsInside: 7,
        podsOutside: 3,
      },
      "1 of 3 nodes gone, 7 of 10 pods in the pod subnets",
    ],
    [
      {
        type: "draining",
        node: "old-a1",
        left: 1,
        of: 4,
        waiting: ["x", "y", "z"].map((pod) => ({ pod, because: "it is terminating" })),
      },
      "old-a1: 1 of 4 pods gone, waiting: x (it is terminating) and 2 more",
    ],
    [{ type: "draining", node: "old-a1", left: 0, of: 0, waiting: [] }, "old-a1: no pods to move"],
    [
      {
        ...{ type: "draining", node: "old-a1", left: 0, of: 1 },
        waiting: [
          {
            pod: "payments/ledger-2",
            because: "the budget allows 0",
            unready: [{ name: "ledger-1", sinceMs: Date.UTC(2026, 0, 1) - 38_000 }],
          },
        ],
      },
      "old-a1: 0 of 1 pod gone, waiting: payments/ledger-2 (the budget allows 0, ledger-1 not ready for 38 s)",
    ],
    [
      { type: "blocked", node: "old-a1", isInService: true, because: ["a: b", "c: d"] },
      "old-a1 is BLOCKED and stays: a: b; c: d",
    ],
    [
      {
        type: "blocked",
        node: "old-a1",
        isInService: true,
        because: ["shop/a", "shop/b", "ops/c", "shop/d"].map((pod) => `${pod}: no room`),
      },
      "old-a1 is BLOCKED and stays: no room: shop/a, shop/b and 2 more",
    ],
    [
      {
        type: "finished",
        result: {
          outcome: "done",
          runId: "7f3a",
          rotated: [],
          rotatedEarlier: 0,
          blocked: [],
          problems: [],
          notes: [],
        },
      },
      undefined,
    ],
  ];
  for (const [event, line] of rows) {
    it(`${event.type}: ${line ?? "nothing, the result tells it"}`, () => {
      assert.equal(describeRotationEvent({ ...event, at: "2026-01-01T00:00:00.000Z" }), line);
    });
  }
});
