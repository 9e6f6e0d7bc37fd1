import assert from "node:assert/strict";
import { NetworkingV1Api, type V1Pod } from "@kubernetes/client-node";
import { preflightOf, titlesOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { addNodeWithPodRange, becomesReady, copyTo, probeFailureOf } from "./movedPods";
import { isReady, WorldView } from "./worldView";

describe("the world network-policy", function () {
  this.timeout(300_000);
  const { record } = sandboxFixture("network-policy");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("is told by preflight of the policy that names addresses, and of no other", async () => {
    const found = await preflightOf(record());
    assert.deepEqual(titlesOf(found, "NETPOL-IPBLOCK"), [
      "NetworkPolicy payments/ledger admits 10.8.0.0/16 by ipBlock, not 100.64.0.0/16",
    ]);
  });

  it("has callers that are Ready, as both policies admit them", async () => {
    const pods = await world.podsOf("shop", "checkout");
    assert.equal(pods.length, 3);
    assert.ok(pods.every(isReady));
  });

  describe("with pods in a range of their own", () => {
    let checkout: V1Pod;
    before(async () => {
      const nodeName = await addNodeWithPodRange(world, record().clusterName);
      const [like] = await world.podsOf("shop", "checkout");
      assert.ok(like !== undefined);
      checkout = await copyTo(nodeName, like, world);
    });

    it("refuses them by the policy that names addresses, and not by the one that names labels", async () => {
      assert.match(
        await probeFailureOf(world, checkout),
        new RegExp(
          "^Readiness probe failed: dial tcp 10\\.8\\.\\d\\.\\d+:8080: i/o timeout \\(NetworkPolicy payments/ledger: its " +
            "ingress for pod payments/ledger-\\S+ does not admit tcp/8080 from 100\\.64\\.\\d\\.\\d+ \\(pod shop/moved-checkout\\)\\)$",
        ),
      );
    });

    it("admits them once the policy names their range besides", async () => {
      const networking = world.kubeConfig.makeApiClient(NetworkingV1Api);
      const policy = await networking.readNamespacedNetworkPolicy({ name: "ledger", namespace: "payments" });
      policy.spec?.ingress?.[0]?._from?.push({ ipBlock: { cidr: "100.64.0.0/16" } });
      await networking.replaceNamespacedNetworkPolicy({
        name: "ledger",
        namespace: "payments",
        body: policy,
      });
      await becomesReady(world, checkout);
    });
  });
});
