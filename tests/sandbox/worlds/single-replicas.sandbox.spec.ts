import assert from "node:assert/strict";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { WorldView } from "./worldView";

describe("the world single-replicas", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("single-replicas");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has a Deployment and a StatefulSet of one replica each, and no budget", async () => {
    const { items: deployments } = await world.apps.listNamespacedDeployment({ namespace: "reporting" });
    const { items: statefulSets } = await world.apps.listNamespacedStatefulSet({ namespace: "reporting" });
    const replicas = [...deployments, ...statefulSets].map(({ metadata, spec, status }) => [
      metadata?.name,
      spec?.replicas,
      status?.readyReplicas,
    ]);
    assert.deepEqual(replicas, [
      ["report-api", 1, 1],
      ["report-store", 1, 1],
    ]);
    const budgets = await world.policy.listNamespacedPodDisruptionBudget({ namespace: "reporting" });
    assert.deepEqual(budgets.items, []);
  });

  it("is told beforehand, with what each of them can do about it", async () => {
    const [api] = await world.podsOf("reporting", "report-api");
    const found = findingsOf(await preflightOf(record()), "SINGLE-REPLICA");
    const name = api?.metadata?.name ?? "";
    const [ofDeployment, ofStatefulSet, ...others] = found.filter(({ title }) =>
      title.startsWith("reporting/"),
    );
    assert.equal(
      ofDeployment?.title,
      `reporting/${name} is the only pod of its ReplicaSet: it is away while it moves`,
    );
    assert.match(ofDeployment.wayOut, /podnet rotate --restart-single-replicas/);
    assert.equal(
      ofStatefulSet?.title,
      "reporting/report-store-0 is the only pod of its StatefulSet: it is away while it moves",
    );
    assert.doesNotMatch(ofStatefulSet.wayOut, /restart/);
    assert.deepEqual(others, []);
  });

  it("lets the only pod of report-api go at once, and is without one until the next is Ready", async () => {
    const available = async () => {
      const place = { name: "report-api", namespace: "reporting" };
      return (await world.apps.readNamespacedDeployment(place)).status?.availableReplicas ?? 0;
    };
    const [pod] = await world.podsOf("reporting", "report-api");
    assert.ok(pod !== undefined);
    assert.deepEqual(await world.evict(pod), { code: 201, said: "" });
    await eventually("no pod of report-api is available", async () => (await available()) === 0);
    await eventually("another one is", async () => (await available()) === 1);
  });
});
