import assert from "node:assert/strict";
import type { Kubernetes } from "../../../automation/kubernetes";
import { drainOf } from "../../../automation/rotation/drain";
import type { DrainContext } from "../../../automation/rotation/drainingNode";
import { NO_RESTARTS } from "../../../automation/rotation/singleReplicas";
import { undoStack } from "../../../automation/rotation/undoStack";
import { noLoadBalancers } from "./playedLoadBalancers";
import { playedWatch } from "./playedWatch";
import { oldNodeNamed, webPod } from "../../planning/rotation/builders";

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
    const drain = drainOf({
      tools: {
        kubernetes,
        clock: { now: () => 0, sleep: () => Promise.reject(new Error("it waits")) },
        signal: new AbortController().signal,
        emit: () => undefined,
      },
      lease: { assertHeld: () => Promise.resolve() },
      undo: undoStack(),
      loadBalancers: noLoadBalancers,
      restarts: NO_RESTARTS,
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
    } as object as DrainContext);
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
