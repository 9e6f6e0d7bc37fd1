import assert from "node:assert/strict";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { isReady, WorldView } from "./worldView";

describe("the world bare-pods", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("bare-pods");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has two Ready pods without an owner, beside a Deployment's", async () => {
    const { items } = await world.core.listNamespacedPod({ namespace: "tools" });
    const said = items.map((pod) => [
      pod.metadata?.labels?.app ?? pod.metadata?.labels?.run,
      pod.metadata?.ownerReferences?.[0]?.kind,
      isReady(pod),
    ]);
    assert.deepEqual(said.sort(), [
      ["import", undefined, true],
      ["psql", undefined, true],
      ["wiki", "ReplicaSet", true],
      ["wiki", "ReplicaSet", true],
    ]);
  });

  it("is told beforehand, by the names of its bare pods", async () => {
    const found = findingsOf(await preflightOf(record()), "BARE-POD");
    assert.deepEqual(found.map(({ level, title }) => [level, title]).sort(), [
      ["warn", "tools/import-2024 is a pod without a controller: nobody would make it again"],
      ["warn", "tools/psql is a pod without a controller: nobody would make it again"],
    ]);
  });

  it("is without an evicted one for ever, while a Deployment's is made again", async () => {
    const [bare] = await world.podsOf("tools", "import");
    const [owned] = await world.podsOf("tools", "wiki");
    assert.ok(bare !== undefined && owned !== undefined);
    assert.deepEqual(await world.evict(bare), { code: 201, said: "" });
    const isGone = async () => (await world.podsOf("tools", "import")).length === 0;
    await eventually("the bare pod is gone", isGone);

    // What makes pods again has had its turn when it has made this one.
    assert.deepEqual(await world.evict(owned), { code: 201, said: "" });
    await eventually("two other pods of wiki are Ready", async () => {
      const pods = await world.podsOf("tools", "wiki");
      const others = pods.filter(({ metadata }) => metadata?.uid !== owned.metadata?.uid);
      return others.filter(isReady).length === 2;
    });
    assert.ok(await isGone());
  });
});
