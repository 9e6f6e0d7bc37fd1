import assert from "node:assert/strict";
import { addressBands } from "../../../planning/report/addressBands";
import { laneGroups } from "../../../planning/report/lanes";
import { maxPodsByType } from "../../../planning/report/maxPodsByType";
import { outcomeOf } from "../../../planning/report/outcome";
import { podSeries } from "../../../planning/report/podSeries";
import { reportModel } from "../../../planning/report/reportModel";
import { inWords, percent, spanText } from "../../../planning/report/spans";
import { newTimeline, type Timeline, type TimelineNode } from "../../../planning/report/timeline";
import { positionOf, positionOfWork, workedSeconds, workingTime } from "../../../planning/report/workingTime";
import { sampleFacts } from "../../automation/report/sampleFacts";

const node = (given: Partial<TimelineNode>): TimelineNode => ({
  ...{ name: "old-1", availabilityZone: "us-west-2a", isNew: false, marks: [] },
  ...{ pods: 0, evicted: [], refused: 0, waits: [] },
  ...given,
});
const timelineOf = (given: Partial<Timeline>, ...nodes: readonly TimelineNode[]): Timeline => ({
  ...newTimeline(0, false),
  processes: [{ runId: "7f3a", from: 0, to: 1_000, end: "done" }],
  ...given,
  nodes: new Map(nodes.map((one) => [one.name, one])),
});

describe("the time axis of a report", () => {
  const paused = workingTime(
    timelineOf({
      processes: [
        { runId: "7f3a", from: 0, to: 600, end: "cut off" },
        { runId: "7f3a", from: 700, to: 1_000, end: "cut off" },
        { runId: "7f3a", from: 11_000, to: 12_000, end: "done" },
      ],
    }),
  );

  it("leaves long pauses out and keeps short ones", () => {
    assert.deepEqual(
      paused.spans.map(({ from, to }) => [from, to]),
      [
        [0, 1_000],
        [11_000, 12_000],
      ],
    );
    assert.deepEqual(
      paused.breaks.map(({ seconds }) => seconds),
      [10_000],
    );
    assert.equal(paused.seconds, 2_000);
    assert.deepEqual(
      [0, 1_000, 5_000, 11_000, 12_000].map((second) => positionOf(paused, second).toFixed(4)),
      ["0.0000", "0.4925", "0.5075", "0.5075", "1.0000"],
    );
    assert.equal(positionOfWork(paused, 1_500), positionOf(paused, 11_500));
    assert.equal(workedSeconds(paused, 900, 11_100), 200);
  });

  it("ends now for a process that works, and where one that is dead was seen last", () => {
    const timeline = timelineOf({
      processes: [{ runId: "7f3a", from: 0 }],
      samples: [{ at: 100, inside: 1, outside: 1 }],
    });
    assert.equal(workingTime(timeline).seconds, 100);
    assert.equal(workingTime(timeline, 250).seconds, 250);
  });
});

describe("the lanes of a report", () => {
  const lanesOf = (timeline: Timeline) => laneGroups(timeline, workingTime(timeline));
  const stretches = (timeline: Timeline) =>
    lanesOf(timeline).flatMap(({ old, workers }) =>
      [...old, ...workers].map(({ node: { name }, outcome, segments }) => [
        name,
        outcome,
        segments.map(({ state, from, to }) => `${state} ${from}-${to}`).join(" "),
      ]),
    );

  it("are what a node was at, from second to second", () => {
    const timeline = timelineOf(
      {},
      node({
        marks: [
          { kind: "cordoned", at: 100 },
          { kind: "drained", at: 300 },
          { kind: "terminated", at: 350 },
          { kind: "gone", at: 500 },
        ],
      }),
      node({ name: "old-2", marks: [{ kind: "blocked", at: 700 }] }),
      node({ name: "old-3" }),
      node({
        name: "new-1",
        isNew: true,
        marks: [
          { kind: "joined", at: 20 },
          { kind: "ready", at: 60 },
        ],
      }),
    );
    assert.deepEqual(stretches(timeline), [
      ["old-2", "blocked", "waiting 0-700 blocked 700-1000"],
      ["old-1", "replaced", "waiting 0-100 draining 100-300 settling 300-350 leaving 350-500"],
      ["old-3", "waiting", "waiting 0-1000"],
      ["new-1", "new", "joining 20-60 inService 60-1000"],
    ]);
  });

  it("show a node in service again where its process ended, until the next one begins with it", () => {
    const processes = [
      { runId: "7f3a", from: 0, to: 200, end: "cut off" },
      { runId: "7f3a", from: 250, to: 1_000, end: "done" },
    ];
    const marks = [
      { kind: "cordoned", at: 100 },
      { kind: "cordoned", at: 260 },
    ] as const;
    assert.deepEqual(
      stretches(timelineOf({ processes }, node({ marks }))),
      [
        ["old-1", "waiting", "waiting 0-100 draining 100-200 waiting 200-260 draining 260-1000 "].map(
          (text) => text.trim(),
        ),
      ].map(([name, , text]) => [name, "waiting", text]),
    );
  });
});

describe("the bands of a report", () => {
  it("are to scale, and as full as EC2 counts", () => {
    const subnet = { subnetId: "subnet-1", availabilityZone: "us-west-2a", cidrBlock: "10.8.64.0/18" };
    const [band, other] = addressBands({
      blocks: ["10.8.0.0/16", "100.64.0.0/17", "not a block"],
      podCidrs: ["100.64.0.0/17"],
      podSubnetIds: [],
      before: [{ ...subnet, freeAddresses: 0 }],
      after: [{ ...subnet, freeAddresses: 12_284 }],
    });
    assert.deepEqual(
      [band?.share, band?.isForPods, other?.isForPods, other?.after.subnets],
      [2 / 3, false, true, []],
    );
    const [then, now] = [band?.before?.subnets[0], band?.after.subnets[0]];
    assert.deepEqual(
      [now?.start, now?.width, now?.usable, now?.used, now?.fullness, then?.fullness],
      [0.25, 0.25, 16_379, 4_095, 4_095 / 16_379, 1],
    );
  });
});

describe("the pods of a report", () => {
  it("cross where more are inside for good", () => {
    const samples = [
      { at: 0, inside: 0, outside: 10 },
      { at: 400, inside: 6, outside: 4 },
      { at: 500, inside: 5, outside: 5 },
      { at: 800, inside: 8, outside: 2 },
    ];
    const timeline = timelineOf({ samples });
    const series = podSeries(timeline, workingTime(timeline));
    assert.deepEqual([series?.most, series?.crossedAt?.at, series?.crossedAt?.position], [10, 800, 0.8]);
    assert.equal(podSeries(timelineOf({ samples: samples.slice(1, 2) }), workingTime(timeline)), undefined);
  });
});

describe("what a report says", () => {
  it("of pods per node: before and now, by type", () => {
    const use = (instanceType: string, maxPods: number) => ({ instanceType, maxPods, nodes: 1 });
    assert.deepEqual(maxPodsByType([use("m5.large", 29)], [use("m5.large", 20), use("c5.large", 20)]), [
      { instanceType: "c5.large", before: undefined, after: 20, nodesBefore: 0, nodesAfter: 1 },
      { instanceType: "m5.large", before: 29, after: 20, nodesBefore: 1, nodesAfter: 1 },
    ]);
  });

  it("first, in one sentence, for each step", () => {
    const done = sampleFacts({ nodes: 10 });
    const figures = { old: 10, replaced: 10, blocked: 0, workedSeconds: 10_920 };
    assert.deepEqual(outcomeOf(done, figures), {
      tone: "done",
      sentence:
        "All 140 pods of prod, on 10 nodes, have addresses of 100.64.0.0/16: 10 old nodes were replaced in 3 h 2 min.",
    });
    const part = sampleFacts({ nodes: 10, blocked: 1 });
    assert.deepEqual(outcomeOf(part, { ...figures, replaced: 9, blocked: 1 }), {
      tone: "look",
      sentence:
        "prod has moved in part: 126 of 140 pods (90 %) have addresses of 100.64.0.0/16, and 1 of 10 nodes is old still (1 blocked); podnet rotate prod is next.",
    });
    assert.deepEqual(outcomeOf({ ...done, status: { notSeen: "the cluster: no answer." } }, undefined), {
      tone: "look",
      sentence: "prod could not be looked at: the cluster: no answer.",
    });
  });

  it("of a whole rotation, the figures that the facts have", () => {
    const model = reportModel(sampleFacts({ nodes: 10, blocked: 1, paused: true }));
    assert.deepEqual(
      model.figures.map(({ value, note }) => `${value} ${note}`),
      ["90 % 126 of 140", "1 of 10 nodes", "49,011 in the pod subnets", "2 h 42 min 9 of 10 nodes replaced"],
    );
    assert.deepEqual(
      model.rotation?.groups.map(({ old, workers }) => [old.length, workers.length]),
      [
        [4, 3],
        [3, 3],
        [3, 3],
      ],
    );
    assert.deepEqual(
      model.rotation.blocked.map((lane) => lane.node.pods),
      [14],
    );
    assert.equal(model.rotation.time.breaks.length, 1);
    assert.deepEqual(model.notSeen, []);
    assert.deepEqual(model.verification?.rows.slice(0, 2), [
      ["nodes are new", "9 of 10", ""],
      ["pods have addresses of the pod subnets", "126 of 140", ""],
    ]);
  });

  it("of a verification, what is not as the stack made it", () => {
    const facts = sampleFacts({ nodes: 3 });
    const { verification } = facts;
    if (verification === undefined || "notSeen" in verification) return assert.fail("it is seen");
    const deviation = {
      about: "eniConfigs",
      title: "ENIConfig us-west-2a is gone",
      wayOut: "podnet up",
    } as const;
    const model = reportModel({ ...facts, verification: { ...verification, deviations: [deviation] } });
    assert.deepEqual(model.verification?.rows.slice(4, 7), [
      ["secondary ones have the security groups of their ENIConfig", "6 of 6", ""],
      ["nodes allow no more pods than their addresses carry", "3 of 3 (m5.large 20, m5.xlarge 44)", ""],
      ["nodes were seen in EC2", "3 of 3", ""],
    ]);
    assert.deepEqual(model.verification.rows[7], [
      "aws-node and ENIConfigs are as the stack made them",
      "no",
      "ENIConfig us-west-2a is gone",
    ]);
  });

  it("of what was not seen, why, once", () => {
    const notSeen = { notSeen: "the cluster: no answer" };
    const facts = sampleFacts({ nodes: 3 });
    const model = reportModel({
      ...facts,
      ...{ status: notSeen, verification: notSeen, types: notSeen, settings: notSeen, timeline: notSeen },
    });
    assert.deepEqual(model.notSeen, ["the cluster: no answer"]);
    assert.deepEqual([model.rotation, model.pods, model.maxPods.types], [undefined, undefined, []]);
    assert.equal(model.isHistorySeen, false);
    assert.equal(model.space.before, undefined);
  });

  it("in the words of people", () => {
    assert.deepEqual([40, 660, 12_000, 180_000].map(spanText), ["40 s", "11 min", "3 h 20 min", "2 d 2 h"]);
    assert.deepEqual([percent(0, 9), percent(1, 900), percent(899, 900), percent(9, 9)], [0, 1, 99, 100]);
    assert.equal(inWords(["a", "b", "c"]), "a, b and c");
    assert.equal(inWords(["a", "b", "c", "d"]), "a, b and 2 others");
  });
});
