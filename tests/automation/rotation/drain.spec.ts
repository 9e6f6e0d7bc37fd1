import assert from "node:assert/strict";
import type { Kubernetes } from "../../../automation/kubernetes";
import { drainOf } from "../../../automation/rotation/drain";
import type { DrainContext } from "../../../automation/rotation/drainingNode";
import type { RotationHappening } from "../../../automation/rotation/events";
import { NO_RESTARTS } from "../../../automation/rotation/singleReplicas";
import { undoStack } from "../../../automation/rotation/undoStack";
import { playedLease } from "./playedLease";
import { noLoadBalancers } from "./playedLoadBalancers";
import { playedWatch } from "./playedWatch";
import type { ClusterPod } from "../../../planning/rotation/observation";
import { oldNodeNamed, webBudget, webPod, webPods } from "../../planning/rotation/builders";

/** A drain over a played API server, with nothing else outside. */
function drainOver(kubernetes: Kubernetes, its: object, events: RotationHappening[] = []) {
  return drainOf({
    tools: {
      kubernetes,
      clock: { now: () => 0, sleep: () => Promise.reject(new Error("it waits")) },
      signal: new AbortController().signal,
      emit: (event: RotationHappening) => events.push(event),
      lease: playedLease(),
    },
    undo: undoStack(),
    loadBalancers: noLoadBalancers,
    restarts: NO_RESTARTS,
    ...its,
  } as object as DrainContext);
}

describe("nodes whose moved pods no other takes", () => {
  it("blocks the node that they left at once, with why they wait in vain, and puts it back", async () => {
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", namespace: "shop", name: "web", ready: 1 };
    const marks = {
      "eks-pod-network.io/run": "7f3a",
      "eks-pod-network.io/was-cordoned": "false",
      "eks-pod-network.io/owners": JSON.stringify([owner]),
    };
    const patches: string[] = [];
    const pending = {
      ...webPod,
      nodeName: undefined,
      phase: "Pending",
      isReady: false,
      isUnschedulable: true,
    };
    const kubernetes = {
      get: () =>
        Promise.resolve({
          metadata: { name: "old-1", uid: "uid-old-1", annotations: marks },
          spec: { unschedulable: true },
        }),
      list: () => Promise.resolve([]),
      patch: (_: string, change: object) => {
        patches.push(JSON.stringify(change));
        return Promise.resolve({ metadata: { name: "old-1" } });
      },
    } as object as Kubernetes;
    const asked: unknown[] = [];
    const drain = drainOver(kubernetes, {
      watch: playedWatch({ pods: [pending] }),
      options: {
        force: false,
        runId: "7f3a",
        podTimeoutMs: 5_000,
        nodeTimeoutMs: 5_000,
        onUnschedulable: (...lists: readonly (readonly { readonly name: string }[])[]) => {
          asked.push(lists.map((list) => list.map(({ name }) => name)));
          return Promise.resolve("workers-us-west-2a has its maximum of 6");
        },
      },
    });
    const node = { ...oldNodeNamed("old-1"), annotations: marks };
    await drain.begin({ node, pods: [], reasons: [] });
    const ended = (await drain.turn()).map(({ name, stage, isInService, because }) => [
      name,
      stage,
      isInService,
      because,
    ]);
    assert.deepEqual(ended, [["old-1", "blocked", true, ["workers-us-west-2a has its maximum of 6"]]]);
    assert.deepEqual(drain.nodes(), []);
    assert.deepEqual(asked, [[["web-1"], ["old-1"]]]);
    assert.match(patches.at(-1) ?? "", /"unschedulable":null/);
  });
});

describe("a node whose pods may not go", () => {
  it("tells for which pods that is so, and since when they are not ready", async () => {
    const unready = { ...webPod, name: "web-2", uid: "uid-2", nodeName: "new-1", isReady: false };
    const events: RotationHappening[] = [];
    const kubernetes = { patch: () => Promise.resolve({}) } as object as Kubernetes;
    const budgets = [{ ...webBudget, disruptionsAllowed: 0, currentHealthy: 2 }];
    const watch = playedWatch({ pods: [webPod, { ...unready, unreadySinceMs: -38_000 }], budgets });
    const options = { runId: "7f3a", podTimeoutMs: 5_000, onUnschedulable: () => undefined };
    const drain = drainOver(kubernetes, { watch, options }, events);
    await drain.begin({ node: oldNodeNamed("old-1"), pods: [webPod], reasons: [] });
    await drain.turn();
    const because = "shop/web: the budget allows 0: 2 healthy, 2 needed";
    assert.deepEqual(events.at(-1), {
      ...{ type: "draining", node: "old-1", left: 0, of: 1 },
      waiting: [{ pod: "shop/web-1", because, unready: [{ name: "web-2", sinceMs: -38_000 }] }],
    });
    assert.deepEqual(drain.nodes()[0]?.because, [`shop/web-1: ${because}, web-2 not ready for 38 s`]);
  });
});

describe("nodes that are drained together", () => {
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", namespace: "shop", name: "web", ready: 2 };
  /** Nodes old-1 and old-2 with these pods, which others may join. What is asked about a Node is answered by hand. */
  const world = (pods: ClusterPod[]) => {
    const [patches, evicted]: [string[], string[]] = [[], []];
    const answers: ((error: Error) => void)[] = [];
    const touched = { times: 0 };
    const kubernetes = {
      get: () => new Promise((_, reject) => answers.push(reject)),
      patch: (path: string, change: object) => {
        patches.push(`${path} ${JSON.stringify(change)}`);
        return Promise.resolve({});
      },
      evict: ({ name }: ClusterPod) => {
        evicted.push(name);
        return Promise.resolve({ status: 201, message: "" });
      },
    } as object as Kubernetes;
    const drain = drainOver(kubernetes, {
      watch: { ...playedWatch({ pods }), touch: () => (touched.times += 1) },
      options: { runId: "7f3a", podTimeoutMs: 5_000, nodeTimeoutMs: 5_000, onUnschedulable: () => undefined },
    });
    const begin = (name: string) =>
      drain.begin({
        node: oldNodeNamed(name),
        pods: pods.filter((pod) => pod.nodeName === name),
        reasons: [],
      });
    return { drain, begin, patches, evicted, answers, touched };
  };

  it("are taken out of service and out of their load balancers by one write", async () => {
    const { drain, begin, patches } = world([]);
    await begin("old-1");
    assert.equal(patches.length, 1);
    assert.match(
      patches[0] ?? "",
      /"labels":\{"node.kubernetes.io\/exclude-from-external-load-balancers":"true"/,
    );
    assert.match(patches[0] ?? "", /"spec":\{"unschedulable":true\}/);
    await drain.turn();
    assert.equal(patches.length, 1);
  });

  it("do not wait for what is asked about another one of them, and end the run where that fails", async () => {
    const pods: ClusterPod[] = [];
    const { drain, begin, evicted, answers } = world(pods);
    await begin("old-1");
    await begin("old-2");
    await drain.turn();
    await new Promise(setImmediate);
    assert.equal(answers.length, 2, "each is empty, and asked about once more before it is terminated");
    pods.push({ ...webPod, nodeName: "old-3" });
    await begin("old-3");
    await drain.turn();
    await new Promise(setImmediate);
    assert.deepEqual(evicted, ["web-1"]);
    assert.equal(answers.length, 2, "one step of a node at a time");
    for (const fail of answers) fail(new Error("no such certificate"));
    await drain.finished();
    await assert.rejects(drain.turn(), /no such certificate/);
  });

  it("forget owners that have all their pods again before the node is empty", async () => {
    const there = webPods(2, "new-1");
    const other = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "api", uid: "uid-api" };
    const pods = [
      ...there,
      { ...webPod, name: "api-1", uid: "uid-api-1", nodeName: "old-1", controller: other },
    ];
    const { drain } = world(pods);
    const owners = [owner, { ...owner, name: "api", ready: 1 }];
    const annotations = {
      "eks-pod-network.io/run": "7f3a",
      "eks-pod-network.io/owners": JSON.stringify(owners),
    };
    await drain.begin({ node: { ...oldNodeNamed("old-1"), annotations }, pods, reasons: [] });
    await drain.turn();
    assert.deepEqual(
      drain.nodes().map((node) => node.owners.map(({ name }) => name)),
      [["api"]],
      "web has its two pods elsewhere; of api there is a pod that is still to go",
    );
  });
});
