import assert from "node:assert/strict";
import type { Instance } from "@aws-sdk/client-ec2";
import {
  AppsV1Api,
  CustomObjectsApi,
  PatchStrategy,
  setHeaderOptions,
  type KubernetesObject,
  type V1Node,
} from "@kubernetes/client-node";
import { eventually } from "../../automation/rotation/podNetwork";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { isReady, WorldView } from "./worldView";

interface NodeClaim extends KubernetesObject {
  readonly status: {
    readonly nodeName: string;
    readonly providerID: string;
    readonly capacity: { readonly pods: string };
  };
}

describe("the world karpenter", function () {
  this.timeout(300_000);
  const { record } = sandboxFixture("karpenter");
  let world: WorldView;
  let objects: CustomObjectsApi;
  before(() => {
    world = new WorldView(record());
    objects = world.kubeConfig.makeApiClient(CustomObjectsApi);
  });

  const nodeClaims = { group: "karpenter.sh", version: "v1", plural: "nodeclaims" };

  const claims = async () => {
    const { items } = (await objects.listClusterCustomObject(nodeClaims)) as { items: NodeClaim[] };
    return items.map(({ metadata, status }) => ({ metadata, ...status }));
  };

  const nodes = async () =>
    (await world.core.listNode({ labelSelector: "karpenter.sh/nodepool=default" })).items;

  /** Of an instance that is not terminated. */
  const instanceOf = async (node: V1Node): Promise<Instance | undefined> =>
    (await world.instances()).find(
      ({ InstanceId = "", State }) =>
        node.spec?.providerID?.endsWith(InstanceId) && State?.Name === "running",
    );

  it("has two nodes of a NodePool, each of a NodeClaim, and all its workloads on them", async () => {
    const byName = new Map((await claims()).map((claim) => [claim.metadata?.name, claim]));
    const found = await nodes();
    assert.equal(found.length, 2);
    assert.equal(byName.size, 2);
    for (const node of found) {
      const { labels = {}, ownerReferences, finalizers } = node.metadata ?? {};
      const claim = byName.get(ownerReferences?.[0]?.name);
      assert.deepEqual([claim?.nodeName, claim?.providerID], [node.metadata?.name, node.spec?.providerID]);
      assert.deepEqual(finalizers, ["karpenter.sh/termination"]);
      assert.deepEqual(
        ["registered", "initialized", "capacity-type"].map((name) => labels[`karpenter.sh/${name}`]),
        ["true", "true", "on-demand"],
      );
      assert.equal(labels["karpenter.k8s.aws/ec2nodeclass"], "default");
      assert.equal(labels["eks.amazonaws.com/nodegroup"], undefined);
      assert.ok(!node.spec?.taints?.some(({ key }) => key.startsWith("karpenter.sh/")));
      const tags = (await instanceOf(node))?.Tags ?? [];
      assert.equal(tags.find(({ Key }) => Key === "karpenter.sh/nodeclaim")?.Value, claim?.metadata?.name);
    }
    const pods = await world.podsOf("services", "catalogue");
    const names = found.map(({ metadata }) => metadata?.name);
    assert.ok(pods.every((pod) => isReady(pod) && names.includes(pod.spec?.nodeName)));
  });

  it("has as many pods on them as all ENIs carry, which custom networking will not let them have", async () => {
    assert.deepEqual(
      (await nodes()).map(({ status }) => status?.allocatable?.pods),
      ["29", "29"],
    );
  });

  it("is told beforehand that Karpenter reckons with all ENIs, and whose the nodes are", async () => {
    const preflight = await preflightOf(record());
    assert.deepEqual(
      findingsOf(preflight, "KARPENTER-ENIS").map(({ level, title, evidence }) => [
        level,
        title,
        evidence[1],
      ]),
      [
        [
          "stop",
          "Karpenter (kube-system/karpenter) reckons with all network interfaces of a node: RESERVED_ENIS is 0",
          "EC2NodeClasses without kubelet.maxPods: default.",
        ],
      ],
    );
    assert.deepEqual(
      findingsOf(preflight, "NODE-OWNER").map(({ title }) => title),
      ["2 nodes belong to Karpenter node pool default"],
    );
  });

  it("replaces a node whose NodeClaim is deleted, within its budget, and counts one ENI less once it is told to", async () => {
    const apps = world.kubeConfig.makeApiClient(AppsV1Api);
    const deployment = { name: "karpenter", namespace: "kube-system" };
    const env = [{ name: "RESERVED_ENIS", value: "1" }];
    const body = { spec: { template: { spec: { containers: [{ name: "controller", env }] } } } };
    const asStrategicMerge = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
    await apps.patchNamespacedDeployment({ ...deployment, body }, asStrategicMerge);
    assert.deepEqual(findingsOf(await preflightOf(record()), "KARPENTER-ENIS"), []);
    const [node] = await nodes();
    const instance = node && (await instanceOf(node));
    const name = node?.metadata?.ownerReferences?.[0]?.name ?? "";
    await objects.deleteClusterCustomObject({ ...nodeClaims, name });
    let fewestReady = Infinity;
    await eventually(
      "the NodeClaim is gone, and all pods are Ready again",
      async () => {
        const pods = (await world.podsOf("services", "catalogue")).filter(isReady);
        fewestReady = Math.min(fewestReady, pods.length);
        const left = (await claims()).map(({ metadata }) => metadata?.name);
        return !left.includes(name) && pods.length === 5;
      },
      120_000,
    );
    assert.ok(fewestReady >= 4, `${fewestReady} of 5 pods were Ready`);
    const gone = (await world.instances()).find(({ InstanceId }) => InstanceId === instance?.InstanceId);
    assert.equal(gone?.State?.Name ?? "terminated", "terminated");
    assert.deepEqual((await nodes()).map(({ status }) => status?.allocatable?.pods).sort(), ["20", "29"]);
  });

  it("ends the NodeClaim of a Node that somebody deletes, and drains it first", async () => {
    const node = (await nodes()).find(({ status }) => status?.allocatable?.pods === "29");
    const name = node?.metadata?.name ?? "";
    await world.core.deleteNode({ name });
    await eventually(`${name} is tainted`, async () => {
      const taints = (await nodes()).find(({ metadata }) => metadata?.name === name)?.spec?.taints ?? [];
      return taints.some(({ key, effect }) => key === "karpenter.sh/disrupted" && effect === "NoSchedule");
    });
    await eventually(
      "no node has the old number of pods, and all pods are Ready again",
      async () => {
        const numbers = (await nodes()).map(({ status }) => status?.allocatable?.pods);
        const pods = (await world.podsOf("services", "catalogue")).filter(isReady);
        return !numbers.includes("29") && (await claims()).length === numbers.length && pods.length === 5;
      },
      120_000,
    );
  });
});
