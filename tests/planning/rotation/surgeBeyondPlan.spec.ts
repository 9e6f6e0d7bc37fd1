import assert from "node:assert/strict";
import type { ClusterNode, ClusterPod } from "../../../planning/rotation/observation";
import { oldNodes } from "../../../planning/rotation/oldNodes";
import { planRotation } from "../../../planning/rotation/rotationPlan";
import type { WorkerPool } from "../../../planning/rotation/surge";
import { needsWithinPlan } from "../../../planning/rotation/surgeBeyondPlan";
import { clusterWith, newNode, oldNodeNamed, poolA, poolB, webPods } from "./builders";

describe("what pools need beyond the plan of their run", () => {
  // A worker takes 20 of them.
  const small = (count: number, node: string) =>
    webPods(count, node).map((pod) => ({ ...pod, requests: { cpuMillis: 10, memoryBytes: 0 } }));
  const leaving = small(7, "old-a");
  const newB: ClusterNode = {
    ...newNode,
    name: "new-b",
    availabilityZone: "us-west-2b",
    owner: { kind: "managedNodeGroup", name: poolB.nodeGroupName },
  };
  const a = { ...poolA, desiredSize: 1, nodes: [newNode] };
  const b = { ...poolB, desiredSize: 1, nodes: [newB] };
  const begun = (target: number) =>
    new Map([a, b].map(({ nodeGroupName }) => [nodeGroupName, { workers: 0, target, old: 2 }]));
  const moved = (count: number, node: string) =>
    small(count, node).map((pod) => ({ ...pod, address: "100.64.0.10" }));
  const held = { inA: 15, inB: 15 };
  const cluster = ({ inA, inB }: typeof held, moving: readonly ClusterPod[] = leaving) =>
    clusterWith(
      [oldNodeNamed("old-a"), newNode, newB],
      [...moved(inA, newNode.name), ...moved(inB, newB.name), ...moving],
    );
  const needs = (observation = cluster(held), bases = begun(1), pools: readonly WorkerPool[] = [a, b]) => {
    const old = oldNodes(observation);
    return needsWithinPlan(observation, pools, old, old, { bases }).map(({ added, beyondMaximum }) => [
      added,
      beyondMaximum,
    ]);
  };

  it("is nothing while workers of another zone have room for what their own has none for", () => {
    assert.deepEqual(needs(), [
      [0, 0],
      [0, 0],
    ]);
    assert.deepEqual(
      needs(cluster({ inA: 15, inB: 19 }))[0],
      [1, 0],
      "6 places are left for 7 pods, in both zones together",
    );
    assert.deepEqual(needs(cluster({ inA: 20, inB: 20 }, small(21, "old-a")))[0], [2, 0]);
  });

  it("is no less than planned, and nothing is held back where no plan is known", () => {
    assert.deepEqual(needs(cluster(held), begun(2))[0], [1, 0]);
    assert.deepEqual(needs(cluster(held), new Map())[0], [1, 0]);
  });

  it("is a worker in each zone whose nodes go, though none was planned there", () => {
    assert.deepEqual(needs(cluster({ inA: 0, inB: 0 }), begun(0), [poolA, b])[0], [1, 0]);
  });

  it("counts room only where others of the pod's controller are, in whatever worker group", () => {
    const pools = [a, { ...b, workerGroup: "others" }];
    assert.deepEqual(needs(cluster(held), begun(1), pools)[0], [0, 0]);
    const controller = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "cart", uid: "uid-cart" };
    const carts = (count: number) =>
      leaving.map((pod, index) => (index < count ? { ...pod, controller } : pod));
    assert.deepEqual(needs(cluster(held, carts(5)))[0], [0, 0], "those that can be nowhere else come first");
    assert.deepEqual(needs(cluster(held, carts(6)))[0], [1, 0]);
  });

  it("is as much as its own zone lacks where a pod moves that may not leave it", () => {
    const bound = leaving.map((pod, index) => ({ ...pod, hasClaims: index === 0 }));
    assert.deepEqual(needs(cluster(held, bound))[0], [1, 0]);
  });

  it("is no reason to refuse a run that goes on with pools of their maximum", () => {
    const pools = [a, b].map((pool) => ({ ...pool, maxSize: 1 }));
    assert.deepEqual(needs(cluster(held), begun(1), pools)[0], [0, 0]);
    assert.deepEqual(needs(cluster(held), new Map(), pools)[0], [0, 1]);
    const plan = planRotation(cluster(held), pools, { maxUnavailable: 1, begun: begun(1) });
    assert.deepEqual([plan.problems, plan.pools.map(({ desiredSize }) => desiredSize)], [[], [1, 1]]);
  });
});
