import assert from "node:assert/strict";
import {
  CreateAddonCommand,
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  UpdateNodegroupConfigCommand,
} from "@aws-sdk/client-eks";
import { AppsV1Api, CoreV1Api, KubeConfig, PolicyV1Api } from "@kubernetes/client-node";
import { startDataPlane } from "../../../../sandbox/dataPlane/dataPlane";
import { controlPlaneFixture } from "../../../support/sandbox";
import { eventually } from "../support/eventually";
import { frontFixture, REGION } from "../support/frontFixture";
import { leapingClock } from "../support/leapingClock";
import { makeSmallCluster } from "../support/smallCluster";

/** As on EKS. */
const DRAIN_MS = 5 * 60_000;

describe("the life of a managed node group, with nodes", function () {
  this.timeout(400_000);
  const { controlPlane } = controlPlaneFixture();
  const clock = leapingClock();
  const aws = frontFixture({ clock, pace: { drainMs: DRAIN_MS } }, controlPlane);
  const clusterName = "small";
  let dataPlane: { close(): Promise<void> } | undefined;
  let core: CoreV1Api;
  let apps: AppsV1Api;
  let policy: PolicyV1Api;
  let subnetIds: string[] = [];
  before(async () => {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane().kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
    policy = config.makeApiClient(PolicyV1Api);
    ({ subnetIds } = await makeSmallCluster(aws()));
    dataPlane = await startDataPlane({
      awsEndpoint: aws().front.endpoint,
      region: REGION,
      kubeconfig: controlPlane().kubeconfig,
      log: () => undefined,
      onAwsChange: (listener) => {
        aws().front.onChange(listener);
      },
    });
    await aws().eks.send(new CreateAddonCommand({ clusterName, addonName: "vpc-cni" }));
  });
  after(() => dataPlane?.close());

  const create = (nodegroupName: string, size: number) =>
    aws().eks.send(
      new CreateNodegroupCommand({
        clusterName,
        nodegroupName,
        nodeRole: "arn:aws:iam::123456789012:role/small-node",
        subnets: subnetIds,
        instanceTypes: ["m5.large"],
        scalingConfig: { minSize: 0, maxSize: 3, desiredSize: size },
        labels: { pool: nodegroupName },
      }),
    );
  const statusOf = async (nodegroupName: string) =>
    (await aws().eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }))).nodegroup?.status;
  const nodesOf = async (nodegroupName: string) =>
    (await core.listNode({ labelSelector: `eks.amazonaws.com/nodegroup=${nodegroupName}` })).items;
  const podsOf = async (app: string) =>
    (await core.listPodForAllNamespaces({ labelSelector: `app=${app}` })).items;
  const deploy = (app: string, pool: Record<string, string>, replicas: number) =>
    apps.createNamespacedDeployment({
      namespace: "default",
      body: {
        metadata: { name: app },
        spec: {
          replicas,
          selector: { matchLabels: { app } },
          template: {
            metadata: { labels: { app } },
            spec: { nodeSelector: pool, containers: [{ name: "app", image: "app" }] },
          },
        },
      },
    });

  it("is active when all its nodes are Ready, and not before", async () => {
    await create("first", 2);
    assert.equal(await statusOf("first"), "CREATING");
    await eventually(
      () => statusOf("first"),
      (status) => status === "ACTIVE",
      60_000,
    );
    const nodes = await nodesOf("first");
    assert.equal(nodes.length, 2);
    for (const node of nodes) {
      assert.equal(node.status?.conditions?.find(({ type }) => type === "Ready")?.status, "True");
      assert.equal(node.status.capacity?.pods, "29");
    }
  });

  it("changes labels and taints of the nodes that it has", async () => {
    await aws().eks.send(
      new UpdateNodegroupConfigCommand({
        clusterName,
        nodegroupName: "first",
        labels: { addOrUpdateLabels: { tier: "web" }, removeLabels: ["pool"] },
        taints: { addOrUpdateTaints: [{ key: "soft", value: "yes", effect: "PREFER_NO_SCHEDULE" }] },
      }),
    );
    for (const node of await nodesOf("first")) {
      assert.equal(node.metadata?.labels?.tier, "web");
      assert.equal(node.metadata.labels.pool, undefined);
      assert.deepEqual(
        node.spec?.taints?.map(({ key, value, effect }) => [key, value, effect]),
        [["soft", "yes", "PreferNoSchedule"]],
      );
    }
  });

  it("drains its nodes before they go, and waits five minutes for a budget that never allows it", async () => {
    await deploy("free", {}, 4);
    await deploy("held", { tier: "web" }, 1);
    await policy.createNamespacedPodDisruptionBudget({
      namespace: "default",
      body: {
        metadata: { name: "held" },
        spec: { maxUnavailable: 0, selector: { matchLabels: { app: "held" } } },
      },
    });
    const running = (app: string, count: number) =>
      eventually(
        () => podsOf(app),
        (pods) => pods.filter(({ status }) => status?.phase === "Running").length === count,
        30_000,
      );
    await running("free", 4);
    await running("held", 1);
    await create("second", 1);
    await eventually(
      () => statusOf("second"),
      (status) => status === "ACTIVE",
      60_000,
    );

    await aws().eks.send(new DeleteNodegroupCommand({ clusterName, nodegroupName: "first" }));
    const [survivor] = await nodesOf("second");
    await eventually(
      () => podsOf("free"),
      (pods) =>
        pods.length === 4 &&
        pods.every(
          ({ spec, status }) => spec?.nodeName === survivor?.metadata?.name && status?.phase === "Running",
        ),
      60_000,
    );
    const [held] = await podsOf("held");
    assert.deepEqual([held?.status?.phase, held?.metadata?.deletionTimestamp], ["Running", undefined]);
    // The other one, which has nothing left to wait for, is gone.
    const [waiting] = await eventually(
      () => nodesOf("first"),
      (nodes) => nodes.length === 1,
    );
    assert.deepEqual([waiting?.metadata?.name, waiting?.spec?.unschedulable], [held?.spec?.nodeName, true]);
    assert.equal(await statusOf("first"), "DELETING");

    clock.leap(DRAIN_MS);
    await assert.rejects(
      eventually(
        () => statusOf("first"),
        (status) => status !== "DELETING",
        60_000,
      ),
      { name: "ResourceNotFoundException" },
    );
    await eventually(
      () => nodesOf("first"),
      (nodes) => nodes.length === 0,
    );
  });
});
