import assert from "node:assert/strict";
import {
  clusterSeen,
  departed,
  folded,
  goesOn,
  newTimeline,
  processBegan,
  processEnded,
  typesOf,
  type SeenNode,
  type Timeline,
  type TimelineEvent,
} from "../../../planning/report/timeline";

const seen = (name: string, isReady = true): SeenNode => ({ name, availabilityZone: "us-west-2a", isReady });
const begun = clusterSeen(
  processBegan(newTimeline(0, false), "7f3a", 0),
  [seen("old-1"), seen("old-2")],
  new Set(["old-1", "old-2"]),
  0,
);
const after = (timeline: Timeline, ...events: readonly (readonly [number, TimelineEvent])[]) =>
  folded(
    timeline,
    events.map(([at, event]) => ({ at, event })),
  );
const marks = (timeline: Timeline, name: string) =>
  (timeline.nodes.get(name)?.marks ?? assert.fail(name)).map(({ kind, at }) => `${kind} ${at}`);

describe("the timeline of a migration", () => {
  it("takes each mark of a node with its second", () => {
    const node = "old-1";
    const timeline = after(
      begun,
      [12, { type: "cordoned", node }],
      [60, { type: "drained", node }],
      [75, { type: "terminating", node }],
      [140, { type: "gone", node }],
      [150, { type: "blocked", node: "old-2", because: ["payments/ledger allows none"] }],
    );
    assert.deepEqual(marks(timeline, node), ["cordoned 12", "drained 60", "terminated 75", "gone 140"]);
    assert.deepEqual(marks(timeline, "old-2"), ["blocked 150"]);
    assert.deepEqual(timeline.nodes.get("old-2")?.waits, ["payments/ledger allows none"]);
  });

  it("counts pods and refused evictions, and keeps names once", () => {
    const node = "old-1";
    const timeline = after(
      begun,
      [1, { type: "draining", node, of: 14, waiting: [] }],
      [2, { type: "evictionRefused", node, pod: "a/b", because: "no" }],
      [3, { type: "evictionRefused", node, pod: "a/b", because: "no" }],
      [4, { type: "evicted", node, pod: "a/b" }],
      [5, { type: "evicted", node, pod: "a/b" }],
      [6, { type: "draining", node, of: 9, waiting: [{ pod: "a/c", because: "0 of 2" }] }],
      [7, { type: "draining", node, of: 9, waiting: [{ pod: "a/c", because: "1 of 2" }] }],
    );
    const { pods, refused, evicted, waits } = timeline.nodes.get(node) ?? assert.fail();
    assert.deepEqual(
      { pods, refused, evicted, waits },
      { pods: 14, refused: 2, evicted: ["a/b"], waits: ["a/c: 1 of 2", "a/b: no"] },
    );
  });

  it("knows workers by not being old, from when they join until they go", () => {
    const joining = clusterSeen(begun, [seen("new-1", false)], undefined, 10);
    const ready = clusterSeen(joining, [seen("new-1")], undefined, 40);
    const again = clusterSeen(ready, [seen("new-1")], undefined, 50);
    const left = clusterSeen(again, [], undefined, 60);
    assert.deepEqual(marks(left, "new-1"), ["joined 10", "ready 40", "gone 60"]);
    assert.equal(left.nodes.get("new-1")?.isNew, true);
    assert.deepEqual(marks(left, "old-1"), [], "an old one says itself when it is gone");
  });

  it("goes on in another process, which closes one that was killed and sees what went meanwhile", () => {
    const killed = after(begun, [300, { type: "terminating", node: "old-1" }]);
    const next = clusterSeen(processBegan(killed, "7f3a", 900), [seen("old-2")], new Set(["old-2"]), 900);
    assert.deepEqual(next.processes, [
      { runId: "7f3a", from: 0, to: 300, end: "cut off" },
      { runId: "7f3a", from: 900 },
    ]);
    assert.deepEqual(marks(next, "old-1"), ["terminated 300", "gone 900"]);
    assert.deepEqual(marks(departed(next, new Set(["old-1"]), 950), "old-2"), ["gone 950"]);
  });

  it("goes on from the last one unless that came to its end, or went the other way", () => {
    const ended = (how: string) => processEnded(begun, how, 9);
    assert.equal(goesOn(undefined, false, false), false);
    assert.equal(goesOn(ended("blocked"), false, false), true);
    assert.equal(goesOn(ended("done"), false, false), false);
    assert.equal(goesOn(ended("done"), false, true), true);
    assert.equal(goesOn(ended("blocked"), true, false), false);
  });

  it("keeps at most 600 samples, with the first and the last", () => {
    const events = Array.from({ length: 2_000 }, (_, at) => {
      return [at, { type: "progress", podsInside: at, podsOutside: 0 }] as const;
    });
    const { samples } = after(begun, ...events);
    assert.ok(samples.length <= 600 && samples.length > 250, String(samples.length));
    assert.deepEqual([samples[0]?.at, samples.at(-1)?.at], [0, 1_999]);
  });

  it("says of each instance type the fewest pods", () => {
    const node = (instanceTypeName: string, pods: number) => ({ instanceTypeName, allocatable: { pods } });
    assert.deepEqual(typesOf([node("m5.large", 29), node("c5.large", 20), node("m5.large", 20)]), [
      { instanceType: "c5.large", maxPods: 20, nodes: 1 },
      { instanceType: "m5.large", maxPods: 20, nodes: 2 },
    ]);
  });
});
