import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ApiextensionsV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  type KubernetesObject,
} from "@kubernetes/client-node";
import { controlPlaneFixture } from "../../../support/sandbox";
import { PluginProcess, secretOf, text, UNKNOWN, type Json } from "./pluginProcess";

const eniConfig = "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig";
const configMap = "kubernetes:core/v1:ConfigMap";

interface EniConfig extends KubernetesObject {
  spec?: { subnet: string; securityGroups?: string[] };
}

describe("the kubernetes plugin's stand-in", function () {
  this.timeout(120_000);
  const { controlPlane } = controlPlaneFixture();
  let plugin: PluginProcess;
  let objects: KubernetesObjectApi;

  before(async () => {
    const { kubeconfig } = controlPlane();
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(kubeconfig);
    objects = KubernetesObjectApi.makeApiClient(kubeConfig);
    await installEniConfigs(kubeConfig);
    plugin = await PluginProcess.start("kubernetes", { KUBECONFIG: kubeconfig });
    await plugin.configure({});
  });
  after(() => plugin.stop());

  const manifest = (name: string, subnet: string, ...securityGroups: string[]): Json => ({
    apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
    kind: "ENIConfig",
    metadata: { name },
    spec: { subnet, securityGroups },
  });
  const live = (name: string) =>
    objects.read<EniConfig>({
      apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
      kind: "ENIConfig",
      metadata: { name, namespace: "" },
    });
  const managersOf = ({ metadata }: KubernetesObject) =>
    (metadata?.managedFields ?? []).map(({ manager = "", operation = "" }) => `${operation} ${manager}`);

  it("makes an object, with its live state and its inputs in the state", async () => {
    const { inputs, failures } = await plugin.check(
      eniConfig,
      "a",
      manifest("us-west-2a", "subnet-1", "sg-1"),
    );
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs, manifest("us-west-2a", "subnet-1", "sg-1"));
    const { id, state } = await plugin.create(eniConfig, "a", inputs);
    assert.equal(id, "us-west-2a");
    assert.deepEqual(state["spec"], { subnet: "subnet-1", securityGroups: ["sg-1"] });
    assert.deepEqual(state["__inputs"], inputs);
    assert.equal(state["__initialApiVersion"], "crd.k8s.amazonaws.com/v1alpha1");
    assert.match(text(state, "__fieldManager"), /^pulumi-kubernetes-[0-9a-f]{8}$/);
    assert.deepEqual(managersOf(await live("us-west-2a")), ["Update pulumi-kubernetes"]);
    assert.equal((await plugin.diff(eniConfig, id, state, inputs, inputs)).changes, false);
    await plugin.delete(eniConfig, id, state);
    await assert.rejects(live("us-west-2a"), { code: 404 });
    await plugin.delete(eniConfig, id, state);
  });

  it("updates by server-side apply as the resource's own manager, which removes what the program removed", async () => {
    const old = manifest("us-west-2b", "subnet-1", "sg-1", "sg-2");
    const { id, state } = await plugin.create(eniConfig, "b", old);
    const news: Json = { ...manifest("us-west-2b", "subnet-2"), spec: { subnet: "subnet-2" } };
    assert.deepEqual(await plugin.diff(eniConfig, id, state, old, news), {
      changes: true,
      detailed: { "spec.subnet": "update", "spec.securityGroups": "delete" },
      replaces: [],
      deleteBeforeReplace: false,
    });
    const updated = await plugin.update(eniConfig, id, state, news);
    assert.equal(updated["__fieldManager"], state["__fieldManager"]);
    const now = await live(id);
    assert.deepEqual(now.spec, { subnet: "subnet-2" });
    assert.deepEqual(managersOf(now), [`Apply ${text(state, "__fieldManager")}`]);
    assert.equal((await plugin.diff(eniConfig, id, updated, news, news)).changes, false);
    await plugin.delete(eniConfig, id, updated);
  });

  it("finds drift in the program's fields, and not in those of others", async () => {
    const inputs = manifest("us-west-2c", "subnet-1", "sg-1");
    const { id, state } = await plugin.create(eniConfig, "c", inputs);
    const { apiVersion = "", kind = "" } = await live(id);
    const changed = {
      apiVersion,
      kind,
      metadata: { name: id, labels: { by: "hand" } },
      spec: { subnet: "subnet-9" },
    };
    await objects.patch(changed, undefined, undefined, "hand", undefined, PatchStrategy.MergePatch);
    const drifted = await plugin.read(eniConfig, id, state, inputs);
    assert.deepEqual(drifted.inputs, manifest("us-west-2c", "subnet-9", "sg-1"));
    assert.deepEqual((await plugin.diff(eniConfig, id, drifted.state, drifted.inputs, inputs)).detailed, {
      "spec.subnet": "update",
    });
    await assert.rejects(
      plugin.update(eniConfig, id, drifted.state, inputs),
      /"us-west-2c" failed to fully initialize.*field conflict detected.*conflict with "hand"/s,
    );
    const forced = { ...inputs, metadata: { name: id, annotations: { "pulumi.com/patchForce": "true" } } };
    await plugin.update(eniConfig, id, drifted.state, forced);
    const now = await live(id);
    assert.equal(now.spec?.subnet, "subnet-1");
    assert.deepEqual(now.metadata?.labels, { by: "hand" });
    await plugin.delete(eniConfig, id, state);
    assert.equal((await plugin.read(eniConfig, id, state, inputs)).id, "");
  });

  it("imports an object by its name: of a custom resource what it is, of a built-in one all that a program could say", async () => {
    const inputs = manifest("us-west-2d", "subnet-1", "sg-1");
    const { state } = await plugin.create(eniConfig, "d", inputs);
    const imported = await plugin.read(eniConfig, "us-west-2d");
    const { apiVersion = null, kind = null, metadata = null } = inputs;
    assert.deepEqual(imported.inputs, { apiVersion, kind, metadata });
    assert.deepEqual(imported.state["spec"], inputs["spec"]);
    assert.deepEqual(
      (await plugin.diff(eniConfig, "us-west-2d", imported.state, imported.inputs, inputs)).detailed,
      { spec: "add" },
    );
    await plugin.delete(eniConfig, "us-west-2d", state);

    const settings: Json = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "d" }, data: { a: "1" } };
    const { id, state: made } = await plugin.create(configMap, "d", settings);
    const { inputs: found } = await plugin.read(configMap, id);
    assert.deepEqual(found, { ...settings, metadata: { name: "d", namespace: "default" } });
    await plugin.delete(configMap, id, made);
  });

  it("takes over with an import what hands made, and leaves the fields of other programs to them", async () => {
    const imported = async (name: string, fieldManager: string) => {
      await objects.create(manifest(name, "subnet-1", "sg-1"), undefined, undefined, fieldManager);
      const { state } = await plugin.read(eniConfig, name);
      const news = { ...manifest(name, "subnet-1"), spec: { subnet: "subnet-1" } };
      const updated = await plugin.update(eniConfig, name, state, news);
      const left = (await live(name)).spec;
      await plugin.delete(eniConfig, name, updated);
      return left;
    };
    assert.deepEqual(await imported("by-hand", "kubectl-create"), { subnet: "subnet-1" });
    assert.deepEqual(await imported("by-another", "terraform"), {
      subnet: "subnet-1",
      securityGroups: ["sg-1"],
    });
  });

  it("makes what is there its own where the provider is to, and keeps it an error otherwise", async () => {
    const upserting = await PluginProcess.start("kubernetes", { KUBECONFIG: controlPlane().kubeconfig });
    try {
      await upserting.configure({ upsertExistingObjects: "true" });
      const inputs = manifest("us-west-2g", "subnet-1");
      await plugin.create(eniConfig, "g", inputs);
      await assert.rejects(plugin.create(eniConfig, "g", inputs), /already exists/);
      const { id, state } = await upserting.create(eniConfig, "g", inputs);
      assert.equal(id, "us-west-2g");
      await upserting.delete(eniConfig, id, state);
    } finally {
      await upserting.stop();
    }
  });

  it("names an object after its resource if the program does not, and keeps that name", async () => {
    const nameless: Json = { apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } };
    const { inputs } = await plugin.check(configMap, "settings", nameless);
    const { name, annotations } = inputs["metadata"] as { name: string; annotations: Json };
    assert.match(name, /^settings-[0-9a-f]{7}$/);
    assert.deepEqual(annotations, { "pulumi.com/autonamed": "true" });
    const again = await plugin.check(configMap, "settings", nameless, inputs, "another seed");
    assert.deepEqual(again.inputs, inputs);

    const { id, state } = await plugin.create(configMap, "settings", inputs);
    assert.equal(id, `default/${name}`);
    // Another one has another name, and can be made first.
    const { inputs: news } = await plugin.check(
      configMap,
      "settings",
      { ...nameless, data: { a: "2" } },
      inputs,
    );
    assert.deepEqual(await plugin.diff(configMap, id, state, inputs, news), {
      changes: true,
      detailed: { "data.a": "update-replace" },
      replaces: ["data.a"],
      deleteBeforeReplace: false,
    });
    await plugin.delete(configMap, id, state);
  });

  it("makes an object of another name or namespace anew, and deletes first what keeps both", async () => {
    const inputs: Json = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one" }, data: { a: "1" } };
    const { id, state } = await plugin.create(configMap, "one", inputs);
    const other = (metadata: Json, a = "1"): Json => ({ ...inputs, metadata, data: { a } });
    const renamed = await plugin.diff(configMap, id, state, inputs, other({ name: "two" }));
    assert.deepEqual(renamed.detailed, { "metadata.name": "update-replace" });
    assert.equal(renamed.deleteBeforeReplace, false);
    const moved = await plugin.diff(
      configMap,
      id,
      state,
      inputs,
      other({ name: "one", namespace: "kube-system" }),
    );
    assert.deepEqual(moved.detailed, { "metadata.namespace": "update-replace" });
    const said = await plugin.diff(
      configMap,
      id,
      state,
      inputs,
      other({ name: "one", namespace: "default" }),
    );
    assert.equal(said.changes, false);
    const changed = await plugin.diff(configMap, id, state, inputs, other({ name: "one" }, "2"));
    assert.deepEqual(changed.detailed, { "data.a": "update-replace" });
    assert.equal(changed.deleteBeforeReplace, true);
    await plugin.delete(configMap, id, state);
  });

  it("tells of an object that is there already, and of a kind that is not", async () => {
    const inputs = manifest("us-west-2e", "subnet-1");
    const { state } = await plugin.create(eniConfig, "e", inputs);
    await assert.rejects(
      plugin.create(eniConfig, "e", inputs),
      /eniconfigs\.crd\.k8s\.amazonaws\.com "us-west-2e" already exists\s+The resource already exists .* `import`/s,
    );
    await plugin.delete(eniConfig, "us-west-2e", state);
    const unknown = { ...inputs, apiVersion: "example.com/v1", kind: "Nonsense" };
    await assert.rejects(
      plugin.create("kubernetes:example.com/v1:Nonsense", "n", unknown),
      /no matches for kind "Nonsense" in version "example\.com\/v1"/,
    );
  });

  it("asks the API server in a preview, where all is known, and makes and changes nothing", async () => {
    const inputs = manifest("us-west-2f", UNKNOWN);
    const planned = await plugin.create(eniConfig, "f", inputs, { preview: true });
    assert.deepEqual(planned, { id: "", state: inputs });
    const known = await plugin.create(eniConfig, "f", manifest("us-west-2f", "subnet-1"), { preview: true });
    assert.equal(known.id, "");
    assert.equal(typeof (known.state["metadata"] as Json)["uid"], "string");
    await assert.rejects(live("us-west-2f"), { code: 404 });
    const { id, state } = await plugin.create(eniConfig, "f", manifest("us-west-2f", "subnet-1", "sg-1"));
    const news: Json = { ...manifest("us-west-2f", "subnet-2"), spec: { subnet: "subnet-2" } };
    const preview = await plugin.update(eniConfig, id, state, news, { preview: true });
    // Who made it by POST owns the field that is left out until the first real update.
    assert.deepEqual(preview["spec"], { subnet: "subnet-2", securityGroups: ["sg-1"] });
    assert.equal((preview["metadata"] as Json)["uid"], (state["metadata"] as Json)["uid"]);
    assert.equal((await live(id)).spec?.subnet, "subnet-1");
    assert.deepEqual(
      (await plugin.diff(eniConfig, id, state, news, manifest("us-west-2f", UNKNOWN, "sg-1"))).detailed,
      {
        "spec.subnet": "update",
      },
    );
    await plugin.delete(eniConfig, id, state);
  });

  it("keeps secrets secret: those of the program, and the data of Secrets", async () => {
    const inputs: Json = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", labels: { a: secretOf("x") } },
      stringData: { password: "p" },
    };
    const { id, state } = await plugin.create("kubernetes:core/v1:Secret", "s", inputs);
    assert.deepEqual(state["data"], secretOf({ password: Buffer.from("p").toString("base64") }));
    assert.deepEqual((state["metadata"] as Json)["labels"], { a: secretOf("x") });
    await plugin.delete("kubernetes:core/v1:Secret", id, state);
  });

  it("refuses by name what it is not made for", async () => {
    const refused = async (type: string, what: RegExp) => {
      await assert.rejects(plugin.check(type, "x", { metadata: { name: "x" } }), what);
    };
    await refused("kubernetes:helm.sh/v3:Release", /helm\.sh\/v3:Release is not part of/);
    await refused("kubernetes:core/v1:PodList", /core\/v1:PodList is not part of/);
    const { failures } = await plugin.check("kubernetes:apps/v1:Deployment", "x", {
      metadata: { name: "x" },
    });
    assert.match(
      failures[0]?.reason ?? "",
      /does not wait until it is ready.*pulumi\.com\/skipAwait: "true"/,
    );
  });

  it("takes a kubeconfig as a path, as contents and from the environment, and a context of it", async () => {
    const { kubeconfig } = controlPlane();
    const other = await PluginProcess.start("kubernetes", {});
    try {
      for (const given of [kubeconfig, readFileSync(kubeconfig, "utf8")]) {
        await other.configure({ kubeconfig: given });
        assert.equal(
          (await other.read(configMap, "kube-system/extension-apiserver-authentication")).id.length > 0,
          true,
        );
      }
      await assert.rejects(
        other.configure({ kubeconfig, context: "nowhere" }),
        /no cluster for the context "nowhere"/,
      );
      // Below a file there is never another.
      const missing = join(kubeconfig, "config");
      await assert.rejects(
        other.configure({ kubeconfig: missing }),
        new RegExp(`kubeconfig ${missing} does not exist`),
      );
    } finally {
      await other.stop();
    }
  });

  it("puts objects that say no namespace into the provider's", async () => {
    const other = await PluginProcess.start("kubernetes", { KUBECONFIG: controlPlane().kubeconfig });
    try {
      await other.configure({ namespace: "kube-system" });
      const inNamespace = await other.check(configMap, "x", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "x" },
      });
      assert.deepEqual(inNamespace.inputs["metadata"], { name: "x", namespace: "kube-system" });
      const inNone = await other.check(eniConfig, "x", manifest("x", "subnet-1"));
      assert.deepEqual(inNone.inputs["metadata"], { name: "x" });
    } finally {
      await other.stop();
    }
  });
});

describe("the kubernetes plugin's stand-in with a cluster beyond this computer", function () {
  this.timeout(120_000);

  it("refuses to be configured, and says what it is made for", async () => {
    const plugin = await PluginProcess.start("kubernetes", {});
    const kubeconfig = JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "prod", cluster: { server: "https://203.0.113.7:6443" } }],
      users: [{ name: "me", user: {} }],
      contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
      "current-context": "prod",
    });
    try {
      await assert.rejects(
        plugin.configure({ kubeconfig }),
        /the server of the kubeconfig's context "prod" is https:\/\/203\.0\.113\.7:6443: .* this computer only/,
      );
      await assert.rejects(plugin.read(eniConfig, "us-west-2a"), /the kubernetes provider is not configured/);
    } finally {
      await plugin.stop();
    }
  });
});

async function installEniConfigs(kubeConfig: KubeConfig): Promise<void> {
  const api = kubeConfig.makeApiClient(ApiextensionsV1Api);
  const group = "crd.k8s.amazonaws.com";
  await api.createCustomResourceDefinition({
    body: {
      metadata: { name: `eniconfigs.${group}` },
      spec: {
        group,
        scope: "Cluster",
        names: { plural: "eniconfigs", singular: "eniconfig", kind: "ENIConfig" },
        versions: [
          {
            name: "v1alpha1",
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true } },
          },
        ],
      },
    },
  });
}
