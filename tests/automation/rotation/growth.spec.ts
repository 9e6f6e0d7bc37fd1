import assert from "node:assert/strict";
import { growthDecision, isComplete } from "../../../automation/rotation/growth";
import { newNode, poolA, poolB, webPod } from "../../planning/rotation/builders";

describe("pods that stay unschedulable", () => {
  const one = { ...webPod, nodeSelector: { disk: "ssd" } };
  const two = { ...webPod, name: "web-2", uid: "uid-web-2" };
  const full = { ...poolA, desiredSize: 6 };
  const last = (readyAtMs: number | undefined) => ({ pods: new Set([one.uid, two.uid]), readyAtMs });

  it("get a worker in each pool that may have one more", () => {
    assert.deepEqual(growthDecision([one], [full, poolB], undefined, 0), { kind: "grow", pools: [poolB] });
  });

  it("wait in vain where no pool may, named with the labels that they want", () => {
    assert.deepEqual(growthDecision([one, two], [full], undefined, 0), {
      kind: "inVain",
      because:
        "workers-us-west-2a has its maximum of 6, and no node takes shop/web-1 (nodeSelector disk=ssd), shop/web-2",
    });
  });

  it("wait while the added worker is not Ready, and until the scheduler has seen it", () => {
    assert.deepEqual(growthDecision([one, two], [poolA], last(undefined), 1_000_000), { kind: "wait" });
    assert.deepEqual(growthDecision([one, two], [poolA], last(1_000), 15_999), { kind: "wait" });
  });

  it("wait in vain when a Ready one takes none of them", () => {
    const decision = growthDecision([one, two], [poolA], last(1_000), 16_000);
    assert.equal(decision.kind, "inVain");
    assert.match(decision.because, /takes none of shop\/web-1 \(node/);
  });

  it("get another one when it took some", () => {
    assert.deepEqual(growthDecision([two], [poolA], last(1_000), 16_000), { kind: "grow", pools: [poolA] });
  });

  it("have all their workers when as many are Ready as are wanted", () => {
    const pool = { ...poolA, desiredSize: 2, nodes: [newNode, newNode] };
    assert.equal(isComplete(pool), true);
    assert.equal(isComplete({ ...pool, nodes: [newNode, { ...newNode, isReady: false }] }), false);
  });
});
