import assert from "node:assert/strict";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { eventually } from "../../automation/rotation/podNetwork";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world two-pdbs", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("two-pdbs");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has two budgets whose selectors both match every pod of checkout", async () => {
    const { items } = await world.policy.listNamespacedPodDisruptionBudget({ namespace: "shop" });
    const pods = await world.podsOf("shop", "checkout");
    const covered = items.map(({ metadata, spec }) => {
      const labels = Object.entries(spec?.selector?.matchLabels ?? {});
      const matching = pods.filter(({ metadata: pod }) =>
        labels.every(([key, value]) => pod?.labels?.[key] === value),
      );
      return [metadata?.name, matching.length];
    });
    assert.deepEqual(covered.sort(), [
      ["checkout", 3],
      ["critical", 3],
    ]);
  });

  it("is told beforehand which budgets, and for which pods", async () => {
    const pods = (await world.podsOf("shop", "checkout")).map(
      ({ metadata }) => `shop/${metadata?.name ?? ""}`,
    );
    const [finding, ...others] = findingsOf(await preflightOf(record()), "PDB-TWO");
    assert.deepEqual(finding, {
      id: "PDB-TWO",
      level: "stop",
      title: "shop/checkout and shop/critical cover the same pods, which the eviction API refuses",
      evidence: [`3 pods: ${pods.join(", ")}`],
      wayOut: "Delete one of the budgets, or narrow its selector, so that each pod is under one.",
    });
    assert.deepEqual(others, []);
  });

  it("answers 500 to every eviction, and the pod stays", async () => {
    for (const pod of await world.podsOf("shop", "checkout")) {
      const { code, said } = await world.evict(pod);
      assert.equal(code, 500);
      assert.match(
        said,
        /more than one PodDisruptionBudget, which the eviction subresource does not support/,
      );
    }
    const pods = await world.podsOf("shop", "checkout");
    assert.deepEqual(
      pods.map(({ metadata }) => metadata?.deletionTimestamp),
      [undefined, undefined, undefined],
    );
  });

  it("lets a pod go once one budget is left", async () => {
    const [name, namespace] = ["checkout", "shop"];
    await world.policy.deleteNamespacedPodDisruptionBudget({ name: "critical", namespace });
    // While there were two, each change of a pod was noted in one of them only: a change of its own makes it count anew.
    await world.policy.patchNamespacedPodDisruptionBudget(
      { name, namespace, body: { spec: { maxUnavailable: 2 } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    await eventually("the budget allows two", async () => {
      const budget = await world.policy.readNamespacedPodDisruptionBudget({ name, namespace });
      return budget.status?.disruptionsAllowed === 2;
    });
    const [pod] = await world.podsOf(namespace, name);
    assert.ok(pod !== undefined);
    assert.deepEqual(await world.evict(pod), { code: 201, said: "" });
  });
});
