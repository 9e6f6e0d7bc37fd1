import assert from "node:assert/strict";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { isReady, WorldView } from "./worldView";

describe("the world stuck-finalizer", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("stuck-finalizer");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("is told beforehand which pods have which finalizer", async () => {
    const [finding, ...others] = findingsOf(await preflightOf(record()), "POD-FINALIZER");
    assert.equal(finding?.level, "warn");
    assert.equal(finding.title, "4 pods have the finalizer mesh.example.com/deregister");
    assert.match(finding.evidence[0] ?? "", /payments\/gateway-\S+, .*payments\/vault-0/);
    assert.deepEqual(others, []);
  });

  it("keeps an evicted pod as an object after it has stopped, while its Deployment has made another", async () => {
    const [evicted] = await world.podsOf("payments", "gateway");
    assert.ok(evicted !== undefined);
    assert.deepEqual(await world.evict(evicted), { code: 201, said: "" });
    await eventually("three others are Ready, and the old one has stopped", async () => {
      const pods = await world.podsOf("payments", "gateway");
      const old = pods.find(({ metadata }) => metadata?.uid === evicted.metadata?.uid);
      return (
        pods.filter((pod) => isReady(pod) && pod.metadata?.uid !== evicted.metadata?.uid).length === 3 &&
        old?.status?.phase === "Succeeded"
      );
    });
    const [old] = (await world.podsOf("payments", "gateway")).filter(
      ({ metadata }) => metadata?.uid === evicted.metadata?.uid,
    );
    assert.deepEqual(old?.metadata?.finalizers, ["mesh.example.com/deregister"]);
  });

  it("has a StatefulSet that waits for its old pod until somebody takes the finalizer away", async () => {
    const [vault] = await world.podsOf("payments", "vault");
    assert.ok(vault !== undefined);
    assert.deepEqual(await world.evict(vault), { code: 201, said: "" });
    await eventually("it has stopped", async () => {
      const [pod] = await world.podsOf("payments", "vault");
      return pod?.status?.phase === "Succeeded";
    });
    assert.equal((await world.podsOf("payments", "vault"))[0]?.metadata?.uid, vault.metadata?.uid);
    await world.core.patchNamespacedPod(
      { name: "vault-0", namespace: "payments", body: { metadata: { finalizers: null } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    await eventually("another one is Ready", async () => {
      const [pod] = await world.podsOf("payments", "vault");
      return pod !== undefined && pod.metadata?.uid !== vault.metadata?.uid && isReady(pod);
    });
  });
});
