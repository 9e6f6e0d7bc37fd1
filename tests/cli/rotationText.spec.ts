import assert from "node:assert/strict";
import { describeRotationEvent } from "../../automation/rotation/describeEvent";
import type { RotationHappening } from "../../automation/rotation/events";
import type { RotationResult } from "../../automation/rotation/result";
import { describePlan, describeRotation } from "../../cli/rotationText";
import { describeVerification } from "../../cli/verificationText";
import { planRotation } from "../../planning/rotation/rotationPlan";
import { verification } from "../../planning/rotation/verification";
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
      `2 of 3 nodes are old: 2 with addresses for pods on their primary ENI, 2 with pods outside the pod subnets, 2 with more max pods than addresses.

BATCH  NODES (a)  PODS  SURGE                  WAITS FOR
    1  1             2  +1 workers-us-west-2a  shop/web

Never evicted: 1 DaemonSet pod.
Stay as they are: old-b1, because of these pods.
Refused: 1 bare pod (ops/debug-7) -> --force deletes it for good.
New workers: workers-us-west-2a +1, then 1.`,
    );
  });

  it("puts first what keeps it from starting", () => {
    const text = describePlan("prod", planRotation(clusterWith([a1], []), [poolB], { maxUnavailable: 1 }));
    assert.match(
      text,
      /\n\nSTOP {2}nodes\.old-a1 is old and belongs to managed node group general, which .*\n {6}-> Add general to/,
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
    blocked: [],
    problems: [],
    notes: [],
  };
  const problem = { path: "nodes.new-1", reason: "joined during this run and is old: x.", fix: "Look." };
  const rows: [string, Partial<RotationResult>, string][] = [
    ["done", {}, "prod  rotated  2 nodes  run 7f3a\nNext: podnet verify prod"],
    ["nothing to do", { rotated: [], runId: undefined }, "prod  nothing to rotate: no node is old."],
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
      "prod  0 nodes rotated, 2 nodes blocked  run 7f3a\n\nold-a1\n  instance i-1 was terminated, and its Node is still there\n\nold-b1\n  x\n\nold-a1 stays cordoned; the others are in service as before. Put right what blocks them, and run podnet rotate prod again.",
    ],
    [
      "refused",
      { outcome: "refused", runId: undefined, problems: [problem] },
      "prod  not begun; nothing was touched.\n\nSTOP  nodes.new-1 joined during this run and is old: x.\n      -> Look.",
    ],
    [
      "stopped",
      { outcome: "stopped", problems: [problem], notes: ["AZRebalance stays suspended."] },
      "prod  stopped, and undone as far as it can be  run 7f3a\n\nSTOP  nodes.new-1 joined during this run and is old: x.\n      -> Look.\nnote: AZRebalance stays suspended.",
    ],
  ];
  for (const [title, change, text] of rows) {
    it(title, () => {
      assert.equal(describeRotation("prod", { ...result, ...change }), text);
    });
  }
});

describe("an event of a rotation, as a line", () => {
  const rows: [RotationHappening, string | undefined][] = [
    [{ type: "started", runId: "7f3a", isResumed: true }, "run 7f3a goes on"],
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
      "1 of 3 nodes, 7 of 10 pods in the pod subnets",
    ],
    [
      {
        type: "draining",
        node: "old-a1",
        left: 1,
        of: 4,
        waiting: ["x", "y", "z"].map((pod) => ({ pod, because: "it is terminating" })),
      },
      "old-a1: 1 of 4 pods gone, waiting: x (it is terminating), y (it is terminating) and 1 more",
    ],
    [
      { type: "blocked", node: "old-a1", isInService: true, because: ["a: b", "c: d"] },
      "old-a1 is BLOCKED and stays: a: b; c: d",
    ],
    [
      {
        type: "finished",
        result: { outcome: "done", runId: "7f3a", rotated: [], blocked: [], problems: [], notes: [] },
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

describe("a verification, as people read it", () => {
  const inside = { ...webPod, nodeName: "new-1", address: "100.64.0.9" };
  const verified = (...cluster: Parameters<typeof clusterWith>) => ({
    podCidrs: ["100.64.0.0/16"],
    ...verification(clusterWith(...cluster)),
  });

  it("is an answer first, then its figures", () => {
    const found = verified([newNode], [inside]);
    assert.equal(
      describeVerification("prod", found),
      `prod  verified  1 node, 1 pod                            all in 100.64.0.0/16
  pods outside the pod subnets                       0
  primary ENIs with pod addresses                    0 of 1
  secondary ENIs in the right subnet                 1 of 1
  allocatable pods as computed                       1 of 1  (m5.large 20)
  hostNetwork pods (keep node addresses, by design)  0`,
    );
  });

  it("names old nodes with what shows it, and what to do next", () => {
    const text = describeVerification("prod", verified([newNode, a1], []));
    assert.match(text, /^prod {2}NOT VERIFIED {2}2 nodes, 0 pods +1 of 2 nodes is old\n/);
    assert.match(text, /\n\nold-a1\n {2}primary ENI eni-0 carries 2 secondary addresses\n/);
    assert.match(text, /\n\nNext: podnet rotate prod$/);
  });

  it("blames credentials and Region, not nodes, where EC2 shows no ENI of a node", () => {
    const found = verified([{ ...newNode, enis: [] }], []);
    const text = describeVerification("prod", found);
    assert.match(text, /^prod {2}NOT VERIFIED {2}1 node, 0 pods +EC2 shows no primary ENI of 1 of 1 node\n/);
    assert.match(
      text,
      /\n {2}new-1\nCheck that the AWS credentials and the Region are those of the cluster; /,
    );
    assert.doesNotMatch(text, /podnet rotate/);
  });
});
