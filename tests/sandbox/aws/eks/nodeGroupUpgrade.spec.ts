import assert from "node:assert/strict";
import { batchSize, surgeOf } from "../../../../sandbox/aws/eks/nodeGroupUpgrade";

describe("how many nodes an update of a managed group replaces at once", () => {
  it("is a number, whatever the size of the group", () => {
    assert.equal(batchSize({ updateConfig: { maxUnavailable: 3 } }, 2), 3);
  });

  it("is a share of the group, at least one and at most 100 nodes", () => {
    const third = { updateConfig: { maxUnavailablePercentage: 33 } };
    assert.equal(batchSize(third, 10), 3);
    assert.equal(batchSize(third, 2), 1);
    assert.equal(batchSize(third, 450), 100);
  });

  it("comes before the old ones go: twice the zones, or the batch if that is more", () => {
    assert.equal(surgeOf({ updateConfig: { maxUnavailable: 1 } }, 5, 3), 10);
    assert.equal(surgeOf({ updateConfig: { maxUnavailable: 20 } }, 5, 30), 20);
  });

  it("comes after they went under MINIMAL, and not at all where there are no nodes", () => {
    assert.equal(surgeOf({ updateConfig: { maxUnavailable: 1, updateStrategy: "MINIMAL" } }, 3, 3), 0);
    assert.equal(surgeOf({ updateConfig: { maxUnavailable: 1 } }, 3, 0), 0);
  });
});
