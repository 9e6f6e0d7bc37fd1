import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { WorldView } from "./worldView";

describe("the world impossible-pdb", function () {
  this.timeout(60000);
  const { record } = sandboxFixture("impossible-pdb");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has two budgets that allow nothing although every pod is healthy", async () => {
    await eventually("both say so", async () => {
      const { items } = await world.policy.listNamespacedPodDisruptionBudget({ namespace: "billing" });
      return isDeepStrictEqual(
        items.map(({ metadata, spec, status }) => [
          metadata?.name,
          spec?.minAvailable ?? spec?.maxUnavailable,
          status?.currentHealthy,
          status?.expectedPods,
          status?.disruptionsAllowed,
        ]),
        [
          ["invoices", 2, 2, 2, 0],
          ["ledger", 0, 1, 1, 0],
        ],
      );
    });
  });

  for (const app of ["invoices", "ledger"]) {
    it(`answers 429 to the eviction of a pod of ${app}, and the pod stays`, async () => {
      const [pod] = await world.podsOf("billing", app);
      assert.ok(pod !== undefined);
      const { code, said } = await world.evict(pod);
      assert.equal(code, 429);
      assert.match(
        said,
        new RegExp(`The disruption budget ${app} needs \\d healthy pods and has \\d currently`),
      );
      const [after] = await world.podsOf("billing", app);
      assert.equal(after?.metadata?.uid, pod.metadata?.uid);
      assert.equal(after?.metadata?.deletionTimestamp, undefined);
    });
  }

  it("lets a pod of invoices go once there is a replica more than its budget wants", async () => {
    const name = "invoices";
    const namespace = "billing";
    await world.apps.patchNamespacedDeploymentScale(
      { name, namespace, body: { spec: { replicas: 3 } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    await eventually("the budget allows one", async () => {
      const budget = await world.policy.readNamespacedPodDisruptionBudget({ name, namespace });
      return budget.status?.disruptionsAllowed === 1;
    });
    const [pod] = await world.podsOf(namespace, name);
    assert.ok(pod !== undefined);
    assert.deepEqual(await world.evict(pod), { code: 201, said: "" });
  });
});
