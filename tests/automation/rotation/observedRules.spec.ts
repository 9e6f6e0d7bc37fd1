import assert from "node:assert/strict";
import type { V1Node, V1Pod, V1PodDisruptionBudget } from "@kubernetes/client-node";
import { ObservedRules } from "./observedRules";

describe("the rules that an observer judges a rotation by", () => {
  const explained = { "eks-pod-network.io/run": "7f3a", "eks-pod-network.io/drain-began": "2026-01-01" };
  const node = (
    name: string,
    spec: V1Node["spec"] = {},
    annotations: Record<string, string> = {},
  ): V1Node => ({
    metadata: { name, uid: `uid-${name}`, annotations },
    spec,
  });
  const cordoned = (name: string, annotations: Record<string, string> = explained) =>
    node(name, { unschedulable: true }, annotations);
  const pod = (
    name: string,
    isReady = true,
    more: Partial<V1Pod["metadata"]> = {},
    nodeName = "old-1",
  ): V1Pod => ({
    metadata: { namespace: "shop", name, uid: `uid-${name}`, labels: { app: "web" }, ...more },
    spec: { containers: [], nodeName },
    status: { phase: "Running", conditions: [{ type: "Ready", status: isReady ? "True" : "False" }] },
  });
  const evicted = ({ metadata = {} }: V1Pod): V1Pod => ({
    metadata,
    spec: { containers: [], nodeName: "old-1" },
    status: {
      phase: "Running",
      conditions: [{ type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI" }],
    },
  });
  const budget = (currentHealthy: number, desiredHealthy: number): V1PodDisruptionBudget => ({
    metadata: { namespace: "shop", name: "web" },
    spec: { selector: { matchLabels: { app: "web" } } },
    status: { currentHealthy, desiredHealthy, disruptionsAllowed: 0, expectedPods: 2 },
  });
  const daemon = {
    ownerReferences: [{ apiVersion: "apps/v1", kind: "DaemonSet", name: "d", uid: "d", controller: true }],
  };
  const mirror = { annotations: { "kubernetes.io/config.mirror": "x" } };

  /** A cluster of two old nodes with two pods of `web` on the first one. */
  const begun = (...before: ((rules: ObservedRules) => void)[]) => {
    const rules = new ObservedRules({ maxUnavailable: 1 });
    for (const name of ["old-1", "old-2"]) rules.node(node(name));
    for (const name of ["web-1", "web-2"]) rules.pod(pod(name));
    rules.budget(budget(2, 1));
    for (const act of before) act(rules);
    rules.begin();
    return rules;
  };

  it("are kept by a node that is cordoned with a reason, emptied, and goes", () => {
    const rules = begun();
    rules.node(cordoned("old-1"));
    rules.pod(evicted(pod("web-1", false)));
    rules.podGone(pod("web-1"));
    rules.pod(pod("web-3", true, {}, "new-1"));
    rules.podGone(pod("web-2"));
    rules.pod(pod("daemon", true, daemon));
    rules.nodeGone(cordoned("old-1"));
    assert.deepEqual(rules.broken(), []);
    assert.deepEqual([rules.evicted(), rules.mostOut(), rules.nodesGone()], [1, 1, 1]);
  });

  const rows: [string, (rules: ObservedRules) => void, string[]][] = [
    [
      "a cordon that nothing explains",
      (rules) => {
        rules.node(cordoned("old-1", { "eks-pod-network.io/run": "7f3a" }));
      },
      ["old-1 is out of service, and no annotation says why"],
    ],
    [
      "more nodes out of service than may be",
      (rules) => {
        rules.node(cordoned("old-2"));
        rules.node(cordoned("old-1"));
      },
      ["old-1, old-2 are out of service at once"],
    ],
    [
      "a node that goes while it is in service",
      (rules) => {
        for (const name of ["web-1", "web-2"]) rules.podGone(pod(name));
        rules.budgetGone(budget(2, 1));
        rules.nodeGone(node("old-1"));
      },
      ["shop/web has 0 healthy pods of 1 by its pods", "old-1 went while it was in service"],
    ],
    [
      "a node that goes with pods on it",
      (rules) => {
        rules.node(cordoned("old-1"));
        rules.nodeGone(cordoned("old-1"));
      },
      ["old-1 went with shop/web-1, shop/web-2 on it"],
    ],
    [
      "a pod of a DaemonSet that is evicted",
      (rules) => {
        rules.pod(evicted(pod("daemon", false, { ...daemon, labels: {} })));
      },
      ["shop/daemon was evicted, and belongs to its node"],
    ],
    [
      "a static pod that is evicted",
      (rules) => {
        rules.pod(evicted(pod("proxy", false, { ...mirror, labels: {} })));
      },
      ["shop/proxy was evicted, and belongs to its node"],
    ],
    [
      "fewer Ready pods than a budget promises",
      (rules) => {
        rules.pod(pod("web-1", false));
        rules.pod(pod("web-2", true, { deletionTimestamp: new Date(0) }));
      },
      ["shop/web has 0 healthy pods of 1 by its pods"],
    ],
    [
      "a budget whose controller counts fewer than it promises",
      (rules) => {
        rules.budget(budget(0, 1));
      },
      ["shop/web has 0 healthy pods of 1 by its status"],
    ],
  ];
  for (const [title, act, broken] of rows) {
    it(`are broken by ${title}`, () => {
      const rules = begun();
      assert.deepEqual(rules.broken(), []);
      act(rules);
      assert.deepEqual(rules.broken(), broken);
    });
  }

  it("leave aside what was so before", () => {
    const rules = begun(
      (before) => {
        before.node(cordoned("old-2", {}));
      },
      (before) => {
        before.budget(budget(0, 3));
      },
    );
    rules.node(cordoned("old-2", { more: "" }));
    rules.node(cordoned("old-1"));
    rules.pod(pod("web-1", false));
    assert.deepEqual([rules.broken(), rules.mostOut()], [[], 1]);
  });
});
