import assert from "node:assert/strict";
import { dataPlaneFixture } from "./dataPlaneFixture";

const zoneLabel = "topology.kubernetes.io/zone";
const custom = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true", ENI_CONFIG_LABEL_DEF: zoneLabel };
const isOld = (address: string) => address.startsWith("10.8.");
const isNew = (address: string) => address.startsWith("100.64.");
const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe("the data plane", function () {
  this.timeout(300_000);
  const world = dataPlaneFixture();

  before(async () => {
    await world().makeEniConfig("us-west-2a", world().podSubnets.get("us-west-2a") ?? "");
  });

  describe("nodes", () => {
    it("join with what EC2 and their user data say, and are Ready once aws-node is", async () => {
      await world().makeAwsNode("join", {});
      const { instanceId, nodeName } = await world().readyNode("join", { labels: ",team=web" });
      const node = await world().node(nodeName);
      assert.equal(node?.spec?.providerID, `aws:///us-west-2a/${instanceId}`);
      assert.equal(node.metadata?.labels?.[zoneLabel], "us-west-2a");
      assert.equal(node.metadata.labels.team, "web");
      const pod = await world().awsNodePod(nodeName);
      assert.equal(pod?.status?.containerStatuses?.[0]?.ready, true);
      assert.equal(pod.status.podIP, node.status?.addresses?.[0]?.address);
      await world().until("the taint gone", async () => {
        const { spec } = (await world().node(nodeName)) ?? {};
        return spec?.taints?.some(({ key }) => key === "node.kubernetes.io/not-ready") !== true;
      });
    });

    it("take max pods from user data, and the AMI's own number without", async () => {
      const given = await world().runInstance("none", { kubelet: "config: { maxPods: 20 }" });
      const left = await world().runInstance("none", { instanceType: "t3.small" });
      const pods = async (nodeName: string) => (await world().node(nodeName))?.status?.allocatable?.pods;
      await world().until(
        "both joined",
        async () => (await pods(given.nodeName)) !== undefined && (await pods(left.nodeName)) !== undefined,
      );
      assert.deepEqual([await pods(given.nodeName), await pods(left.nodeName)], ["20", "11"]);
    });

    it("join from settings of Bottlerocket as well, and stay away from a cluster that user data does not name", async () => {
      const bottlerocket = (cluster: string) =>
        `[settings.kubernetes]\ncluster-name = "${cluster}"\nmax-pods = 17\n[settings.kubernetes.node-labels]\npool = "none"\n`;
      const strayed = await world().runInstance("none", { userData: bottlerocket("other") });
      const joined = await world().runInstance("none", { userData: bottlerocket("small") });
      await world().until("joined", async () => (await world().node(joined.nodeName)) !== undefined);
      const node = await world().node(joined.nodeName);
      assert.equal(node?.status?.allocatable?.pods, "17");
      assert.match(node.status.nodeInfo?.osImage ?? "", /^Bottlerocket OS /);
      const line = `${strayed.instanceId} never joins: Error: its user data names the cluster other, its tag small`;
      await world().until("told of the other", () => world().lines.includes(line));
      assert.equal(await world().node(strayed.nodeName), undefined);
    });

    it("are NotReady as long as no aws-node runs there", async () => {
      const { nodeName } = await world().runInstance("later");
      const tainted = async () =>
        (await world().node(nodeName))?.spec?.taints?.some(
          ({ key }) => key === "node.kubernetes.io/not-ready",
        ) === true;
      await world().until("tainted", tainted);
      await world().until("NotReady", async () => {
        const conditions = (await world().node(nodeName))?.status?.conditions ?? [];
        return conditions.some(({ type, reason }) => type === "Ready" && reason === "KubeletNotReady");
      });
      await world().makeAwsNode("later", {});
      await world().until("Ready", () => world().isReady(nodeName));
    });

    it("go when their instance is terminated", async () => {
      await world().makeAwsNode("go", {});
      const { instanceId, nodeName } = await world().readyNode("go");
      await world().terminate(instanceId);
      await world().until("the Node gone", async () => (await world().node(nodeName)) === undefined);
      await world().until("its ENIs gone", async () => (await world().interfacesOf(instanceId)).length === 0);
    });
  });

  describe("pods", () => {
    it("of a node without custom networking get addresses of its primary ENI", async () => {
      await world().makeAwsNode("plain", {});
      const { instanceId, nodeName } = await world().readyNode("plain");
      await world().makePods(nodeName, ...names("plain", 3));
      const addresses = await world().addressesOf(...names("plain", 3));
      const [primary] = await world().interfacesOf(instanceId);
      assert.equal(new Set(addresses).size, 3);
      assert.ok(addresses.every((address) => primary?.secondaryAddresses.includes(address)));
    });

    it("of a new node get addresses of the ENIConfig's subnet, and its primary ENI has none to give", async () => {
      await world().makeAwsNode("new", { ...custom, CLUSTER_NAME: "small" });
      const { instanceId, nodeName } = await world().readyNode("new");
      await world().makePods(nodeName, ...names("new", 3));
      assert.ok((await world().addressesOf(...names("new", 3))).every(isNew));
      const [primary, ...others] = await world().interfacesOf(instanceId);
      assert.ok(primary !== undefined && others.length > 0);
      assert.deepEqual(primary.secondaryAddresses, []);
      for (const other of others) {
        assert.equal(other.subnetId, world().podSubnets.get("us-west-2a"));
        assert.equal(other.description, `aws-K8S-${instanceId}`);
        // The ENIConfig names no groups: those of the primary ENI.
        assert.deepEqual(other.securityGroups, primary.securityGroups);
      }
    });

    it("of a new node with prefixes get addresses of prefixes there, and the trunk is in the same subnet", async () => {
      const env = { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1", ENABLE_POD_ENI: "true" };
      // A subnet of its own, which the label names: in that of the zone, other nodes have addresses.
      const subnetId = await world().makeSubnet("100.64.128.0/24", "us-west-2a");
      await world().makeEniConfig("many", subnetId);
      await world().makeAwsNode("many", { ...custom, ...env });
      const { instanceId, nodeName } = await world().readyNode("many", {
        kubelet: "config: { maxPods: 110 }",
        labels: ",vpc.amazonaws.com/externalEniConfig=many",
      });
      await world().makePods(nodeName, ...names("many", 2));
      const addresses = await world().addressesOf(...names("many", 2));
      await world().until("the trunk announced", async () => {
        const { metadata } = (await world().node(nodeName)) ?? {};
        return metadata?.labels?.["vpc.amazonaws.com/has-trunk-attached"] === "true";
      });
      const [primary, pods, trunk] = await world().interfacesOf(instanceId);
      assert.deepEqual([primary?.secondaryAddresses, primary?.prefixes], [[], []]);
      assert.deepEqual(pods?.secondaryAddresses, []);
      // The first /28 of the subnet is never a prefix.
      assert.equal(pods.prefixes[0], "100.64.128.16/28");
      assert.deepEqual(addresses.sort(), ["100.64.128.16", "100.64.128.17"]);
      assert.deepEqual([trunk?.subnetId, trunk?.deviceIndex, trunk?.prefixes], [subnetId, 2, []]);
    });

    it("of an old node keep their addresses through the flag, and new ones mix in once another ENI is needed", async () => {
      await world().makeAwsNode("old", { WARM_ENI_TARGET: "0" });
      const { instanceId, nodeName } = await world().readyNode("old");
      const first = names("old-first", 4);
      await world().makePods(nodeName, ...first);
      const before = await world().addressesOf(...first);
      assert.ok(before.every(isOld));

      await world().changeAwsNode("old", { ...custom, WARM_ENI_TARGET: "0" });
      assert.deepEqual(await world().addressesOf(...first), before);
      assert.equal((await world().interfacesOf(instanceId)).length, 1);

      // The primary ENI has five warm addresses left, which still go to pods.
      const warm = names("old-warm", 5);
      await world().makePods(nodeName, ...warm);
      assert.ok((await world().addressesOf(...warm)).every(isOld));
      const more = names("old-more", 2);
      await world().makePods(nodeName, ...more);
      assert.ok((await world().addressesOf(...more)).every(isNew));
      const subnets = (await world().interfacesOf(instanceId)).map(({ subnetId }) => subnetId);
      assert.deepEqual(subnets, [
        world().nodeSubnets.get("us-west-2a"),
        world().podSubnets.get("us-west-2a"),
      ]);
    });

    it("wait in ContainerCreating when there is no address, and get the one that a pod gives back", async () => {
      await world().makeAwsNode("full", { MAX_ENI: "1" });
      const { nodeName } = await world().readyNode("full", { instanceType: "t3.small" });
      const running = names("full", 3);
      await world().makePods(nodeName, ...running);
      const [address] = await world().addressesOf(...running);
      await world().makePods(nodeName, "full-waits");
      await world().until("ContainerCreating", async () => {
        const { status } = await world().pod("full-waits");
        return status?.containerStatuses?.[0]?.state?.waiting?.reason === "ContainerCreating";
      });
      assert.equal((await world().pod("full-waits")).status?.podIP, undefined);
      await world().deletePods(running[0] ?? "");
      assert.deepEqual(await world().addressesOf("full-waits"), [address]);
    });

    it("keep their addresses when the data plane ends and starts again, and new ones get others", async () => {
      await world().makeAwsNode("again", {});
      const { instanceId, nodeName } = await world().readyNode("again");
      await world().makePods(nodeName, ...names("again", 3));
      const before = await world().addressesOf(...names("again", 3));
      // Beside the pods, which don't wait for it, ipamd attaches a warm ENI.
      await world().until("two ENIs", async () => (await world().interfacesOf(instanceId)).length === 2);
      const interfaces = await world().interfacesOf(instanceId);
      await world().stopDataPlane();
      await world().makePods(nodeName, "again-later");
      await world().startDataPlane();
      const [later = ""] = await world().addressesOf("again-later");
      assert.deepEqual(await world().addressesOf(...names("again", 3)), before);
      assert.ok(!before.includes(later));
      assert.deepEqual(await world().interfacesOf(instanceId), interfaces);
    });
  });

  describe("a missing ENIConfig", () => {
    it("keeps a new node NotReady and its aws-node restarting, until it is there", async () => {
      await world().makeAwsNode("missing", custom);
      const { nodeName } = await world().runInstance("missing", { zone: "us-west-2b" });
      const missing =
        /Failed to attach any ENIs for custom networking: eniconfig is not available: ENIConfig us-west-2b/;
      // What keeps it from starting at first may be that its settings have not come through yet.
      await world().until("CrashLoopBackOff for that", async () => {
        const { status } = (await world().awsNodePod(nodeName)) ?? {};
        const [aws] = status?.containerStatuses ?? [];
        const isSaid = missing.test(aws?.lastState?.terminated?.message ?? "");
        return aws?.state?.waiting?.reason === "CrashLoopBackOff" && aws.restartCount >= 2 && isSaid;
      });
      assert.equal(await world().isReady(nodeName), false);

      await world().makeEniConfig("us-west-2b", world().podSubnets.get("us-west-2b") ?? "");
      await world().until("Ready", () => world().isReady(nodeName));
    });

    it("leaves an old node at work with what it has", async () => {
      await world().makeAwsNode("lacking", {});
      const { instanceId, nodeName } = await world().readyNode("lacking");
      await world().changeAwsNode("lacking", { ...custom, ENI_CONFIG_LABEL_DEF: "no/such-label" });
      await world().makePods(nodeName, "lacking");
      assert.ok((await world().addressesOf("lacking")).every(isOld));
      assert.equal(await world().isReady(nodeName), true);
      assert.equal((await world().interfacesOf(instanceId)).length, 1);
    });
  });

  it("does not attach an ENI of another zone, and leaves none behind", async () => {
    await world().makeEniConfig("astray", world().podSubnets.get("us-west-2b") ?? "");
    await world().makeAwsNode("astray", { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" });
    const { instanceId, nodeName } = await world().runInstance("astray", {
      labels: ",k8s.amazonaws.com/eniConfig=astray",
    });
    // What keeps it from starting at first may be that its settings have not come through yet.
    await world().until("CrashLoopBackOff for that", async () => {
      const { status } = (await world().awsNodePod(nodeName)) ?? {};
      const { restartCount = 0 } = status?.containerStatuses?.[0] ?? {};
      const isSaid = world().lines.some(
        (line) => line.startsWith(nodeName) && line.includes("same availability zone"),
      );
      return restartCount >= 1 && isSaid;
    });
    assert.equal((await world().interfacesOf(instanceId)).length, 1);
  });
});
