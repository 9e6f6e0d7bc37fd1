import assert from "node:assert/strict";
import { rotationSeconds } from "../../../planning/rotation/rotationTime";
import { webBudget, webPod, webPods } from "./builders";

const settings = { podTimeoutSeconds: 1_800 };

describe("rotationSeconds", () => {
  it("takes nothing where nothing is rotated", () => {
    assert.equal(rotationSeconds([], [], settings), 0);
  });

  it("waits in each batch for its workers and for its pods, and once for the check of the first worker", () => {
    assert.equal(rotationSeconds([[], webPods(10, "old-2")], [], settings), 60 + 2 * (90 + 60));
  });

  it("moves pods under a budget as many at a time as it allows when all are healthy", () => {
    const twoOfSix = { ...webBudget, expectedPods: 6, desiredHealthy: 4, disruptionsAllowed: 0 };
    assert.equal(rotationSeconds([webPods(5, "old-1")], [twoOfSix], settings), 60 + 90 + 3 * 60);
    // Another one's pods wait for nothing.
    const others = webPods(9, "old-1").map((pod) => ({ ...pod, namespace: "ops" }));
    assert.equal(rotationSeconds([others], [twoOfSix], settings), 60 + 90 + 60);
  });

  it("does not wait for pods that the API evicts whatever their budget says", () => {
    const pending = webPods(4, "old-1").map((pod) => ({ ...pod, phase: "Pending" }));
    assert.equal(rotationSeconds([[...pending, webPod]], [webBudget], settings), 60 + 90 + 60);
  });

  it("waits for the pods of a node no longer than it lets them", () => {
    assert.equal(
      rotationSeconds([webPods(100, "old-1")], [webBudget], { podTimeoutSeconds: 300 }),
      60 + 90 + 300,
    );
  });
});
