import assert from "node:assert/strict";
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1DaemonSet,
  type V1EnvVar,
} from "@kubernetes/client-node";
import { waitFor } from "../../../../sandbox/pulumi/plugins/protocol/waitFor";
import { controlPlaneFixture } from "../../../support/sandbox";
import { leftBehind, PluginProcess, type Json } from "./pluginProcess";

const patch = "kubernetes:apps/v1:DaemonSetPatch";
const daemonSet = "kubernetes:apps/v1:DaemonSet";
const ID = "kube-system/agent";

// Without nodes a DaemonSet is rolled out as soon as its controller has seen it.
describe("patches of the kubernetes plugin's stand-in", function () {
  this.timeout(120_000);
  const { controlPlane } = controlPlaneFixture();
  let plugin: PluginProcess;
  let apps: AppsV1Api;
  let core: CoreV1Api;

  before(async () => {
    const { kubeconfig } = controlPlane();
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(kubeconfig);
    apps = kubeConfig.makeApiClient(AppsV1Api);
    core = kubeConfig.makeApiClient(CoreV1Api);
    plugin = await PluginProcess.start("kubernetes", { KUBECONFIG: kubeconfig });
    await plugin.configure({});
  });
  after(() => plugin.stop());
  beforeEach(() => applyAgent(apps, "add-on"));
  afterEach(() => apps.deleteNamespacedDaemonSet({ name: "agent", namespace: "kube-system" }));

  const live = () => apps.readNamespacedDaemonSet({ name: "agent", namespace: "kube-system" });
  const env = async () =>
    ((await live()).spec?.template.spec?.containers[0]?.env ?? []).map(({ name, value }) => ({
      name,
      ...(value !== undefined && { value }),
    }));
  const managers = async () =>
    ((await live()).metadata?.managedFields ?? [])
      .filter(({ subresource }) => subresource === undefined)
      .map(({ manager }) => manager);

  it("adds to what others made, as a manager of its own, and is quiet when it names all", async () => {
    const inputs = patchOf([...NAMED, { name: "LABEL", value: "zone" }]);
    const checked = await plugin.check(patch, "agent", inputs);
    assert.deepEqual(checked, { inputs, failures: [] });
    const { id, state } = await plugin.create(patch, "agent", inputs);
    assert.equal(id, ID);
    assert.deepEqual(await managers(), ["add-on", "test"]);
    assert.deepEqual(await env(), [
      { name: "FLAG", value: "true" },
      { name: "NODE" },
      { name: "LABEL", value: "zone" },
    ]);
    assert.equal((state["status"] as Json)["desiredNumberScheduled"], 0);
    assert.equal((await plugin.diff(patch, id, state, inputs, inputs)).changes, false);
    const read = await plugin.read(patch, id, state, inputs);
    assert.deepEqual(read.inputs, inputs);
    assert.equal((await plugin.diff(patch, id, read.state, read.inputs, inputs)).changes, false);
  });

  it("is never quiet when it names a part of a list: elements are compared by their place", async () => {
    const inputs = patchOf([{ name: "LABEL", value: "zone" }]);
    const { id, state } = await plugin.create(patch, "agent", inputs);
    assert.deepEqual((await plugin.diff(patch, id, state, inputs, inputs)).detailed, {
      "spec.template.spec.containers[0].env[0].name": "update",
      "spec.template.spec.containers[0].env[0].value": "update",
    });
  });

  it("takes an empty value and one that is left out for the same, as the API server does", async () => {
    const inputs = patchOf([...NAMED, { name: "LABEL", value: "" }]);
    const { id, state } = await plugin.create(patch, "agent", inputs);
    assert.equal((await plugin.diff(patch, id, state, inputs, inputs)).changes, false);
  });

  it("gives up its fields when it goes: what it added goes too, what it took is left without a value", async () => {
    const { id, state } = await plugin.create(
      patch,
      "agent",
      patchOf([...NAMED, { name: "LABEL", value: "zone" }]),
    );
    await plugin.delete(patch, id, state);
    assert.deepEqual(await env(), [{ name: "FLAG" }, { name: "NODE" }]);
    assert.deepEqual(await managers(), ["add-on"]);
  });

  it("names the manager that holds a field with another value, and forces nothing unasked", async () => {
    const inputs = patchOf(NAMED, {});
    await assert.rejects(
      plugin.create(patch, "agent", inputs),
      /was not successfully created .*field conflict detected.*manager "test" .*conflict with "add-on".*env\[name="FLAG"\]\.value/s,
    );
    assert.deepEqual((await env())[0], { name: "FLAG", value: "false" });
    // A preview of it asks nobody.
    assert.deepEqual(await plugin.create(patch, "agent", inputs, { preview: true }), {
      id: "",
      state: inputs,
    });
  });

  it("tells of a conflict in the preview of an update already, and leaves the patch to be tried again", async () => {
    const forced = patchOf(NAMED);
    const { id, state } = await plugin.create(patch, "agent", forced);
    await applyAgent(apps, "add-on");
    const update = (preview: boolean) => plugin.update(patch, id, state, patchOf(NAMED, {}), { preview });
    const conflict = /"kube-system\/agent" failed to fully initialize.*conflict with "add-on"/s;
    for (const preview of [true, false])
      await assert.rejects(update(preview), (error) => {
        const left = leftBehind(error);
        assert.match(left.reasons.join(), conflict);
        assert.equal(left.id, id);
        return true;
      });
    assert.deepEqual((await env())[0], { name: "FLAG", value: "false" });
    await plugin.update(patch, id, state, forced, { preview: true });
    assert.deepEqual((await env())[0], { name: "FLAG", value: "false" });
    await plugin.update(patch, id, state, forced);
    assert.deepEqual((await env())[0], { name: "FLAG", value: "true" });
  });

  it("goes over to another manager when it is renamed", async () => {
    const { id, state } = await plugin.create(patch, "agent", patchOf(NAMED));
    await plugin.update(
      patch,
      id,
      state,
      patchOf(NAMED, { ...FORCED, "pulumi.com/patchFieldManager": "new" }),
    );
    assert.deepEqual(await managers(), ["add-on", "new"]);
    assert.deepEqual((await env())[0], { name: "FLAG", value: "true" });
  });

  it("waits until what it changed is rolled out, as long as it is told to", async () => {
    const rolledOut = await plugin.create(patch, "agent", patchOf(NAMED));
    assert.equal(
      (rolledOut.state["status"] as Json)["observedGeneration"],
      (await live()).metadata?.generation,
    );
    // Nothing can run on a node that never becomes ready.
    await core.createNode({ body: { metadata: { name: "unready" } } });
    const patient = { signal: AbortSignal.timeout(30_000), timeoutMs: undefined };
    await waitFor("a pod for the node", patient, 30_000, async () =>
      (await live()).status?.desiredNumberScheduled === 1 ? true : undefined,
    );
    try {
      const failed = async (work: Promise<unknown>, why: RegExp) => {
        await assert.rejects(work, (error) => {
          const left = leftBehind(error);
          assert.match(left.reasons.join(), why);
          assert.equal(left.id, ID);
          return true;
        });
      };
      const inputs = patchOf([...NAMED, { name: "LABEL", value: "zone" }]);
      await failed(
        plugin.create(patch, "agent", inputs, { timeout: 2 }),
        /successfully created, but .*waiting for DaemonSet agent to be rolled out: timeout after 2 s/,
      );
      await failed(
        plugin.read(patch, ID, rolledOut.state, inputs),
        /^Resource 'agent' was created but failed to initialize$/,
      );
      const unwaited = patchOf(NAMED, { ...FORCED, "pulumi.com/skipAwait": "true" });
      await plugin.create(patch, "agent", unwaited);
    } finally {
      await core.deleteNode({ name: "unready" });
    }
  });

  it("has to say what it changes, and can't be read as an object of its own", async () => {
    await assert.rejects(
      plugin.check(patch, "agent", { apiVersion: "apps/v1", kind: "DaemonSet" }),
      /patch resources require the `\.metadata\.name` field to be set/,
    );
    assert.equal((await plugin.read(patch, ID)).id, "");
  });

  it("reads a DaemonSet of somebody else whole, with its status and who manages what", async () => {
    const { id, state } = await plugin.read(daemonSet, ID);
    assert.equal(id, ID);
    const { managedFields } = state["metadata"] as { managedFields: { manager: string }[] };
    assert.ok(managedFields.some(({ manager }) => manager === "add-on"));
    assert.equal(typeof state["spec"], "object");
    assert.equal(typeof state["status"], "object");
  });
});

const FORCED: Json = { "pulumi.com/patchForce": "true", "pulumi.com/patchFieldManager": "test" };

/** All that the agent has, the flag changed. */
const NAMED: Json[] = [
  { name: "FLAG", value: "true" },
  { name: "NODE", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } } },
];

function patchOf(env: Json[], annotations = FORCED): Json {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: {
      name: "agent",
      namespace: "kube-system",
      annotations: { "pulumi.com/patchFieldManager": "test", ...annotations },
    },
    spec: { template: { spec: { containers: [{ name: "agent", env }] } } },
  };
}

/** A DaemonSet as an add-on has it, applied with force. */
async function applyAgent(apps: AppsV1Api, fieldManager: string): Promise<void> {
  const env: V1EnvVar[] = [
    { name: "FLAG", value: "false" },
    { name: "NODE", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } } },
  ];
  const body: V1DaemonSet = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent", namespace: "kube-system" },
    spec: {
      selector: { matchLabels: { app: "agent" } },
      template: {
        metadata: { labels: { app: "agent" } },
        spec: {
          tolerations: [{ operator: "Exists" }],
          containers: [{ name: "agent", image: "agent:v1", env }],
        },
      },
    },
  };
  await apps.patchNamespacedDaemonSet(
    { name: "agent", namespace: "kube-system", body, fieldManager, force: true },
    setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
  );
}
