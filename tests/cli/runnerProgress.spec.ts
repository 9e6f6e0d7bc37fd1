import assert from "node:assert/strict";
import type { BringUpEvent } from "../../automation/bringUp";
import type { RotationHappening } from "../../automation/rotation/events";
import type { RunnerEvent } from "../../automation/runner";
import { runnerProgress } from "../../cli/runnerProgress";
import { changeOf, SUBNET } from "../support/changes";

/** What progress is told of events, in order. */
function toldOf(events: readonly RunnerEvent[], isTTY = false): string[] {
  const told: string[] = [];
  const tell = runnerProgress(
    {
      step: (title) => told.push(`step ${title}`),
      say: (line) => told.push(`say ${line}`),
      show: (lines) => told.push(`show ${lines.join("; ")}`),
      close: () => undefined,
    },
    isTTY,
  );
  events.forEach(tell);
  return told;
}

const ofStack = (...events: BringUpEvent[]): RunnerEvent[] =>
  events.map((event) => ({ type: "stack", event }));
const ofRotation = (...happenings: RotationHappening[]): RunnerEvent[] =>
  happenings.map((happening) => ({
    type: "rotation",
    event: { ...happening, at: "2026-01-01T00:00:00.000Z" },
  }));

const resource = (
  state: "started" | "done" | "failed",
  name: string,
  { isPlanned = false, isBookkeeping = false } = {},
): BringUpEvent => ({
  kind: "resource",
  isPlanned,
  state,
  change: changeOf("create", SUBNET, name, { isBookkeeping }),
});
const diagnostic = (severity: "info" | "warning" | "error"): BringUpEvent => ({
  kind: "diagnostic",
  diagnostic: { severity, message: `said as ${severity}` },
});

describe("the progress of a stack", () => {
  it("goes by steps, and shows how the last stands", () => {
    const rollout = { nodes: 6, updated: 2, available: 1 };
    const reach = { waitedSeconds: 3605, waitingFor: "an answer of 100.64.0.9" };
    assert.deepEqual(
      toldOf(
        ofStack(
          { kind: "planning" },
          { kind: "planning", because: "a subnet came" },
          { kind: "updating" },
          { kind: "cniVersion", version: "v1.20.1-eksbuild.1", step: 1, of: 2 },
          { kind: "awsNode" },
          { kind: "awsNode", progress: rollout },
          { kind: "controlPlane" },
          { kind: "controlPlane", progress: reach },
        ),
      ),
      [
        "step Looking at what would change",
        "step Looking at what would change by now: a subnet came",
        "step Changing it",
        "step Update 1 of 2: the CNI goes to v1.20.1-eksbuild.1",
        "step Waiting for aws-node",
        "show 2 of 6 nodes have aws-node's new settings, 1 are available",
        "step Waiting for the control plane to reach the new range",
        "show waited 1:00:05 for an answer of 100.64.0.9",
      ],
    );
  });

  it("draws what is under way over, and keeps what is done or failed", () => {
    assert.deepEqual(
      toldOf(
        ofStack(
          resource("started", "pods-a"),
          resource("started", "pods-b"),
          resource("done", "pods-a"),
          resource("failed", "pods-b"),
        ),
      ),
      [
        "show create aws ec2 Subnet pods-a",
        "show create aws ec2 Subnet pods-a; create aws ec2 Subnet pods-b",
        "say create aws ec2 Subnet pods-a",
        "show create aws ec2 Subnet pods-b",
        "say failed: create aws ec2 Subnet pods-b",
        "show ",
      ],
    );
  });

  it("leaves out what is only planned, Pulumi's bookkeeping, and what the answer tells", () => {
    assert.deepEqual(
      toldOf(
        ofStack(
          resource("done", "pods-a", { isPlanned: true }),
          resource("started", "network", { isBookkeeping: true }),
          resource("done", "network", { isBookkeeping: true }),
          diagnostic("info"),
          diagnostic("warning"),
          diagnostic("error"),
        ),
      ),
      ["say warning: said as warning"],
    );
  });
});

describe("the progress of a rotation", () => {
  const events = ofRotation(
    { type: "cordoned", node: "ip-10-8-0-1" },
    { type: "evictionRefused", node: "ip-10-8-0-1", pod: "shop/web-2", because: "by its budget" },
    { type: "evicted", node: "ip-10-8-0-1", pod: "shop/web-1" },
    { type: "gone", node: "ip-10-8-0-1" },
  );

  it("is told in lines in a pipeline, where pods are only counted", () => {
    assert.deepEqual(toldOf(events), [
      "say ip-10-8-0-1 cordoned",
      "show draining  ip-10-8-0-1  cordoned",
      "say ip-10-8-0-1: shop/web-2 waits: by its budget",
      "show draining  ip-10-8-0-1  cordoned",
      "show draining  ip-10-8-0-1  cordoned",
      "say ip-10-8-0-1 is gone",
      "show ",
    ]);
  });

  it("is drawn where a person watches", () => {
    assert.deepEqual(toldOf(events, true), [
      "show draining  ip-10-8-0-1  cordoned",
      "show draining  ip-10-8-0-1  cordoned",
      "show draining  ip-10-8-0-1  cordoned",
      "say ip-10-8-0-1 is gone",
      "show ",
    ]);
  });

  it("says in a pipeline each minute how a node stands, and a node more at once", () => {
    const at = (second: number, happening: RotationHappening): RunnerEvent => ({
      type: "rotation",
      event: { ...happening, at: new Date(second * 1_000).toISOString() },
    });
    const draining = (node: string, left: number): RotationHappening => ({
      type: "draining",
      node,
      left,
      of: 9,
      waiting: ["web-1", "web-2", "web-3"].map((pod) => ({ pod: `shop/${pod}`, because: "by its budget" })),
    });
    const progress = (done: number, podsInside: number): RotationHappening => ({
      type: "progress",
      zones: [{ availabilityZone: "us-west-2a", done, of: 3 }],
      podsInside,
      podsOutside: 9,
    });
    const events = [
      at(0, draining("old-1", 1)),
      at(1, draining("old-1", 2)),
      at(1, draining("old-2", 1)),
      at(2, progress(0, 1)),
      at(3, progress(0, 2)),
      at(4, progress(1, 3)),
      at(59.9, draining("old-1", 3)),
      at(60, draining("old-1", 4)),
    ];
    const waiting = "waiting: shop/web-1 (by its budget) and 2 more";
    assert.deepEqual(
      toldOf(events).filter((line) => line.startsWith("say")),
      [
        `say old-1: 1 of 9 pods gone, ${waiting}`,
        `say old-2: 1 of 9 pods gone, ${waiting}`,
        "say 0 of 3 nodes gone, 1 of 10 pods in the pod subnets",
        "say 1 of 3 nodes gone, 3 of 12 pods in the pod subnets",
        `say old-1: 4 of 9 pods gone, ${waiting}`,
      ],
    );
  });
});
