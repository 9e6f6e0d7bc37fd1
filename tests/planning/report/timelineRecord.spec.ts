import assert from "node:assert/strict";
import fc from "fast-check";
import { newTimeline, type Timeline, type TimelineNode } from "../../../planning/report/timeline";
import { RECORD_BYTES, timelineRecord, timelineSchema } from "../../../planning/report/timelineRecord";

const node = (name: string, isNew: boolean, given: Partial<TimelineNode> = {}): TimelineNode => ({
  ...{ name, availabilityZone: "us-west-2a", isNew, pods: 58, evicted: [], refused: 0, waits: [] },
  marks: (["cordoned", "drained", "terminated", "gone"] as const).map((kind) => ({ kind, at: 359_999 })),
  ...given,
});
const timelineOf = (nodes: readonly TimelineNode[]): Timeline => ({
  ...newTimeline(Date.UTC(2026, 10, 20), false),
  processes: [{ runId: "7f3a", from: 0, to: 90, end: "blocked" }],
  before: {
    subnets: [
      { subnetId: "subnet-1", availabilityZone: "us-west-2a", cidrBlock: "10.8.0.0/19", freeAddresses: 7 },
    ],
    types: [{ instanceType: "m5.large", maxPods: 29, nodes: 3 }],
  },
  nodes: new Map(nodes.map((one) => [one.name, one])),
  samples: [{ at: 5, inside: 1, outside: 2 }],
});
const many = (nameLength: number, given: Partial<TimelineNode> = {}) =>
  timelineOf(
    Array.from({ length: 2_000 }, (_, index) =>
      node(String(index).padStart(nameLength, "n"), index >= 1_000, given),
    ),
  );
const read = (record: string) => timelineSchema.parse(JSON.parse(record));

describe("the record of a timeline", () => {
  it("is read as it was written", () => {
    const timeline = timelineOf([
      node("old-1", false, { evicted: ["shop/web-1"], refused: 2, waits: ["payments/ledger: none"] }),
      node("new-1", true, { marks: [{ kind: "ready", at: 40 }] }),
    ]);
    assert.deepEqual(read(timelineRecord(timeline)), timeline);
  });

  it("of 1,000 old and 1,000 new nodes with ordinary names has 202 kB without names of pods", () => {
    assert.equal(Buffer.byteLength(timelineRecord(many(47))), 202_372);
  });

  it("of 2,000 nodes with the longest names, pods and reasons forgets no node, and stays below its bound", () => {
    const record = timelineRecord(
      many(253, {
        evicted: Array.from({ length: 40 }, (_, index) => `${"p".repeat(120)}${index}`),
        waits: ["w".repeat(160), "v".repeat(160), "u".repeat(160)],
      }),
    );
    assert.ok(Buffer.byteLength(record) <= RECORD_BYTES, String(Buffer.byteLength(record)));
    assert.ok(RECORD_BYTES < 2 ** 20 * 0.9);
    const { nodes, leftOut } = read(record);
    assert.deepEqual([nodes.size, leftOut], [2_000, 0]);
  });

  it("counts the nodes that it has no room for", () => {
    const all = Array.from({ length: 6_000 }, (_, index) => node(String(index).padStart(253, "n"), false));
    const record = timelineRecord(timelineOf(all));
    const { nodes, leftOut } = read(record);
    assert.ok(Buffer.byteLength(record) <= RECORD_BYTES);
    assert.ok(leftOut > 0);
    assert.equal(nodes.size + leftOut, 6_000);
  });

  it("keeps to its bound whatever texts say", () => {
    const text = fc.string({ unit: "binary", maxLength: 400 });
    const one = fc.record({ name: text, waits: fc.array(text, { maxLength: 3 }), evicted: fc.array(text) });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (given) => {
        const timeline = timelineOf(given.map(({ name, ...rest }) => node(name, false, rest)));
        const record = timelineRecord(timeline);
        assert.ok(Buffer.byteLength(record) <= RECORD_BYTES);
        assert.equal(read(record).samples.length, 1);
      }),
      { numRuns: 50 },
    );
  });
});
