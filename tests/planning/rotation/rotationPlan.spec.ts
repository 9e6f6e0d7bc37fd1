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
        seconds: 330,
      },
      { nodes: ["old-a2"], zones: { "us-west-2a": 1 }, pods: 0, surge: [], waitsFor: [], seconds: 150 },
    ]);
    assert.deepEqual(
      plan.pools.map(({ nodeGroupName, desiredSize, added }) => [nodeGroupName, desiredSize, added]),
      [
        ["workers-us-west-2a", 1, 1],
        ["workers-us-west-2b", 1, 1],
      ],
    );
    assert.deepEqual(plan.problems, []);
    assert.deepEqual([plan.maxUnavailable, plan.surge, plan.seconds], [2, undefined, 60 + 330 + 150]);
  });

  it("says where fewer workers come than old nodes go", () => {
    const of = (nodes: readonly ClusterNode[]) =>
      planRotation(clusterWith(nodes, []), pools, { maxUnavailable: 2 }).notes;
    assert.deepEqual(of([a1, a2, b1]), ["3 old nodes become 2 workers: their pods need no more."]);
    assert.deepEqual(of([a1, b1]), []);
  });

  it("makes no worker ahead of an old node's end with a surge of 0, and as many in the end", () => {
    const pods = [...webPods(15, "old-a1"), ...webPods(15, "old-a2"), ...webPods(3, "old-b1")];
    const planWith = (surge: number | "50%") =>
      planRotation(clusterWith([a1, a2, b1], pods), pools, { maxUnavailable: 1, surge });
    const none = planWith(0);
    assert.deepEqual(
      none.batches.map(({ nodes, surge }) => [nodes, surge.map(({ added }) => added)]),
      [
        [["old-a1"], []],
        [["old-b1"], [1]],
        [["old-a2"], [1]],
      ],
    );
    assert.equal(none.surge, 0);
    // The second worker of zone a comes after old-a2.
    assert.deepEqual(
      none.pools.map(({ added }) => added),
      [2, 1],
    );
    assert.equal(planWith("50%").surge, 2);
  });

  it("counts a surge from the nodes that go, and says how many stay", () => {
    const never = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 };
    const cluster = clusterWith([a1, a2, b1], webPods(2, "old-a1"), [{ ...webBudget, ...never }]);
    const { bases, undrainable } = planRotation(cluster, pools, { maxUnavailable: 1, surge: 0 });
    assert.deepEqual(
      undrainable.map(({ node }) => node),
      ["old-a1"],
    );
    assert.deepEqual(
      pools.map(({ nodeGroupName }) => [bases[nodeGroupName]?.old, bases[nodeGroupName]?.staying]),
      [
        [1, 1],
        [1, undefined],
      ],
    );
  });

  it("begins where node subnets are full only within a surge, which makes no worker ahead there", () => {
    const subnetOf = (zone: string, freeAddresses: number) => ({
      ...{ subnetId: `subnet-nodes-${zone}`, availabilityZone: `us-west-2${zone}` },
      ...{ cidrBlock: "10.8.0.0/27", freeAddresses },
    });
    const subnets = [
      { pool: poolA, subnet: subnetOf("a", 0) },
      { pool: poolB, subnet: subnetOf("b", 9) },
    ].map(({ pool: { nodeGroupName }, subnet }) => ({
      ...{ nodeGroupName, nodeSubnets: [subnet], podSubnet: undefined, instanceType: undefined },
    }));
    const facts = { subnets, warm: {}, places: undefined };
    const cluster = clusterWith([a1, b1], [...webPods(3, "old-a1"), ...webPods(3, "old-b1")]);
    const planWith = (surge: number | undefined) =>
      planRotation(cluster, pools, { maxUnavailable: 2, surge, facts });
    assert.deepEqual(
      planWith(undefined).problems.map(({ path }) => path),
      ["zones.us-west-2a"],
    );
    const within = planWith(2);
    assert.deepEqual(within.problems, []);
    assert.deepEqual(within.batches[0]?.surge, [{ nodeGroupName: "workers-us-west-2b", added: 1 }]);
    assert.deepEqual(
      within.nodeAddresses.map(({ free, needed }) => [free, needed]),
      [
        [0, 0],
        [9, 1],
      ],
    );
  });

  it("says that zones will be lopsided", () => {
    const old = [a1, a2, oldNodeNamed("old-a3"), b1];
    const pods = old.slice(0, 3).flatMap(({ name }) => webPods(20, name));
    const { notes } = planRotation(clusterWith(old, pods), pools, { maxUnavailable: 1 });
    assert.deepEqual(notes, [
      "Worker group workers will be lopsided, as its old nodes and their pods are: 4 in us-west-2a, 1 in us-west-2b.",
    ]);
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
        refused.map(({ pod }) => pod),
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

  it("does not begin where nobody takes the place of an old node, or Karpenter can't end it", () => {
    assert.deepEqual(problemsOf([oldNodeNamed("old-x", "us-west-2a", "batch")]), [
      "nodes.old-x is old and belongs to managed node group batch, which no worker group replaces in us-west-2a. Add batch to workerGroups[].replaces of the stack's configuration, and run podnet up.",
    ]);
    assert.deepEqual(
      problemsOf([{ ...oldNodeNamed("old-x", "us-west-2c"), owner: { kind: "standalone" } }]),
      [
        "nodes.old-x is old and belongs to no group, which no worker group replaces in us-west-2c. Give a worker group of the stack's configuration the zone us-west-2c, and run podnet up.",
      ],
    );
    const karpenter = { kind: "karpenter", nodePool: "default" } as const;
    assert.match(
      problemsOf([{ ...a1, owner: karpenter }])[0] ?? "",
      /Karpenter node pool default, but no NodeClaim owns it/,
    );
    assert.deepEqual(problemsOf([{ ...a1, owner: { ...karpenter, nodeClaim: "default-x7k2p" } }]), []);
    // One that has just joined has none yet, and has one by the time at which it is drained.
    const joining = { key: "karpenter.sh/unregistered", effect: "NoExecute" };
    assert.deepEqual(problemsOf([{ ...a1, owner: karpenter, taints: [joining] }]), []);
    assert.deepEqual(problemsOf([{ ...a1, owner: { kind: "autoScalingGroup", name: "general" } }]), []);
  });

  it("says once what many nodes of a group lack, in each zone", () => {
    const group = ["old-x", "old-y", "old-z"].map((name) => oldNodeNamed(name, "us-west-2a", "batch"));
    assert.deepEqual(problemsOf([...group, oldNodeNamed("old-b", "us-west-2b", "batch")]), [
      "nodes.old-b is old and belongs to managed node group batch, which no worker group replaces in us-west-2b. Add batch to workerGroups[].replaces of the stack's configuration, and run podnet up.",
      "nodes.old-x is old and belongs to managed node group batch, which no worker group replaces in us-west-2a; the same holds for 2 other nodes. Add batch to workerGroups[].replaces of the stack's configuration, and run podnet up.",
    ]);
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
