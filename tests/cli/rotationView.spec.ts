import assert from "node:assert/strict";
import type { RotationHappening } from "../../automation/rotation/events";
import { rotationView } from "../../cli/rotationView";

function viewOf(happenings: readonly RotationHappening[]): string[] {
  const view = rotationView();
  for (const happening of happenings) view.read({ ...happening, at: "2026-01-01T00:00:00Z" });
  return view.lines();
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

  it("names the groups that surge until their workers are ready", () => {
    const surging: RotationHappening = { type: "surging", nodeGroupName: "pods-a", from: 1, to: 3 };
    assert.deepEqual(viewOf([surging]), ["surging   pods-a  +2, joining"]);
    assert.deepEqual(viewOf([surging, { type: "workerReady", nodeGroupName: "pods-a", node: "n" }]), []);
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
