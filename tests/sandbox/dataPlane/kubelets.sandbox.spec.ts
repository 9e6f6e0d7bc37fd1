import assert from "node:assert/strict";
import { CreateSecurityGroupCommand, ModifyNetworkInterfaceAttributeCommand } from "@aws-sdk/client-ec2";
import type { V1Pod } from "@kubernetes/client-node";
import { dataPlaneFixture } from "./dataPlaneFixture";

const namespace = "default";

describe("the data plane's kubelets", function () {
  this.timeout(300_000);
  const world = dataPlaneFixture();
  let node: { instanceId: string; nodeName: string };
  let inOtherZone: { instanceId: string; nodeName: string };

  before(async () => {
    await world().makeAwsNode("work", { WARM_IP_TARGET: "1" });
    node = await world().readyNode("work");
    inOtherZone = await world().readyNode("work", { zone: "us-west-2b" });
  });

  async function makePod(name: string, facts: { metadata?: object; spec?: object } = {}): Promise<void> {
    await world().core.createNamespacedPod({
      namespace,
      body: {
        metadata: { name, ...facts.metadata },
        spec: {
          nodeName: node.nodeName,
          containers: [{ name: "main", image: "web" }],
          terminationGracePeriodSeconds: 1,
          ...facts.spec,
        },
      },
    });
  }

  async function find(name: string): Promise<V1Pod | undefined> {
    const { items } = await world().core.listNamespacedPod({
      namespace,
      fieldSelector: `metadata.name=${name}`,
    });
    return items[0];
  }

  const container = async (name: string) => (await find(name))?.status?.containerStatuses?.[0];

  it("restart what crashes, later each time, and count it", async () => {
    await makePod("crashing", { metadata: { annotations: { "sandbox/crash-after": "1s" } } });
    let pod: V1Pod | undefined;
    await world().until("CrashLoopBackOff", async () => {
      pod = await find("crashing");
      const { state, restartCount = 0 } = pod?.status?.containerStatuses?.[0] ?? {};
      return state?.waiting?.reason === "CrashLoopBackOff" && restartCount >= 2;
    });
    // At that moment: it runs again soon.
    const { status } = pod ?? {};
    const { ready, lastState } = status?.containerStatuses?.[0] ?? {};
    assert.equal(ready, false);
    assert.equal(lastState?.terminated?.exitCode, 1);
    assert.equal(status?.phase, "Running");
    assert.equal(status.conditions?.find(({ type }) => type === "Ready")?.status, "False");
    await world().deletePods("crashing");
  });

  it("let a pod fail whose container is not to be started again", async () => {
    await makePod("once", {
      metadata: { annotations: { "sandbox/crash-after": "1s" } },
      spec: { restartPolicy: "Never" },
    });
    await world().until("failed", async () => (await find("once"))?.status?.phase === "Failed");
    assert.equal((await container("once"))?.restartCount, 0);
  });

  it("say with an Event why a pod has no address", async () => {
    await world().makeAwsNode("full", { MAX_ENI: "1", WARM_IP_TARGET: "1" });
    const full = await world().readyNode("full", { instanceType: "t3.small" });
    await world().makePods(full.nodeName, "fits-0", "fits-1", "fits-2", "waits");
    // Others may have waited a moment as well.
    const eventOfOneThatWaits = async () => {
      const { items } = await world().core.listNamespacedEvent({ namespace });
      for (const one of items) {
        if (one.reason !== "FailedCreatePodSandBox" || (one.count ?? 0) < 2) continue;
        const pod = await find(one.involvedObject.name ?? "");
        if (pod !== undefined && pod.status?.podIP === undefined) return one;
      }
      return undefined;
    };
    await world().until("told twice", async () => (await eventOfOneThatWaits()) !== undefined);
    const event = await eventOfOneThatWaits();
    assert.match(
      event?.message ?? "",
      /^Failed to create pod sandbox: .* plugin type="aws-cni" .* failed to assign an IP address to container$/,
    );
    assert.deepEqual([event?.type, event?.source?.host], ["Warning", full.nodeName]);
    const { status } = await world().pod(event?.involvedObject.name ?? "");
    assert.equal(status?.podIP, undefined);
  });

  describe("static pods", () => {
    const mirror = () => `agent-${node.nodeName}`;

    it("have mirrors on the nodes that they are for, which belong to the Node", async () => {
      await world().core.createNamespacedConfigMap({
        namespace: "kube-system",
        body: {
          metadata: {
            name: "static-pods",
            labels: { "sandbox/static-pods": "true" },
            annotations: { "sandbox/static-pods-on": "pool=work,topology.kubernetes.io/zone=us-west-2a" },
          },
          data: {
            "agent.yaml":
              "apiVersion: v1\nkind: Pod\nmetadata: { name: agent, namespace: default }\n" +
              "spec: { hostNetwork: true, containers: [{ name: agent, image: agent }] }\n",
          },
        },
      });
      await world().until("the mirror runs", async () => (await find(mirror()))?.status?.phase === "Running");
      const { metadata } = (await find(mirror())) ?? {};
      assert.match(metadata?.annotations?.["kubernetes.io/config.mirror"] ?? "", /^[0-9a-f]{32}$/);
      assert.deepEqual(
        metadata?.ownerReferences?.map(({ kind, name }) => [kind, name]),
        [["Node", node.nodeName]],
      );
      assert.equal(await find(`agent-${inOtherZone.nodeName}`), undefined);
    });

    it("come back when their mirrors are deleted, and go with their manifest", async () => {
      const before = (await find(mirror()))?.metadata?.uid;
      await world().core.deleteNamespacedPod({ name: mirror(), namespace });
      await world().until("another mirror", async () => {
        const uid = (await find(mirror()))?.metadata?.uid;
        return uid !== undefined && uid !== before;
      });
      await world().core.deleteNamespacedConfigMap({ name: "static-pods", namespace: "kube-system" });
      await world().until("no mirror", async () => (await find(mirror())) === undefined);
    });
  });

  describe("volumes", () => {
    before(async () => {
      await world().storage.createCSIDriver({
        body: { metadata: { name: "ebs.csi.aws.com" }, spec: { attachRequired: true } },
      });
      await world().storage.createStorageClass({
        body: {
          metadata: { name: "gp3" },
          provisioner: "ebs.csi.aws.com",
          parameters: { type: "gp3" },
          volumeBindingMode: "WaitForFirstConsumer",
        },
      });
      await world().core.createNamespacedPersistentVolumeClaim({
        namespace,
        body: {
          metadata: { name: "data", annotations: { "sandbox/detach-after": "4s" } },
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: "gp3",
            resources: { requests: { storage: "4Gi" } },
          },
        },
      });
    });

    const withData = (selector: object) => ({
      spec: {
        nodeName: undefined,
        nodeSelector: selector,
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
      },
    });

    it("are made in the zone of the first pod, attached, and only then does it run", async () => {
      await makePod("first", withData({ "kubernetes.io/hostname": node.nodeName }));
      await world().addressesOf("first");
      assert.deepEqual(await world().ebsVolumes(), [`us-west-2a in-use ${node.instanceId}`]);
      const { items } = await world().core.listPersistentVolume();
      assert.equal(items[0]?.spec?.capacity?.storage, "4Gi");
      const { items: attachments } = await world().storage.listVolumeAttachment();
      assert.deepEqual(
        attachments.map(({ spec, status }) => [spec.nodeName, status?.attached]),
        [[node.nodeName, true]],
      );
      const { spec } = await world().storage.readCSINode({ name: node.nodeName });
      assert.deepEqual(
        spec.drivers.map(({ name, nodeID }) => [name, nodeID]),
        [["ebs.csi.aws.com", node.instanceId]],
      );
    });

    it("hold their pods to their zone", async () => {
      await makePod("astray", withData({ "topology.kubernetes.io/zone": "us-west-2b" }));
      await world().until("not scheduled", async () => {
        const { status } = await world().pod("astray");
        return (
          status?.conditions?.some(({ message = "" }) => /volume|persistentvolume/i.test(message)) === true
        );
      });
      assert.equal((await world().pod("astray")).spec?.nodeName, undefined);
      await world().deletePods("astray");
    });

    it("are detached as slowly as their annotation says, and another node's pod waits for it", async () => {
      const other = await world().readyNode("work");
      // Before its pod goes, for nobody knows when that is seen; and the 4 s are of a moment in whole seconds.
      const deletedAt = Date.now();
      await world().deletePods("first");
      await makePod("second", withData({ "kubernetes.io/hostname": other.nodeName }));
      await world().addressesOf("second");
      assert.ok(Date.now() - deletedAt >= 3_000, `after ${Date.now() - deletedAt} ms`);
      assert.deepEqual(await world().ebsVolumes(), [`us-west-2a in-use ${other.instanceId}`]);
    });

    it("are deleted with their claim", async () => {
      await world().deletePods("second");
      await world().core.deleteNamespacedPersistentVolumeClaim({ name: "data", namespace });
      await world().until("no volume", async () => (await world().ebsVolumes()).length === 0);
      await world().until("nor what stood for it", async () => {
        const { items } = await world().core.listPersistentVolume();
        return items.length === 0;
      });
    });
  });

  it("put the security groups of the primary ENI on the others, without custom networking", async () => {
    await world().makeAwsNode("groups", { WARM_ENI_TARGET: "2" });
    const { instanceId } = await world().readyNode("groups");
    await world().until("two ENIs", async () => (await world().interfacesOf(instanceId)).length >= 2);
    const [primary] = await world().interfacesOf(instanceId);
    const { GroupId = "" } = await world().ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: "pods",
        Description: "Pods",
        VpcId: await world().vpcOf(primary?.subnetId ?? ""),
      }),
    );
    await world().ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: primary?.interfaceId,
        Groups: [GroupId],
      }),
    );
    await world().until("the second ENI has it", async () => {
      const [, second] = await world().interfacesOf(instanceId);
      return second?.securityGroups.join() === GroupId;
    });
  });

  it("of Windows are Ready without aws-node, and their pods have addresses of the one ENI", async () => {
    const userData = `<powershell>
& $EKSBootstrapScriptFile -EKSClusterName "small" -KubeletExtraArgs "--node-labels=pool=windows"
</powershell>`;
    const { instanceId, nodeName } = await world().readyNode("windows", { userData });
    await world().makePods(nodeName, "windows");
    const [address = ""] = await world().addressesOf("windows");
    const [primary, ...others] = await world().interfacesOf(instanceId);
    assert.equal(others.length, 0);
    assert.equal(primary?.secondaryAddresses.length, 3);
    assert.ok(primary.secondaryAddresses.includes(address));
  });
});
