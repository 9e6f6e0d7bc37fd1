import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { ClusterNode, ClusterPod } from "../../../planning/rotation/observation";
import { planRotation } from "../../../planning/rotation/rotationPlan";
import {
  clusterWith,
  daemonPod,
  newNode,
  oldNodeNamed,
  poolA,
  poolB,
  webBudget,
  webPod,
  webPods,
} from "./builders";

const a1 = oldNodeNamed("old-a1");
const a2 = oldNodeNamed("old-a2");
const b1 = oldNodeNamed("old-b1", "us-west-2b");
const pools = [poolA, poolB];

describe("rotation plan", () => {
  it("says which nodes go, when, with how many new workers, past which budgets", () => {
    const pods = [
      ...webPods(3, "old-a1"),
      ...webPods(1, "old-b1"),
      ...["old-a1", "old-a2", "old-b1", "new-1"].map((node) => daemonPod("aws-node", node)),
    ];
    const plan = planRotation(clusterWith([newNode, a2, b1, a1], pods, [webBudget]), pools, {
      maxUnavailable: 2,
    });
    assert.equal(plan.nodes, 4);
    assert.deepEqual(
      plan.old.map(({ node, reasons }) => [node, reasons.map(({ clause }) => clause).slice(0, 1)]),
      [
        ["old-a1", ["primaryEniCarriesPods"]],
        ["old-a2", ["primaryEniCarriesPods"]],
        ["old-b1", ["primaryEniCarriesPods"]],
      ],
    );
    assert.deepEqual(plan.batches, [
      {
        nodes: ["old-a1", "old-b1"],
        zones: { "us-west-2a": 1, "us-west-2b": 1 },
        pods: 4,
        surge: [
          { nodeGroupName: "workers-us-west-2a", added: 1 },
          { nodeGroupName: "workers-us-west-2b", added: 1 },
        ],
        waitsFor: ["shop/web"],
      },
      { nodes: ["old-a2"], zones: { "us-west-2a": 1 }, pods: 0, surge: [], waitsFor: [] },
    ]);
    assert.deepEqual(
      plan.pools.map(({ nodeGroupName, desiredSize, added }) => [nodeGroupName, desiredSize, added]),
      [
        ["workers-us-west-2a", 1, 1],
        ["workers-us-west-2b", 1, 1],
      ],
    );
    assert.deepEqual(plan.problems, []);
  });

  it("adds workers step by step, as batches need them", () => {
    const big = (node: string) =>
      webPods(2, node).map((pod) => ({ ...pod, requests: { cpuMillis: 900, memoryBytes: 0 } }));
    const plan = planRotation(clusterWith([a1, a2], [...big("old-a1"), ...big("old-a2")]), pools, {
      maxUnavailable: 1,
    });
    assert.deepEqual(
      plan.batches.map(({ surge }) => surge),
      [
        [{ nodeGroupName: "workers-us-west-2a", added: 1 }],
        [{ nodeGroupName: "workers-us-west-2a", added: 1 }],
      ],
    );
    assert.equal(plan.pools[0]?.desiredSize, 2);
  });

  it("begins with nodes whose drain had begun", () => {
    const plan = planRotation(clusterWith([a1, a2], []), pools, {
      maxUnavailable: 1,
      started: new Set(["old-a2"]),
    });
    assert.deepEqual(
      plan.batches.map(({ nodes }) => nodes),
      [["old-a2"], ["old-a1"]],
    );
  });

  it("leaves nodes with bare pods, or with pods that no waiting moves, where they are", () => {
    const bare: ClusterPod = { ...webPod, name: "debug", nodeName: "old-a1", controller: undefined };
    const held = { ...webPod, nodeName: "old-b1" };
    const never = { ...webBudget, disruptionsAllowed: 0, desiredHealthy: 3 };
    const cluster = clusterWith([a1, a2, b1], [{ ...bare, labels: {} }, held], [never]);
    const plan = planRotation(cluster, pools, { maxUnavailable: 1 });
    assert.deepEqual(
      plan.undrainable.map(({ node, refused, unmovable }) => [
        node,
        refused,
        unmovable.map(({ pod }) => pod),
      ]),
      [
        ["old-a1", ["shop/debug"], []],
        ["old-b1", [], ["shop/web-1"]],
      ],
    );
    assert.deepEqual(
      plan.batches.map(({ nodes }) => nodes),
      [["old-a2"]],
    );
    const forced = planRotation(cluster, pools, { maxUnavailable: 1, force: true });
    assert.deepEqual(
      forced.batches.map(({ nodes }) => nodes),
      [["old-a1"], ["old-a2"]],
    );
  });

  const problemsOf = (nodes: readonly ClusterNode[], pods: readonly ClusterPod[] = [], ours = pools) =>
    planRotation(clusterWith(nodes, pods), ours, { maxUnavailable: 1 }).problems.map(
      ({ path, reason, fix }) => `${path} ${reason} ${fix}`,
    );

  it("does not begin where nobody takes the place of an old node, or only its owner can", () => {
    assert.deepEqual(problemsOf([oldNodeNamed("old-x", "us-west-2a", "batch")]), [
      "nodes.old-x is old and belongs to managed node group batch, which no worker group replaces in us-west-2a. Add batch to workerGroups[].replaces of the stack's configuration, and run podnet up.",
    ]);
    assert.match(
      problemsOf([{ ...a1, owner: { kind: "karpenter", nodePool: "default" } }])[0] ?? "",
      /Karpenter node pool default; only nodes of managed node groups are rotated/,
    );
  });

  it("does not begin where the new workers can't take all pods", () => {
    const pods = webPods(3, "old-a1").map((pod) => ({
      ...pod,
      requests: { cpuMillis: 1900, memoryBytes: 0 },
    }));
    assert.deepEqual(problemsOf([a1], pods, [{ ...poolA, maxSize: 2 }, poolB]), [
      "workerGroups.workers.maxSize workers-us-west-2a would need 3 workers for the pods of the nodes that it replaces; its maximum is 2. Raise it to 3 or more, and run podnet up.",
    ]);
    const giant = { ...webPod, nodeName: "old-a1", requests: { cpuMillis: 9000, memoryBytes: 0 } };
    assert.match(
      problemsOf([a1], [giant])[0] ?? "",
      /instanceTypes shop\/web-1: no worker of workers-us-west-2a takes them/,
    );
  });

  it("counts Fargate neither as node nor as old", () => {
    const fargate: ClusterNode = { ...newNode, name: "fargate", owner: { kind: "fargate" }, enis: [] };
    const plan = planRotation(clusterWith([fargate, newNode], []), pools, { maxUnavailable: 1 });
    assert.deepEqual([plan.nodes, plan.old], [1, []]);
  });

  it("has every old node exactly once, in a batch or left where it is, and counts each pod once", () => {
    const aCluster = fc.array(
      fc.record({
        zone: fc.constantFrom("us-west-2a", "us-west-2b"),
        isOld: fc.boolean(),
        pods: fc.array(fc.constantFrom("ReplicaSet", "DaemonSet", "bare", "static"), { maxLength: 8 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(aCluster, fc.integer({ min: 1, max: 4 }), (given, maxUnavailable) => {
        const nodes = given.map(({ zone, isOld }, index) => ({
          ...oldNodeNamed(`n${index}`, zone),
          ...(isOld ? {} : { enis: newNode.enis, allocatable: newNode.allocatable }),
        }));
        const pods = given.flatMap(({ pods: kinds }, index) =>
          kinds.map((kind, number): ClusterPod => ({
            ...webPod,
            name: `p${index}-${number}`,
            uid: `p${index}-${number}`,
            nodeName: `n${index}`,
            address: "100.64.0.9",
            isMirror: kind === "static",
            controller:
              kind === "bare" || kind === "static"
                ? undefined
                : { apiVersion: "v1", kind, name: "x", uid: kind },
          })),
        );
        const plan = planRotation(clusterWith(nodes, pods), pools, { maxUnavailable });
        const old = given.flatMap(({ isOld }, index) => (isOld ? [`n${index}`] : []));
        const placed = [
          ...plan.batches.flatMap((batch) => batch.nodes),
          ...plan.undrainable.map(({ node }) => node),
        ];
        assert.deepEqual(placed.sort(), old.sort());
        assert.ok(plan.batches.every((batch) => batch.nodes.length <= maxUnavailable));
        const onOld = pods
          .filter(({ nodeName = "" }) => old.includes(nodeName))
          .map(({ name }) => `shop/${name}`);
        assert.deepEqual(plan.verdicts.flatMap((group) => group.pods).sort(), onOld.sort());
        const isMoved = new Set(plan.batches.flatMap((batch) => batch.nodes));
        const moving = pods.filter(
          ({ nodeName = "", controller }) => isMoved.has(nodeName) && controller?.kind === "ReplicaSet",
        );
        assert.equal(
          plan.batches.reduce((total, batch) => total + batch.pods, 0),
          moving.length,
        );
      }),
    );
  });
});
