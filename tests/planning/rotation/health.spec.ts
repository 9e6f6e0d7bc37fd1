import assert from "node:assert/strict";
import { closedBecause, type Health } from "../../../planning/rotation/health";

describe("a health gate", () => {
  const health: Health = {
    nodes: ["a", "b", "c"],
    nodesInAll: 20,
    workloads: ["shop/Deployment/web"],
    workloadsInAll: 40,
  };
  const none = { nodes: [], workloads: [] };

  it("lets be what it has no threshold for", () => {
    assert.deepEqual(closedBecause({}, health, none), []);
    assert.deepEqual(closedBecause({ command: "true" }, health, none), []);
  });

  it("is closed by one more than there may be, and names all of them", () => {
    assert.deepEqual(closedBecause({ unreadyNodes: 3, unreadyWorkloads: 1 }, health, none), []);
    assert.deepEqual(closedBecause({ unreadyNodes: 2, unreadyWorkloads: 0 }, health, none), [
      "3 nodes have become unready since the run began (a, b, c); 2 may be",
      "1 workload has become unready since the run began (shop/Deployment/web); 0 may be",
    ]);
  });

  it("does not count what was unready as the run began", () => {
    const before = { nodes: ["a", "b", "x"], workloads: ["shop/Deployment/web"] };
    assert.deepEqual(closedBecause({ unreadyNodes: 1, unreadyWorkloads: 0 }, health, before), []);
    assert.deepEqual(closedBecause({ unreadyNodes: 0 }, health, before), [
      "1 node has become unready since the run began (c); 0 may be",
    ]);
  });

  it("takes percentages of all there are, rounded down", () => {
    assert.deepEqual(closedBecause({ unreadyNodes: "15%", unreadyWorkloads: "3%" }, health, none), []);
    assert.deepEqual(closedBecause({ unreadyNodes: "14%", unreadyWorkloads: "2%" }, health, none), [
      "3 nodes have become unready since the run began (a, b, c); 2 may be",
      "1 workload has become unready since the run began (shop/Deployment/web); 0 may be",
    ]);
  });
});
