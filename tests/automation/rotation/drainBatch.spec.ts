import assert from "node:assert/strict";
import type { Kubernetes, Selectors } from "../../../automation/kubernetes";
import { drainBatch } from "../../../automation/rotation/drainBatch";
import type { Batch } from "../../../automation/rotation/drainingNode";
import { undoStack } from "../../../automation/rotation/undoStack";
import { oldNodeNamed, webPod } from "../../planning/rotation/builders";

describe("a batch whose moved pods no node takes", () => {
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
      list: (_path: string, _: unknown, selectors?: Selectors) =>
        Promise.resolve(selectors?.fieldSelector === "status.phase=Pending" ? [pending] : []),
      patch: (_: string, change: object) => {
        patches.push(JSON.stringify(change));
        return Promise.resolve({ metadata: { name: "old-1" } });
      },
    } as object as Kubernetes;
    const asked: string[][] = [];
    const batch = {
      tools: {
        kubernetes,
        clock: { now: () => 0, sleep: () => Promise.reject(new Error("it waits")) },
        signal: new AbortController().signal,
        emit: () => undefined,
      },
      lease: { assertHeld: () => Promise.resolve() },
      undo: undoStack(),
      options: {
        force: false,
        runId: "7f3a",
        allPods: [],
        podTimeoutMs: 5_000,
        nodeTimeoutMs: 5_000,
        onUnschedulable: (pods: readonly { readonly name: string }[]) => {
          asked.push(pods.map(({ name }) => name));
          return Promise.resolve("workers-us-west-2a has its maximum of 6");
        },
      },
    } as object as Batch;
    const node = { ...oldNodeNamed("old-1"), annotations: marks };
    assert.deepEqual(await drainBatch(batch, [{ node, pods: [], reasons: [] }]), {
      gone: [],
      blocked: [{ node: "old-1", isInService: true, because: ["workers-us-west-2a has its maximum of 6"] }],
    });
    assert.deepEqual(asked, [["web-1"]]);
    assert.match(patches.at(-1) ?? "", /"unschedulable":null/);
  });
});
