import assert from "node:assert/strict";
import { maxPodsOf, minus, requestsOf } from "../../../../sandbox/dataPlane/karpenter/capacity";
import { limitsOf } from "../../../../sandbox/dataPlane/limitsOfInstanceType";

describe("max pods of Karpenter", () => {
  const m5large = limitsOf("m5.large");

  it("are those of all ENIs, less the reserved ones", () => {
    assert.equal(maxPodsOf(m5large, { reservedEnis: 0 }), 29);
    assert.equal(maxPodsOf(m5large, { reservedEnis: 1 }), 20);
    assert.equal(maxPodsOf(m5large, { reservedEnis: 2 }), 11);
    assert.equal(maxPodsOf(m5large, { reservedEnis: 3 }), 0);
    assert.equal(maxPodsOf(m5large, { reservedEnis: 4 }), 0);
  });

  it("are what the EC2NodeClass says, before everything else", () => {
    assert.equal(maxPodsOf(m5large, { maxPods: 110, reservedEnis: 1 }), 110);
  });
});

describe("what pods take of a node", () => {
  it("is the sum of their containers' requests", () => {
    const containers = [
      { name: "a", resources: { requests: { cpu: "250m", memory: "1Gi" } } },
      { name: "b", resources: { requests: { cpu: "1", memory: "512Mi" } } },
      { name: "c" },
    ];
    assert.deepEqual(requestsOf({ spec: { containers } }), { millicpu: 1250, memoryMib: 1536, pods: 1 });
  });

  it("has to be there in every respect", () => {
    const capacity = { millicpu: 100, memoryMib: 100, pods: 1 };
    assert.deepEqual(minus(capacity, capacity), { millicpu: 0, memoryMib: 0, pods: 0 });
    assert.equal(minus(capacity, { ...capacity, pods: 2 }), undefined);
    assert.equal(minus(capacity, { ...capacity, millicpu: 101 }), undefined);
  });
});
