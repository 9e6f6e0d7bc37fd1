import assert from "node:assert/strict";
import { claims, describeClaims, type DemoFindings } from "../../../cli/demo/claims";

const good: DemoFindings = {
  changesLeft: 0,
  rotation: { outcome: "done", rotated: ["old-1"] },
  verification: {
    isVerified: true,
    pods: 51,
    podsOutside: [],
    cleanPrimaryEnis: { right: 6, of: 6 },
    secondaryEnis: { right: 12, of: 12 },
    allocatablePods: { right: 6, of: 6 },
    oldNodes: [],
  },
  witness: { watchingSince: Date.UTC(2026, 10, 22, 15, 20), budgets: 10, broken: [], interruptions: 0 },
};
const { verification, witness } = good;

describe("the demo's claims", () => {
  it("all hold when everything is as it should be", () => {
    assert.deepEqual(
      claims(good).map(({ holds }) => holds),
      [true, true, true, true, true, true, true],
    );
  });

  const rows: { name: string; findings: DemoFindings; fails: number }[] = [
    {
      name: "a rotation that is not done",
      findings: { ...good, rotation: { ...good.rotation, outcome: "blocked" } },
      fails: 0,
    },
    {
      name: "an old node",
      findings: { ...good, verification: { ...verification, oldNodes: [{}] } },
      fails: 0,
    },
    {
      name: "a pod outside",
      findings: { ...good, verification: { ...verification, podsOutside: [{}] } },
      fails: 1,
    },
    {
      name: "a cluster without pods",
      findings: { ...good, verification: { ...verification, pods: 0 } },
      fails: 1,
    },
    {
      name: "a failed verification",
      findings: { ...good, verification: { ...verification, isVerified: false } },
      fails: 1,
    },
    {
      name: "a primary ENI with addresses for pods",
      findings: { ...good, verification: { ...verification, cleanPrimaryEnis: { right: 5, of: 6 } } },
      fails: 2,
    },
    {
      name: "no secondary ENI at all",
      findings: { ...good, verification: { ...verification, secondaryEnis: { right: 0, of: 0 } } },
      fails: 3,
    },
    {
      name: "a node that takes too many pods",
      findings: { ...good, verification: { ...verification, allocatablePods: { right: 5, of: 6 } } },
      fails: 4,
    },
    { name: "a broken budget", findings: { ...good, witness: { ...witness, broken: [{}] } }, fails: 5 },
    {
      name: "a watch with a gap",
      findings: { ...good, witness: { ...witness, interruptions: 1 } },
      fails: 5,
    },
    { name: "a watch over nothing", findings: { ...good, witness: { ...witness, budgets: 0 } }, fails: 5 },
    { name: "a change that is left", findings: { ...good, changesLeft: 1 }, fails: 6 },
  ];
  for (const { name, findings, fails } of rows) {
    it(`are broken by ${name}`, () => {
      assert.deepEqual(
        claims(findings).flatMap(({ holds }, index) => (holds ? [] : [index])),
        [fails],
      );
    });
  }

  it("are told with what was found", () => {
    assert.match(
      describeClaims(claims(good)),
      /yes {2}every pod has an address of the pod subnets +51 of 51 pods/,
    );
  });

  it("say since when there was a watch, and where this run has replaced nothing to be watched", () => {
    const watched = (findings: DemoFindings) => claims(findings)[5]?.evidence;
    const seen = "0 times below 10 budgets, 0 gaps in the watch since 2026-11-22 15:20 UTC";
    assert.equal(watched(good), seen);
    const again = { ...good, rotation: { outcome: "done", rotated: [] } };
    assert.equal(watched(again), `${seen}; this run replaced no node`);
  });
});
