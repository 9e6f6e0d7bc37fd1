import assert from "node:assert/strict";
import { preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { isReady, WorldView } from "./worldView";

describe("the world static-pods", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("static-pods");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has a mirror on every node, with the node's address, and a second one in one zone", async () => {
    await eventually("four mirrors are Ready", async () => {
      const mirrors = await world.podsOf("kube-system", "registry-mirror");
      const shippers = await world.podsOf("kube-system", "log-shipper");
      return mirrors.filter(isReady).length === 3 && shippers.filter(isReady).length === 1;
    });
    const { items: nodes } = await world.core.listNode();
    const mirrors = await world.podsOf("kube-system", "registry-mirror");
    assert.deepEqual(
      mirrors.map(({ metadata }) => metadata?.name),
      nodes.map(({ metadata }) => `registry-mirror-${metadata?.name ?? ""}`).sort(),
    );
    for (const { metadata, spec, status } of mirrors) {
      assert.deepEqual(
        metadata?.ownerReferences?.map(({ kind, name }) => [kind, name]),
        [["Node", spec?.nodeName]],
      );
      assert.equal(status?.podIP, status?.hostIP);
    }
    const [shipper] = await world.podsOf("kube-system", "log-shipper");
    const node = nodes.find(({ metadata }) => metadata?.name === shipper?.spec?.nodeName);
    assert.equal(node?.metadata?.labels?.["topology.kubernetes.io/zone"], "us-west-2c");
  });

  it("is not told of mirrors as of pods that nobody makes again", async () => {
    const preflight = await preflightOf(record());
    assert.deepEqual(
      preflight.findings.filter(({ title }) => /registry-mirror|log-shipper/.test(title)),
      [],
    );
    assert.ok(preflight.passed.includes("BARE-POD"));
    assert.ok(preflight.passed.includes("POD-NO-NODE"));
  });

  it("has an evicted mirror again", async () => {
    const [evicted] = await world.podsOf("kube-system", "log-shipper");
    assert.ok(evicted !== undefined);
    assert.deepEqual(await world.evict(evicted), { code: 201, said: "" });
    await eventually("another mirror of the same name is Ready", async () => {
      const [pod] = await world.podsOf("kube-system", "log-shipper");
      return (
        pod !== undefined &&
        pod.metadata?.name === evicted.metadata?.name &&
        pod.metadata?.uid !== evicted.metadata?.uid &&
        isReady(pod)
      );
    });
  });
});
