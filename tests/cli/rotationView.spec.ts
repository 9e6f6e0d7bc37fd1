import assert from "node:assert/strict";
import type { RotationHappening } from "../../automation/rotation/events";
import { rotationView } from "../../cli/rotationView";
import { planRotation } from "../../planning/rotation/rotationPlan";
import { clusterWith, oldNodeNamed, poolA } from "../planning/rotation/builders";

/** A view that has read happenings, one each minute. */
function viewAfter(happenings: readonly RotationHappening[]) {
  const view = rotationView();
  happenings.forEach((happening, minute) => {
    view.read({ ...happening, at: new Date(minute * 60_000).toISOString() });
  });
  return view;
}

function viewOf(happenings: readonly RotationHappening[]): string[] {
  return viewAfter(happenings).lines();
}

const standing: RotationHappening = {
  type: "progress",
  zones: [
    { availabilityZone: "us-west-2a", done: 1, of: 2 },
    { availabilityZone: "us-west-2b", done: 0, of: 2 },
  ],
  podsInside: 1911,
  podsOutside: 89,
};

describe("the view of a rotation", () => {
  it("is empty before anything is known", () => {
    assert.deepEqual(viewOf([]), []);
  });

  it("draws the zones to scale, beside the figures", () => {
    assert.deepEqual(viewOf([standing]), [
      "us-west-2a  █████████░░░░░░░░░  1/2 nodes    pods in the pod subnets  1,911 / 2,000",
      "us-west-2b  ░░░░░░░░░░░░░░░░░░  0/2 nodes    pods outside             89",
      `${" ".repeat(41)}    refused evictions        0`,
    ]);
  });

  it("puts the figures below the zones where they have no room beside them", () => {
    assert.deepEqual(viewAfter([standing]).lines(80), [
      "us-west-2a  █████████░░░░░░░░░  1/2 nodes",
      "us-west-2b  ░░░░░░░░░░░░░░░░░░  0/2 nodes",
      "pods in the pod subnets  1,911 / 2,000",
      "pods outside             89",
      "refused evictions        0",
    ]);
  });

  const plan = planRotation(clusterWith([oldNodeNamed("old-1")], []), [poolA], { maxUnavailable: 1 });
  const begun: RotationHappening[] = [
    { type: "planned", plan: { ...plan, seconds: 3_600 } },
    { type: "started", runId: "7f3a", isResumed: true, rotatedEarlier: 18 },
  ];

  it("says which run it is, what was done before, how long it takes, and what Ctrl-C does", () => {
    const ctrlC = "Ctrl-C stops after the running evictions and leaves a state that the next run continues.";
    assert.deepEqual(viewOf(begun), ["run 7f3a   18 nodes replaced before this process", ctrlC]);
    const lines = viewOf([...begun, { ...standing, zones: [{ availabilityZone: "a", done: 0, of: 4 }] }]);
    assert.deepEqual(
      [lines[0], lines.at(-1)],
      ["run 7f3a   18 nodes replaced before this process   about 59 min left", ctrlC],
    );
    // Two minutes after the first cordon one is gone of four, of which one is blocked and one on its way.
    const later = viewOf([
      ...begun,
      { type: "cordoned", node: "old-2" },
      { type: "blocked", node: "old-3", isInService: true, because: [] },
      standing,
    ]);
    assert.match(later[0] ?? "", / {3}about 2 min left$/);
  });

  it("says in one line for a pipeline what it draws for a terminal", () => {
    const refused: RotationHappening = { type: "evictionRefused", node: "n", pod: "shop/a", because: "PDB" };
    const view = viewAfter([...begun, standing, refused, { type: "cordoned", node: "old-2" }]);
    const figures =
      "1 of 4 nodes gone (us-west-2a 1/2, us-west-2b 0/2), 1,911 of 2,000 pods in the pod subnets, 1 refused eviction, about 57 min left";
    assert.deepEqual(view.summary(), [figures, "draining  old-2  cordoned"]);
    assert.equal(view.figures(), figures);
    assert.deepEqual(viewAfter(begun).summary(), []);
    assert.equal(viewAfter(begun).figures(), undefined);
  });

  it("says to a pipeline what holds it up before anything else", () => {
    const closed: RotationHappening = { type: "healthGateClosed", because: ["3 nodes are not Ready"] };
    const [first, second] = viewAfter([...begun, standing, closed]).summary();
    assert.equal(first, "closed    the health gate: 3 nodes are not Ready");
    assert.match(second ?? "", /^1 of 4 nodes gone /);
  });

  it("names the groups that surge until their workers are ready", () => {
    const surging: RotationHappening = { type: "surging", nodeGroupName: "pods-a", from: 1, to: 3 };
    const ready: RotationHappening = { type: "workerReady", nodeGroupName: "pods-a", node: "n" };
    assert.deepEqual(viewOf([surging]), ["surging   pods-a  +2: joining"]);
    assert.deepEqual(viewOf([surging, ready]), ["surging   pods-a  +2: 1 Ready, 1 joining"]);
    assert.deepEqual(viewOf([surging, ready, ready]), []);
    const lacking: RotationHappening = { type: "outOfCapacity", nodeGroupName: "pods-a", because: "x" };
    assert.deepEqual(viewOf([surging, lacking]), ["surging   pods-a  EC2 has no instances"]);
  });

  it("sets what nodes and groups are at below each other", () => {
    assert.deepEqual(
      viewOf([
        { type: "cordoned", node: "ip-10-8-0-1" },
        { type: "drained", node: "ip-10-8-0-1" },
        { type: "cordoned", node: "ip-10-8-0-12" },
      ]),
      [
        "draining  ip-10-8-0-1   drained; its pods become ready elsewhere",
        "draining  ip-10-8-0-12  cordoned",
      ],
    );
  });

  it("says of each node under way what it waits for, and forgets it once it is gone", () => {
    const draining: RotationHappening = {
      type: "draining",
      node: "ip-10-8-0-1",
      left: 9,
      of: 12,
      waiting: [
        { pod: "payments/ledger-2", because: "PDB allows 0" },
        { pod: "shop/a", because: "ends" },
        { pod: "shop/b", because: "ends" },
      ],
    };
    assert.deepEqual(viewOf([{ type: "cordoned", node: "ip-10-8-0-1" }]), [
      "draining  ip-10-8-0-1  cordoned",
    ]);
    assert.deepEqual(viewOf([draining]), [
      "draining  ip-10-8-0-1  9 of 12 pods gone   waiting: payments/ledger-2 (PDB allows 0) and 2 more",
    ]);
    assert.deepEqual(viewOf([draining, { type: "gone", node: "ip-10-8-0-1" }]), []);
  });

  it("says for how long a pod is not ready by now, for which others wait", () => {
    const unready = [{ name: "ledger-1", sinceMs: -38_000 }];
    const waiting = [{ pod: "payments/ledger-2", because: "PDB allows 0", unready }];
    const draining: RotationHappening = { type: "draining", node: "old-1", left: 0, of: 2, waiting };
    const line = (span: string) =>
      `draining  old-1  0 of 2 pods gone   waiting: payments/ledger-2 (PDB allows 0, ledger-1 not ready for ${span})`;
    assert.deepEqual(viewOf([draining]), [line("38 s")]);
    assert.deepEqual(viewOf([draining, { type: "note", note: "" }]), [line("2 min")]);
  });

  it("says why no further node is begun, as long as that is so", () => {
    const closed: RotationHappening = { type: "healthGateClosed", because: ["a", "b"] };
    assert.deepEqual(viewOf([closed]), ["closed    the health gate: a; b"]);
    assert.deepEqual(viewOf([closed, { type: "healthGateOpened" }]), []);
    const pausing: RotationHappening = { type: "pausing", because: "a pause was asked for", nodes: [] };
    assert.deepEqual(viewOf([closed, pausing]), ["pausing   a pause was asked for"]);
  });

  it("counts the evictions that were refused", () => {
    const refused: RotationHappening = { type: "evictionRefused", node: "n", pod: "shop/a", because: "PDB" };
    assert.match(viewOf([standing, refused, refused])[2] ?? "", /refused evictions {8}2$/);
  });
});
