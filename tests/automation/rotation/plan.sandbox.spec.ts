import assert from "node:assert/strict";
import { containerOf, envOf, getAwsNode } from "../../../automation/awsNodeDaemonSet";
import type { ApiObject } from "../../../automation/kubernetes";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import { explainRotation } from "../../../automation/rotation/explain";
import type { RotationEvent } from "../../../automation/rotation/events";
import { previewRotation, rotate } from "../../../automation/rotation/rotate";
import type { GivenRotationOptions } from "../../../automation/rotation/rotationOptions";
import { readEniConfigs } from "../../../automation/preflight/readEniConfigs";
import { subnetRooms } from "../../../automation/rotation/subnetRooms";
import { readRecord } from "../../../automation/rotation/record";
import { slimNode, slimPod, type ApiNode } from "../../../automation/rotation/slim";
import { verify } from "../../../automation/verify";
import { podName } from "../../../planning/rotation/observation";
import { sandboxFixture } from "../../support/sandbox";
import { clusterOf, eventually, makePodNetwork, nodesOf, witnessOf, type Cluster } from "./podNetwork";

const SETTINGS = { maxUnavailable: 1, podTimeoutSeconds: 240, nodeTimeoutSeconds: 180 };

describe("a rotation where node subnets have no address left", function () {
  this.timeout(540_000);
  const sandbox = sandboxFixture("full-node-subnets");
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    outputs = await makePodNetwork(sandbox.record(), cluster);
  });

  const outside = (signal = new AbortController().signal) => ({ ...cluster.outside, signal });
  const plan = (options: GivenRotationOptions = {}) =>
    previewRotation(outputs, { ...SETTINGS, ...options }, outside());
  const awsNodeEnv = async () => envOf(containerOf(await getAwsNode(cluster.kubernetes), "aws-node"));

  /** Rotates until an event of a type comes, and stops it there. */
  const rotateUntil = async (type: RotationEvent["type"] | undefined, options: GivenRotationOptions) => {
    const controller = new AbortController();
    const events: RotationEvent[] = [];
    const onEvent = (event: RotationEvent) => {
      events.push(event);
      if (event.type === type) controller.abort(new Error(`stopped at ${event.type}`));
    };
    const result = await rotate(
      outputs,
      { ...SETTINGS, ...options },
      { ...outside(controller.signal), onEvent },
    ).catch((error: unknown) => {
      if (type === undefined) throw error;
      return undefined;
    });
    return { events, result };
  };

  /** Zones of nodes: a worker has to come to each. */
  const zonesOfNodes = async () => {
    const nodes = await cluster.kubernetes.list("/api/v1/nodes", (node: ApiNode) => slimNode(node));
    return [...new Set(nodes.map(({ availabilityZone }) => availabilityZone))].sort();
  };

  it("explains a node and its pods, with the ENIConfig by which new ones would have addresses", async () => {
    const [{ metadata }] = (await nodesOf(cluster)) as [Awaited<ReturnType<typeof nodesOf>>[number]];
    const [node] = await explainRotation(outputs, SETTINGS, [metadata.name], outside());
    assert.ok(node?.kind === "node");
    assert.deepEqual([node.state, node.owner], ["old", "managed node group general"]);
    assert.equal(node.replacedBy, `general-pods-${node.availabilityZone}`);
    const { name, rule, key, subnet } = node.eniConfig;
    assert.deepEqual([name, rule, key], [node.availabilityZone, "label", "topology.kubernetes.io/zone"]);
    assert.equal(
      subnet?.subnetId,
      outputs.podSubnets.find(({ availabilityZone }) => availabilityZone === name)?.subnetId,
    );
    assert.ok(node.reasons.some(({ clause }) => clause === "primaryEniCarriesPods"));
    assert.deepEqual(
      node.pods.filter(({ action }) => action === "skip").map(({ reason, range }) => [reason, range]),
      [
        ["DaemonSet pod", "node"],
        ["DaemonSet pod", "node"],
      ],
    );
  });

  it("does not begin, and names both ways out with the numbers of each zone", async () => {
    const { problems, nodeAddresses, lowersWarmTargets } = await plan();
    const zones = await zonesOfNodes();
    assert.equal(zones.length, 3);
    assert.deepEqual(
      problems.map(({ path }) => path),
      zones.map((zone) => `zones.${zone}`),
    );
    assert.equal(nodeAddresses.length, 3);
    for (const { availabilityZones, free, needed, unused, oldNodes } of nodeAddresses) {
      const [zone = ""] = availabilityZones;
      assert.deepEqual([free, needed, oldNodes], [0, 1, 1], zone);
      assert.ok(unused > 0, `${zone}: ${unused}`);
    }
    assert.match(
      problems[0]?.reason ?? "",
      /^the node subnets have 0 free addresses, and new workers need 1 before old nodes give theirs back: subnet-\w+ \(10\.8\.0\.\d+\/27\)\.$/,
    );
    assert.match(
      problems[0]?.fix ?? "",
      /^surge: 0 \(--surge 0\) drains .*; or lowerWarmTargets: true \(--lower-warm-targets\) lets 1 old node give back about \d+ that no pod has\.$/,
    );
    assert.equal(lowersWarmTargets, false);
    const before = (await nodesOf(cluster)).map(({ metadata }) => metadata.name);
    const { result } = await rotateUntil(undefined, {});
    assert.equal(result?.outcome, "refused");
    assert.deepEqual(
      (await nodesOf(cluster)).map(({ metadata }) => metadata.name),
      before,
    );
  });

  it("is possible with either of them, as its plan says", async () => {
    const without = await plan({ surge: 0 });
    assert.deepEqual([without.problems, without.surge, without.lowersWarmTargets], [[], 0, false]);
    assert.deepEqual(without.batches[0]?.surge, []);
    assert.deepEqual(
      without.pools.filter(({ added }) => added > 0).map(({ added }) => added),
      [1, 1, 1],
    );
    const lowered = await plan({ lowerWarmTargets: true });
    assert.deepEqual([lowered.problems, lowered.lowersWarmTargets], [[], true]);
  });

  it("drains a node before its replacement is made, with a surge of 0", async () => {
    const { events } = await rotateUntil("workerChecked", { surge: 0 });
    const order = events
      .filter(({ type }) => ["cordoned", "terminating", "gone", "surging", "workerChecked"].includes(type))
      .map(({ type }) => type);
    assert.deepEqual(order, ["cordoned", "terminating", "gone", "surging", "workerChecked"]);
  });

  let envBefore: Readonly<Record<string, string>>;

  it("lets old nodes give addresses back where it is asked to, and says beforehand how the CNI was", async () => {
    envBefore = await awsNodeEnv();
    assert.equal(envBefore.WARM_IP_TARGET, undefined);
    const { events } = await rotateUntil("warmTargetsLowered", { lowerWarmTargets: true });
    const types = events.map(({ type }) => type);
    assert.ok(!types.includes("surging") && !types.includes("cordoned"));
    const lowered = events.find((event) => event.type === "warmTargetsLowered");
    assert.deepEqual(lowered?.env, { WARM_IP_TARGET: "1" });
    assert.deepEqual(await awsNodeEnv(), { ...envBefore, WARM_IP_TARGET: "1" });
    const record = await readRecord(cluster.kubernetes);
    assert.deepEqual([record?.isFinished, record?.awsNodeBefore], [false, { WARM_IP_TARGET: null }]);
  });

  it("goes on from there, finds room, and sets the CNI back in the end", async () => {
    const { events, result } = await rotateUntil(undefined, { lowerWarmTargets: true });
    assert.deepEqual([result?.outcome, result?.blocked], ["done", []]);
    const types = events.map(({ type }) => type);
    assert.ok(types.indexOf("surging") < types.indexOf("cordoned"));
    assert.deepEqual(await awsNodeEnv(), envBefore);
    assert.equal((await readRecord(cluster.kubernetes))?.awsNodeBefore, undefined);
    const { isVerified, oldNodes } = await verify(outputs, outside());
    assert.deepEqual([isVerified, oldNodes], [true, []]);
    const { broken } = await witnessOf(sandbox.record());
    assert.deepEqual(broken, []);
  });
});

describe("a plan where budgets never allow an eviction, and a pod that no new worker takes", function () {
  this.timeout(300_000);
  const sandbox = sandboxFixture("impossible-pdb");
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    outputs = await makePodNetwork(sandbox.record(), cluster);
    const labels = { app: "pinned" };
    const template = {
      metadata: { labels },
      spec: {
        nodeSelector: { "eks.amazonaws.com/nodegroup": "general" },
        containers: [{ name: "pinned", image: "registry.k8s.io/pause:3.10" }],
      },
    };
    await cluster.kubernetes.create("/apis/apps/v1/namespaces/default/deployments", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "pinned" },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    } as ApiObject);
    await eventually(
      "the pinned pod has a node",
      async () => (await podOf("pinned"))?.nodeName !== undefined,
    );
  });

  const outside = () => ({ ...cluster.outside, signal: new AbortController().signal });
  const podOf = async (app: string) =>
    (await cluster.kubernetes.list("/api/v1/pods", slimPod)).find(({ labels }) => labels.app === app);

  it("names each of them with the reason, and leaves their nodes", async () => {
    const { undrainable, problems, budgets, batches } = await previewRotation(outputs, SETTINGS, outside());
    assert.deepEqual(problems, []);
    const unmovable = undrainable.flatMap((one) => one.unmovable);
    const because = new Map(unmovable.map((one) => [one.pod, one.because]));
    const pinned = (await podOf("pinned")) ?? assert.fail();
    assert.equal(
      because.get(`default/${pinned.name}`),
      "it would find no node: it needs label eks.amazonaws.com/nodegroup=general",
    );
    assert.equal(
      because.get("billing/ledger-0"),
      "the budget needs 1 of 1 pods healthy, so it allows no eviction",
    );
    const invoices = unmovable.filter(({ budgets: names }) => names.includes("billing/invoices"));
    assert.equal(invoices.length, 2);
    const left = new Set(undrainable.map(({ node }) => node));
    assert.equal(batches.flatMap(({ nodes }) => nodes).length, 3 - left.size);
    // Budgets are told of for pods that are to move.
    assert.ok(budgets.every(({ kind }) => kind !== "never"));
  });

  it("explains the pods in the same words, with the numbers of the budget", async () => {
    const pinned = (await podOf("pinned")) ?? assert.fail();
    const names = ["billing/ledger-0", pinned.name, "nobody"];
    const [ledger, none, nobody] = await explainRotation(outputs, SETTINGS, names, outside());
    assert.ok(ledger?.kind === "pod" && none?.kind === "pod");
    assert.deepEqual(
      [ledger.isOnOldNode, ledger.range, ledger.maker, ledger.stuck],
      [
        true,
        "outside",
        "StatefulSet billing/ledger",
        ["the budget needs 1 of 1 pods healthy, so it allows no eviction"],
      ],
    );
    assert.deepEqual(ledger.budgets, [
      { budget: "billing/ledger", allowed: 0, healthy: 1, needed: 1, pods: 1 },
    ]);
    assert.deepEqual(none.stuck, [
      "it would find no node: it needs label eks.amazonaws.com/nodegroup=general",
    ]);
    assert.equal(nobody?.kind, "unknown");
  });
});

describe("an explanation where a pod subnet has no addresses left", function () {
  this.timeout(300_000);
  const sandbox = sandboxFixture("full-pod-subnet");

  it("names the ENIConfig of the node with what is free, and the pod that has no address", async () => {
    const cluster = clusterOf(sandbox.record());
    const { kubernetes, outside: clients } = cluster;
    const outside = { ...clients, signal: new AbortController().signal };
    const eniConfigs = await readEniConfigs(kubernetes);
    const ids = eniConfigs.map(({ subnetId }) => subnetId);
    const rooms = await subnetRooms(outside, ids);
    const outputs: PodNetworkOutputs = {
      ...{ clusterName: sandbox.record().clusterName, region: sandbox.record().region, vpcId: "" },
      ...{ podCidrs: ["100.64.0.0/16"], cni: { mode: "addOn" }, workerGroups: [] },
      eniConfigs: eniConfigs.map(({ name }) => name),
      podSubnets: ids.flatMap((id) => rooms.get(id) ?? []),
    };
    const pods = await kubernetes.list("/api/v1/pods", slimPod);
    const waiting =
      pods.find(({ namespace, address }) => namespace === "media" && address === undefined) ?? assert.fail();
    const names = [waiting.nodeName ?? "", podName(waiting)];
    const [node, pod] = await explainRotation(outputs, SETTINGS, names, outside);
    assert.ok(node?.kind === "node" && pod?.kind === "pod");
    assert.deepEqual(
      [node.state, node.eniConfig.name, node.eniConfig.subnet?.availabilityZone],
      ["new", "us-west-2c", "us-west-2c"],
    );
    assert.match(node.eniConfig.subnet?.cidrBlock ?? "", /\/28$/);
    assert.ok((node.eniConfig.subnet?.freeAddresses ?? Infinity) < 10, "too few for another ENI");
    assert.deepEqual([pod.address, pod.range, pod.isOnOldNode], [undefined, undefined, false]);
  });
});
