import assert from "node:assert/strict";
import { nextStep, type RunState } from "../../../automation/rotation/nextStep";
import { rotationOptions } from "../../../automation/rotation/rotationOptions";
import {
  clusterWith,
  newNode,
  oldNodeNamed,
  poolA,
  poolB,
  webBudget,
  webPods,
} from "../../planning/rotation/builders";

describe("what a run does next", () => {
  const options = rotationOptions({});
  const state = {
    newestNodeAtMs: 1_000,
    blocked: new Set<string>(),
    going: new Set<string>(),
    isGrowing: false,
    size: 1,
    checked: new Set([poolA.nodeGroupName, poolB.nodeGroupName]),
  };
  const old = [oldNodeNamed("old-1"), oldNodeNamed("old-2")];
  const pods = webPods(2, "old-1");
  const joined = { ...poolA, desiredSize: 1, nodes: [newNode] };
  const drained = (step: ReturnType<typeof nextStep>) =>
    step.kind === "go" ? step.drain.map(({ node }) => node.name) : step.kind;
  const grown = (step: ReturnType<typeof nextStep>) =>
    step.kind === "go" ? step.grow.map(({ nodeGroupName, added }) => [nodeGroupName, added]) : step.kind;

  it("is to add workers while there is no room, and to drain only by a look that shows room", () => {
    const step = nextStep(clusterWith(old, pods), [poolA], state, options);
    assert.deepEqual([drained(step), grown(step)], [[], [["workers-us-west-2a", 1]]]);
    const joining = { ...poolA, desiredSize: 1 };
    const waiting = nextStep(clusterWith(old, pods), [joining], { ...state, isGrowing: true }, options);
    assert.deepEqual([drained(waiting), grown(waiting)], [[], []], "a worker that has not joined is no room");
    const later = clusterWith([...old, newNode], pods);
    assert.deepEqual(drained(nextStep(later, [joined], state, options)), ["old-1"]);
    const without = clusterWith([...old.slice(1), newNode], []);
    assert.deepEqual(drained(nextStep(without, [joined], state, options)), ["old-2"]);
  });

  it("is to add workers for those that come next, while there is room for the first", () => {
    // One worker takes 20 pods: those of the first node, and not those of the second as well.
    const cluster = clusterWith([...old, newNode], [...webPods(12, "old-1"), ...webPods(12, "old-2")]);
    const step = nextStep(cluster, [joined], state, options);
    assert.deepEqual([drained(step), grown(step)], [["old-1"], [["workers-us-west-2a", 1]]]);
  });

  it("has no more nodes on their way than may be, and counts the pods of those that are", () => {
    const cluster = clusterWith([...old, newNode], [...webPods(12, "old-1"), ...webPods(12, "old-2")]);
    const full = nextStep(cluster, [joined], { ...state, going: new Set(["old-1"]) }, options);
    assert.deepEqual([drained(full), grown(full)], [[], [["workers-us-west-2a", 1]]]);
    const two = { ...state, size: 2, going: new Set(["old-1"]) };
    assert.deepEqual(drained(nextStep(cluster, [joined], two, options)), [], "there is no room for both");
    const roomy = { ...joined, desiredSize: 2, nodes: [newNode, { ...newNode, name: "new-2" }] };
    assert.deepEqual(drained(nextStep(cluster, [roomy], two, options)), ["old-2"]);
  });

  it("drains the last nodes into the room of other zones, and adds no worker that was not planned for it", () => {
    const owner = { kind: "managedNodeGroup", name: poolB.nodeGroupName } as const;
    const other = { ...newNode, name: "new-b", availabilityZone: "us-west-2b", owner };
    const moved = [...webPods(15, newNode.name), ...webPods(15, other.name)].map((pod) => ({
      ...pod,
      address: "100.64.0.10",
    }));
    const cluster = clusterWith([...old, newNode, other], [...moved, ...webPods(7, "old-1")]);
    const pools = [joined, { ...poolB, desiredSize: 1, nodes: [other] }];
    const bases = new Map(
      pools.map(({ nodeGroupName }) => [nodeGroupName, { workers: 0, target: 1, old: 2 }]),
    );
    const step = nextStep(cluster, pools, { ...state, bases }, options);
    assert.deepEqual([drained(step), grown(step)], [["old-1"], []]);
    const growing = nextStep(cluster, pools, { ...state, bases, isGrowing: true }, options);
    assert.deepEqual([drained(growing), grown(growing)], [["old-1"], []]);
  });

  it("leaves nodes whose workers EC2 has no instances for, and says why when nothing else is to be done", () => {
    const exhausted = new Map([[poolA.nodeGroupName, "no m5.large is left"]]);
    const other = oldNodeNamed("old-3", "us-west-2b");
    const bound = webPods(1, "old-1").map((pod) => ({ ...pod, hasClaims: true }));
    const cluster = clusterWith([...old, other, newNode], bound);
    const pools = [{ ...joined, desiredSize: 3 }, poolB];
    const first = nextStep(cluster, pools, { ...state, exhausted }, options);
    assert.deepEqual(drained(first), ["old-2"], "another zone takes its pods, for there are none");
    const tried = { ...state, exhausted, blocked: new Set(["old-2", "old-3"]) };
    assert.deepEqual(nextStep(cluster, pools, tried, options), {
      kind: "end",
      stuck: [],
      withoutCapacity: [
        {
          node: "old-1",
          because:
            "workers-us-west-2a gets no worker: no m5.large is left And shop/web-old-1-0 may not leave its zone for workers-us-west-2b.",
        },
      ],
    });
    assert.deepEqual(drained(nextStep(cluster, pools, { ...tried, exhausted: new Map() }, options)), [
      "old-1",
    ]);
  });

  it("never drains a node that joined during the run", () => {
    const joining = { ...oldNodeNamed("old-0"), isReady: false, createdAtMs: 1_001 };
    assert.deepEqual(drained(nextStep(clusterWith([joining, ...old], []), [joined], state, options)), [
      "old-1",
    ]);
    assert.deepEqual(nextStep(clusterWith([joining], []), [joined], state, options), {
      kind: "end",
      stuck: [],
      withoutCapacity: [],
    });
  });

  it("makes no worker ahead within a surge of 0, and the replacement once a node is gone, the last one's too", () => {
    const bases = new Map([["workers-us-west-2a", { workers: 0, target: 2, old: 2 }]]);
    const within = { ...state, bases };
    const none = rotationOptions({ surge: 0 });
    const first = nextStep(clusterWith(old, pods), [poolA], within, none);
    assert.deepEqual([drained(first), grown(first)], [["old-1"], []]);
    const second = nextStep(clusterWith(old.slice(1), []), [poolA], within, none);
    assert.deepEqual([drained(second), grown(second)], [[], [["workers-us-west-2a", 1]]]);
    const third = nextStep(clusterWith([old[1] ?? newNode, newNode], []), [joined], within, none);
    assert.deepEqual([drained(third), grown(third)], [["old-2"], []]);
    const last = nextStep(clusterWith([newNode], []), [joined], within, none);
    assert.deepEqual([drained(last), grown(last)], [[], [["workers-us-west-2a", 1]]]);
    const growing = nextStep(
      clusterWith([newNode], []),
      [{ ...joined, desiredSize: 2 }],
      { ...within, isGrowing: true },
      none,
    );
    assert.deepEqual([drained(growing), grown(growing)], [[], []], "it waits for it");
    const over = nextStep(clusterWith([newNode], []), [{ ...joined, desiredSize: 2 }], within, none);
    assert.equal(over.kind, "end");
  });

  it("counts a node that is gone until its replacement is in service and checked, where that comes afterwards", () => {
    // Nothing moves, so that only this keeps the nodes that are left; those of the other zone have a worker already.
    const other = { ...newNode, name: "new-b", availabilityZone: "us-west-2b" };
    const left = [oldNodeNamed("old-3", "us-west-2b"), oldNodeNamed("old-4", "us-west-2b")];
    const ready = { ...poolB, desiredSize: 1, nodes: [other] };
    const within = {
      ...state,
      bases: new Map([
        ["workers-us-west-2a", { workers: 0, target: 2, old: 2 }],
        ["workers-us-west-2b", { workers: 1, target: 1, old: 2 }],
      ]),
    };
    const none = rotationOptions({ surge: 0 });
    const drains = (pool: typeof poolA, given: Partial<RunState> = {}) =>
      drained(nextStep(clusterWith([...left, other], []), [pool, ready], { ...within, ...given }, none));
    const [notReady, cordoned] = [
      { ...newNode, isReady: false },
      { ...newNode, isUnschedulable: true },
    ];
    const second = { ...newNode, name: "new-2" };
    const made = { ...poolA, desiredSize: 2, nodes: [newNode, second] };
    assert.deepEqual(drains(poolA), [], "they are to be made");
    assert.deepEqual(drains(poolA, { isGrowing: true }), [], "they are being made");
    assert.deepEqual(drains({ ...made, nodes: [newNode, notReady] }, { isGrowing: true }), []);
    assert.deepEqual(drains({ ...made, nodes: [newNode, cordoned] }, { isGrowing: true }), []);
    const unchecked = { isGrowing: true, checked: new Set([poolB.nodeGroupName]) };
    assert.deepEqual(drains(made, unchecked), []);
    assert.deepEqual(drains(made, { isGrowing: true }), ["old-3"], "whatever else is being made");
    // One is missing: one node fewer.
    assert.deepEqual(drains({ ...made, nodes: [newNode] }, { isGrowing: true, size: 2 }), ["old-3"]);
    // Nobody makes another one for a worker that a person has cordoned.
    assert.deepEqual(drains({ ...made, nodes: [newNode, cordoned] }), ["old-3"]);
    // Nor where EC2 has none, and no other zone may make it.
    const exhausted = new Map([[poolA.nodeGroupName, "no m5.large is left"]]);
    assert.deepEqual(drains({ ...poolA, workerGroup: "others" }, { exhausted }), ["old-3"]);
    assert.deepEqual(drains(poolA, { exhausted }), [], "the other zone's pool makes it first");
  });

  it("counts a node once whose Node is gone, and that is on its way until nothing is left of it", () => {
    const bases = new Map([["workers-us-west-2a", { workers: 0, target: 3, old: 3 }]]);
    const going = { ...state, bases, going: new Set(["old-0"]), isGrowing: true };
    const none = rotationOptions({ surge: 0 });
    const drains = (size: number) =>
      drained(nextStep(clusterWith(old, []), [{ ...poolA, desiredSize: 1 }], { ...going, size }, none));
    assert.deepEqual([drains(1), drains(2), drains(3)], [[], ["old-1"], ["old-1", "old-2"]]);
  });

  it("only replaces what is gone when it is to pause", () => {
    const bases = new Map([["workers-us-west-2a", { workers: 0, target: 2, old: 2 }]]);
    const pausing = { ...state, bases, isPausing: true };
    const none = rotationOptions({ surge: 0 });
    const cluster = clusterWith(old.slice(1), webPods(2, "old-2"));
    const replaces = nextStep(cluster, [poolA], pausing, none);
    assert.deepEqual([drained(replaces), grown(replaces)], [[], [["workers-us-west-2a", 1]]]);
    const waits = nextStep(cluster, [{ ...poolA, desiredSize: 1 }], { ...pausing, isGrowing: true }, none);
    assert.deepEqual([drained(waits), grown(waits)], [[], []]);
    assert.equal(nextStep(cluster, [joined], pausing, none).kind, "end");
  });

  it("makes no replacement for a node that stays, whether that shows at first or later", () => {
    const homeless = new Map([["uid-web", "it would find no node: it needs label disk=ssd"]]);
    const cluster = clusterWith(old, webPods(1, "old-1"));
    const step = (base: { old: number; staying?: number }) => {
      const bases = new Map([["workers-us-west-2a", { workers: 0, target: 2, ...base }]]);
      return nextStep(cluster, [poolA], { ...state, bases, homeless }, rotationOptions({ surge: 0 }));
    };
    for (const one of [step({ old: 2 }), step({ old: 1, staying: 1 })]) {
      assert.deepEqual([drained(one), grown(one)], [["old-2"], []]);
    }
  });

  it("leaves a node whose pods would find no other", () => {
    const homeless = new Map([["uid-web", "it would find no node: it needs label disk=ssd"]]);
    const step = nextStep(
      clusterWith(old.slice(0, 1), webPods(1, "old-1")),
      [joined],
      { ...state, homeless },
      options,
    );
    assert.equal(step.kind, "end");
    assert.deepEqual(
      step.stuck.map(({ node, unmovable }) => [node, unmovable.map(({ because }) => because)]),
      [["old-1", ["it would find no node: it needs label disk=ssd"]]],
    );
  });

  it("goes on with a node that was begun, and leaves those that were tried", () => {
    const begun = { ...oldNodeNamed("old-2"), annotations: { "eks-pod-network.io/run": "7f3a" } };
    const cluster = clusterWith([oldNodeNamed("old-1"), begun], []);
    assert.deepEqual(drained(nextStep(cluster, [joined], state, options)), ["old-2"]);
    const tried = { ...state, blocked: new Set(["old-2"]) };
    assert.deepEqual(drained(nextStep(cluster, [joined], tried, options)), ["old-1"]);
  });

  it("ends with the nodes whose pods no waiting moves", () => {
    const never = {
      ...webBudget,
      disruptionsAllowed: 0,
      currentHealthy: 2,
      desiredHealthy: 2,
      expectedPods: 2,
    };
    const step = nextStep(clusterWith(old.slice(0, 1), pods, [never]), [joined], state, options);
    assert.deepEqual(step.kind === "end" && step.stuck.map(({ node }) => node), ["old-1"]);
  });
});
