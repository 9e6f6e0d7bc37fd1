import assert from "node:assert/strict";
import type { V1Pod, V1PodDisruptionBudget } from "@kubernetes/client-node";
import { budgetStates } from "../../../sandbox/witness/disruptionBudgets";
import { HealthyPods, witnessedPod } from "../../../sandbox/witness/healthyPods";
import { PromiseLedger } from "../../../sandbox/witness/promiseLedger";

const pod = (
  name: string,
  labels: Record<string, string>,
  options: { ready?: boolean; leaving?: boolean } = {},
) =>
  ({
    metadata: {
      name,
      namespace: "shop",
      labels,
      ...(options.leaving === true ? { deletionTimestamp: new Date(0) } : {}),
    },
    status: { conditions: [{ type: "Ready", status: options.ready === false ? "False" : "True" }] },
  }) satisfies V1Pod;

const budget = (selector: NonNullable<V1PodDisruptionBudget["spec"]>["selector"], desiredHealthy = 2) =>
  ({
    metadata: { name: "web", namespace: "shop" },
    spec: selector === undefined ? {} : { selector },
    status: { desiredHealthy, currentHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  }) satisfies V1PodDisruptionBudget;

const counted = (...pods: readonly V1Pod[]) => {
  const healthy = new HealthyPods();
  for (const one of pods) healthy.put(witnessedPod(one));
  return healthy;
};

describe("the pods that a budget can count on", () => {
  const pods = [
    pod("a", { app: "web", tier: "front" }),
    pod("b", { app: "web" }),
    pod("not-ready", { app: "web" }, { ready: false }),
    pod("leaving", { app: "web" }, { leaving: true }),
    pod("other", { app: "api" }),
    {
      ...pod("elsewhere", { app: "web" }),
      metadata: { name: "elsewhere", namespace: "ops", labels: { app: "web" } },
    },
  ];
  const rows = [
    {
      name: "are Ready, stay, and are of its namespace",
      selector: { matchLabels: { app: "web" } },
      healthy: 2,
    },
    { name: "are all, for an empty selector", selector: {}, healthy: 3 },
    {
      name: "In",
      selector: { matchExpressions: [{ key: "app", operator: "In", values: ["api", "x"] }] },
      healthy: 1,
    },
    {
      name: "NotIn",
      selector: { matchExpressions: [{ key: "tier", operator: "NotIn", values: ["front"] }] },
      healthy: 2,
    },
    { name: "Exists", selector: { matchExpressions: [{ key: "tier", operator: "Exists" }] }, healthy: 1 },
    {
      name: "DoesNotExist",
      selector: { matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] },
      healthy: 2,
    },
  ];
  for (const { name, selector, healthy } of rows) {
    it(name, () => {
      assert.deepEqual(budgetStates([budget(selector)], counted(...pods)), [
        { namespace: "shop", name: "web", healthyPods: healthy, desiredHealthy: 2 },
      ]);
    });
  }

  it("are fewer once one is not Ready, is leaving, or is gone", () => {
    const healthy = counted(pod("a", {}), pod("b", {}), pod("c", {}), pod("d", {}));
    healthy.put(witnessedPod(pod("a", {}, { ready: false })));
    healthy.put(witnessedPod(pod("b", {}, { leaving: true })));
    healthy.remove({ namespace: "shop", name: "c" });
    healthy.remove({ namespace: "shop", name: "never-seen" });
    const [state] = budgetStates([budget({})], healthy);
    assert.equal(state?.healthyPods, 1);
  });

  it("are none without a selector, and a budget without a status promises nothing", () => {
    const { status, ...unseen } = budget({});
    assert.notEqual(status, undefined);
    assert.deepEqual(budgetStates([budget(undefined), unseen], counted(...pods)), []);
  });
});

describe("the ledger of promises", () => {
  const state = (healthyPods: number, desiredHealthy = 2) => ({
    namespace: "shop",
    name: "web",
    healthyPods,
    desiredHealthy,
  });

  it("counts a time below the promise once, with its worst moment", () => {
    const ledger = new PromiseLedger();
    ledger.enter([state(3)], 100);
    ledger.enter([state(1)], 110);
    ledger.enter([state(0, 3)], 120);
    ledger.enter([state(1)], 130);
    ledger.enter([state(2)], 150);
    assert.deepEqual(ledger.broken(), [
      { namespace: "shop", name: "web", from: 110, to: 150, healthyPods: 0, desiredHealthy: 3 },
    ]);
  });

  it("does not count before the promise was kept for the first time", () => {
    const ledger = new PromiseLedger();
    ledger.enter([state(0)], 100);
    ledger.enter([state(1)], 110);
    assert.equal(ledger.keptAtLeastOnce(), 0);
    ledger.enter([state(2)], 120);
    assert.equal(ledger.keptAtLeastOnce(), 1);
    assert.deepEqual(ledger.broken(), []);
  });

  it("does not take the promise of no pods for one that was kept", () => {
    const ledger = new PromiseLedger();
    ledger.enter([state(0, 0)], 100);
    ledger.enter([state(0, 2)], 110);
    assert.equal(ledger.keptAtLeastOnce(), 0);
    assert.deepEqual(ledger.broken(), []);
  });

  it("shows what lasts without an end", () => {
    const ledger = new PromiseLedger();
    ledger.enter([state(2)], 100);
    ledger.enter([state(1)], 110);
    assert.deepEqual(ledger.broken(), [
      { namespace: "shop", name: "web", from: 110, to: undefined, healthyPods: 1, desiredHealthy: 2 },
    ]);
  });

  it("leaves out what was over in the very moment", () => {
    const ledger = new PromiseLedger();
    ledger.enter([state(2)], 100);
    ledger.enter([state(1)], 110);
    ledger.enter([state(2)], 110);
    assert.deepEqual(ledger.broken(), []);
  });

  it("ends what a deleted budget promised, and lets one of the same name start anew", () => {
    const ledger = new PromiseLedger();
    ledger.enter([state(2)], 100);
    ledger.enter([state(1)], 110);
    ledger.enter([], 120);
    ledger.enter([state(1)], 130);
    assert.deepEqual(ledger.broken(), [
      { namespace: "shop", name: "web", from: 110, to: 120, healthyPods: 1, desiredHealthy: 2 },
    ]);
  });
});
