import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import {
  AdmissionregistrationV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1ValidatingWebhook,
} from "@kubernetes/client-node";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { WorldView } from "./worldView";

describe("the world impossible-pdb", function () {
  this.timeout(180_000);
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

  it("is told beforehand which budgets never allow an eviction, and of which pods", async () => {
    const found = findingsOf(await preflightOf(record()), "PDB-NEVER");
    assert.deepEqual(
      found.map(({ level, title }) => [level, title]),
      [
        ["stop", "billing/invoices allows no eviction: it needs 2 of 2 pods healthy"],
        ["stop", "billing/ledger allows no eviction: it needs 1 of 1 pods healthy"],
      ],
    );
    assert.deepEqual(found[1]?.evidence, [
      "1 pod on 1 node can never be moved: billing/ledger-0",
      "Owner: StatefulSet billing/ledger.",
    ]);
  });

  it("is told of a webhook that nobody answers, as long as it is there and means these pods", async () => {
    const admission = world.kubeConfig.makeApiClient(AdmissionregistrationV1Api);
    const dead = async () => findingsOf(await preflightOf(record()), "WEBHOOK-DEAD");
    const name = "drain-guard.example.com";
    const ofService = { service: { namespace: "guard", name: "drain-guard" } };
    const webhook = (
      namespace: string,
      clientConfig: V1ValidatingWebhook["clientConfig"] = ofService,
    ): V1ValidatingWebhook => ({
      name,
      admissionReviewVersions: ["v1"],
      sideEffects: "None",
      failurePolicy: "Fail",
      clientConfig,
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods/eviction"] }],
    });
    const configuration = (namespace: string) => ({ metadata: { name }, webhooks: [webhook(namespace)] });

    assert.deepEqual(await dead(), []);
    const { metadata } = await admission.createValidatingWebhookConfiguration({
      body: configuration("billing"),
    });
    const [finding, ...others] = await dead();
    assert.deepEqual(finding, {
      id: "WEBHOOK-DEAD",
      level: "stop",
      title: `webhook ${name} refuses evictions: nobody answers it`,
      evidence: [
        `ValidatingWebhookConfiguration ${name} asks Service guard/drain-guard, which has no ready endpoint; its failurePolicy is Fail.`,
        "It holds for 3 pods that move, in billing.",
      ],
      wayOut: `Bring guard/drain-guard back, or take it out of service: kubectl delete validatingwebhookconfiguration ${name}`,
    });
    assert.deepEqual(others, []);
    await eventually("the API server refuses evictions because of it", async () => {
      const [pod] = await world.podsOf("billing", "invoices");
      assert.ok(pod !== undefined);
      const { code, said } = await world.evict(pod);
      return code === 500 && said.includes(`failed calling webhook "${name}"`);
    });

    const replaced = await admission.replaceValidatingWebhookConfiguration({
      name,
      body: {
        metadata: { name, resourceVersion: metadata?.resourceVersion ?? "" },
        webhooks: [webhook("billing", { url: "https://guard.example.com/evict" })],
      },
    });
    const { notRun } = await preflightOf(record());
    assert.deepEqual(notRun, [
      {
        id: "WEBHOOK-DEAD",
        why: `whether anybody answers ${name} (https://guard.example.com/evict) can't be seen from here`,
      },
    ]);

    const elsewhere = {
      ...configuration("default"),
      metadata: { name, resourceVersion: replaced.metadata?.resourceVersion ?? "" },
    };
    await admission.replaceValidatingWebhookConfiguration({ name, body: elsewhere });
    assert.deepEqual(await dead(), []);
    await admission.deleteValidatingWebhookConfiguration({ name });
    await eventually("the API server has forgotten it", async () => {
      const [pod] = await world.podsOf("billing", "invoices");
      return pod !== undefined && (await world.evict(pod)).code === 429;
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
