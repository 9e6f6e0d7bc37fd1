import assert from "node:assert/strict";
import {
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from "@aws-sdk/client-auto-scaling";
import { CreateLaunchTemplateCommand, CreateLaunchTemplateVersionCommand } from "@aws-sdk/client-ec2";
import {
  CreateAddonCommand,
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  ListUpdatesCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
  type CreateNodegroupCommandInput,
  type Nodegroup,
  type Update,
  type UpdateNodegroupVersionCommandInput,
} from "@aws-sdk/client-eks";
import { AppsV1Api, CoreV1Api, KubeConfig, PolicyV1Api } from "@kubernetes/client-node";
import { startDataPlane } from "../../../../sandbox/dataPlane/dataPlane";
import { controlPlaneFixture } from "../../../support/sandbox";
import { eventually } from "../support/eventually";
import { frontFixture, REGION } from "../support/frontFixture";
import { leapingClock } from "../support/leapingClock";
import { makeSmallCluster } from "../support/smallCluster";

const OLDER = "1.36.1-20261015";
const LATEST = "1.36.1-20261101";
const EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";

describe("the update of a managed node group's version, with nodes", function () {
  this.timeout(400_000);
  const { controlPlane } = controlPlaneFixture();
  const pace = { evictionMs: 60_000, drainedMs: 100, drainMs: 500, nodeCreationMs: 3_600_000 };
  const clock = leapingClock();
  const aws = frontFixture({ clock, pace }, controlPlane);
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
    // The third subnet has room for three nodes and their pods, and no more.
    ({ subnetIds } = await makeSmallCluster(aws(), ["10.8.0.0/24", "10.8.1.0/24", "10.8.2.0/28"]));
    dataPlane = await startDataPlane({
      awsEndpoint: aws().front.endpoint,
      region: REGION,
      kubeconfig: controlPlane().kubeconfig,
      log: () => undefined,
      onAwsChange: (listener) => {
        aws().front.onChange(listener);
      },
    });
    await aws().eks.send(
      new CreateAddonCommand({
        clusterName,
        addonName: "vpc-cni",
        configurationValues: '{"env":{"WARM_IP_TARGET":"1","MINIMUM_IP_TARGET":"2"}}',
      }),
    );
  });
  after(() => dataPlane?.close());

  const describeGroup = async (nodegroupName: string): Promise<Nodegroup> =>
    (await aws().eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }))).nodegroup ?? {};
  /** A group of two nodes in one zone, unless it is to be otherwise; its pool is its name. */
  const create = async (nodegroupName: string, more: Partial<CreateNodegroupCommandInput> = {}) => {
    await aws().eks.send(
      new CreateNodegroupCommand({
        clusterName,
        nodegroupName,
        nodeRole: "arn:aws:iam::123456789012:role/small-node",
        subnets: subnetIds.slice(0, 1),
        instanceTypes: ["m5.large"],
        scalingConfig: { minSize: 0, maxSize: 3, desiredSize: 2 },
        labels: { pool: nodegroupName },
        releaseVersion: OLDER,
        ...more,
      }),
    );
    await eventually(
      () => describeGroup(nodegroupName),
      ({ status }) => status === "ACTIVE",
      60_000,
    );
  };
  const remove = async (nodegroupName: string) => {
    await aws().eks.send(new DeleteNodegroupCommand({ clusterName, nodegroupName }));
    await assert.rejects(
      eventually(
        () => describeGroup(nodegroupName),
        ({ status }) => status !== "DELETING",
        60_000,
      ),
      { name: "ResourceNotFoundException" },
    );
  };
  const begin = async (input: Omit<UpdateNodegroupVersionCommandInput, "clusterName">): Promise<Update> =>
    (await aws().eks.send(new UpdateNodegroupVersionCommand({ clusterName, ...input }))).update ?? {};
  /** @param hurry whether a budget holds it back: the time for which evictions are tried goes by in seconds then. */
  const ended = async (
    nodegroupName: string,
    updateId: string | undefined,
    hurry = false,
  ): Promise<Update> => {
    const { update = {} } = await eventually(
      () => {
        if (hurry) clock.leap(1_000);
        return aws().eks.send(new DescribeUpdateCommand({ name: clusterName, nodegroupName, updateId }));
      },
      (answer) => answer.update?.status !== "InProgress",
      90_000,
    );
    return update;
  };
  const scalingGroupOf = async (nodegroupName: string) => {
    const group = await describeGroup(nodegroupName);
    const AutoScalingGroupNames = [group.resources?.autoScalingGroups?.[0]?.name ?? ""];
    const answer = await aws().autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }),
    );
    return answer.AutoScalingGroups?.[0];
  };
  const nodesOf = async (pool: string) => (await core.listNode({ labelSelector: `pool=${pool}` })).items;
  const namesOf = async (pool: string) => (await nodesOf(pool)).map(({ metadata }) => metadata?.name);
  const podsOf = async (app: string) =>
    (await core.listPodForAllNamespaces({ labelSelector: `app=${app}` })).items;
  /** A workload in the pool of its name, all of which runs. */
  const deploy = async (app: string, replicas: number, maxUnavailable: number) => {
    await apps.createNamespacedDeployment({
      namespace: "default",
      body: {
        metadata: { name: app },
        spec: {
          replicas,
          selector: { matchLabels: { app } },
          template: {
            metadata: { labels: { app } },
            spec: { nodeSelector: { pool: app }, containers: [{ name: "app", image: "app" }] },
          },
        },
      },
    });
    await policy.createNamespacedPodDisruptionBudget({
      namespace: "default",
      body: { metadata: { name: app }, spec: { maxUnavailable, selector: { matchLabels: { app } } } },
    });
    await eventually(
      () => podsOf(app),
      (pods) => pods.length === replicas && pods.every(({ status }) => status?.phase === "Running"),
      30_000,
    );
  };

  it("launches twice the zones first, takes old nodes out of service, then replaces all and shrinks", async () => {
    await create("rolled");
    const before = await namesOf("rolled");
    await deploy("rolled", 3, 1);
    const begun = await begin({ nodegroupName: "rolled" });
    assert.equal(begun.type, "VersionUpdate");
    assert.equal((await describeGroup("rolled")).status, "UPDATING");
    await assert.rejects(begin({ nodegroupName: "rolled" }), {
      name: "ResourceInUseException",
      message: "Nodegroup cannot be updated as it is currently not in Active State",
    });
    await eventually(
      () => scalingGroupOf("rolled"),
      (scaling) => scaling?.DesiredCapacity === 4 && scaling.MaxSize === 5,
    );
    // Both at once, before the first of them is drained.
    const marked = await eventually(
      () => nodesOf("rolled"),
      (nodes) => nodes.some(({ spec }) => spec?.unschedulable === true),
      30_000,
    );
    const old = marked.filter(({ metadata }) => before.includes(metadata?.name));
    assert.ok(old.some(({ metadata }) => metadata?.labels?.[EXCLUDED] === "true"));

    const update = await ended("rolled", begun.id);
    assert.deepEqual([update.status, update.errors], ["Successful", []]);
    const group = await describeGroup("rolled");
    assert.equal(group.status, "ACTIVE");
    assert.equal(group.releaseVersion, LATEST);
    const scaling = await scalingGroupOf("rolled");
    assert.deepEqual([scaling?.DesiredCapacity, scaling?.MaxSize, scaling?.MinSize], [2, 3, 0]);
    const nodes = await eventually(
      () => nodesOf("rolled"),
      (all) => all.length === 2,
    );
    for (const { metadata, spec } of nodes) {
      assert.ok(!before.includes(metadata?.name));
      assert.equal(spec?.unschedulable, undefined);
    }
    const { updateIds } = await aws().eks.send(
      new ListUpdatesCommand({ name: clusterName, nodegroupName: "rolled" }),
    );
    assert.deepEqual(updateIds, [begun.id]);
  });

  it("ends at once where the nodes are of that build already", async () => {
    const before = await namesOf("rolled");
    const begun = await begin({ nodegroupName: "rolled", releaseVersion: LATEST });
    assert.equal((await ended("rolled", begun.id)).status, "Successful");
    assert.deepEqual(await namesOf("rolled"), before);
    await assert.rejects(begin({ nodegroupName: "rolled", releaseVersion: OLDER }), {
      name: "InvalidParameterException",
      message: /is older than 1\.36\.1-20261101: a node group can't be rolled back/,
    });
    await assert.rejects(begin({ nodegroupName: "rolled", releaseVersion: "1.36.9-20990101" }), {
      name: "InvalidParameterException",
      message: "Requested release version 1.36.9-20990101 is not valid for kubernetes version 1.36.",
    });
    await assert.rejects(begin({ nodegroupName: "rolled", launchTemplate: { name: "other" } }), {
      name: "InvalidParameterException",
      message: /created without a launch template/,
    });
    await remove("rolled");
  });

  it("fails on a budget that never allows it, leaves the group as it was, and goes through by force", async () => {
    await create("held");
    const before = (await namesOf("held")).sort();
    await deploy("held", 2, 0);
    const refused = await ended("held", (await begin({ nodegroupName: "held" })).id, true);
    assert.equal(refused.status, "Failed");
    const [error] = refused.errors ?? [];
    assert.equal(error?.errorCode, "PodEvictionFailure");
    assert.equal(
      error.errorMessage,
      "Reached max retries while trying to evict pods from nodes in node group held",
    );
    assert.ok(before.includes(error.resourceIds?.[0]));
    const group = await describeGroup("held");
    assert.deepEqual([group.status, group.releaseVersion], ["ACTIVE", OLDER]);
    const scaling = await scalingGroupOf("held");
    assert.deepEqual([scaling?.DesiredCapacity, scaling?.MaxSize], [2, 3]);
    const nodes = await eventually(
      () => nodesOf("held"),
      (all) => all.length === 2,
    );
    assert.deepEqual(nodes.map(({ metadata }) => metadata?.name).sort(), before);
    for (const { spec, metadata } of nodes) {
      assert.equal(spec?.unschedulable, undefined);
      assert.equal(metadata?.labels?.[EXCLUDED], undefined);
    }

    const forced = await ended("held", (await begin({ nodegroupName: "held", force: true })).id, true);
    assert.deepEqual([forced.status, forced.errors], ["Successful", []]);
    assert.equal((await describeGroup("held")).releaseVersion, LATEST);
  });

  it("asks no budget when the desired size is lowered, and chooses the victim itself", async () => {
    const before = await scalingGroupOf("held");
    await aws().eks.send(
      new UpdateNodegroupConfigCommand({
        clusterName,
        nodegroupName: "held",
        scalingConfig: { desiredSize: 1 },
      }),
    );
    const now = await eventually(
      () => scalingGroupOf("held"),
      (scaling) => scaling?.Instances?.length === 1,
    );
    assert.ok(before?.Instances?.some(({ InstanceId }) => InstanceId === now?.Instances?.[0]?.InstanceId));
    await eventually(
      () => nodesOf("held"),
      (nodes) => nodes.length === 1,
    );
    const budget = await policy.readNamespacedPodDisruptionBudget({ name: "held", namespace: "default" });
    assert.equal(budget.status?.disruptionsAllowed, 0);
    await remove("held");
  });

  it("takes a new version of the group's launch template, and computes max pods anew", async () => {
    const { ec2 } = aws();
    const data = (InstanceType: "m5.large" | "m5.xlarge") => ({ InstanceType });
    const { LaunchTemplate } = await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: "workers",
        LaunchTemplateData: data("m5.large"),
      }),
    );
    const id = LaunchTemplate?.LaunchTemplateId ?? "";
    await ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id,
        LaunchTemplateData: data("m5.xlarge"),
      }),
    );
    await create("templated", {
      instanceTypes: undefined,
      launchTemplate: { id, version: "1" },
      updateConfig: { maxUnavailable: 1, updateStrategy: "MINIMAL" },
      scalingConfig: { minSize: 0, maxSize: 1, desiredSize: 1 },
    });
    await assert.rejects(
      begin({ nodegroupName: "templated", launchTemplate: { id, name: "workers", version: "2" } }),
      {
        name: "InvalidParameterException",
        message: "Either provide launch template ID or launch template name in the request.",
      },
    );
    await assert.rejects(
      begin({ nodegroupName: "templated", launchTemplate: { name: "others", version: "2" } }),
      {
        name: "InvalidParameterException",
        message: /must be the one that the node group was created with, workers/,
      },
    );
    const begun = await begin({
      nodegroupName: "templated",
      launchTemplate: { name: "workers", version: "2" },
    });
    assert.deepEqual(begun.params, [
      { type: "Version", value: "1.36" },
      { type: "LaunchTemplateName", value: "workers" },
      { type: "LaunchTemplateVersion", value: "2" },
    ]);
    // MINIMAL: never more than there were.
    const sizes = new Set<number | undefined>();
    const update = await eventually(
      async () => {
        sizes.add((await scalingGroupOf("templated"))?.DesiredCapacity);
        return aws().eks.send(
          new DescribeUpdateCommand({
            name: clusterName,
            nodegroupName: "templated",
            updateId: begun.id,
          }),
        );
      },
      (answer) => answer.update?.status !== "InProgress",
      60_000,
    );
    assert.equal(update.update?.status, "Successful");
    assert.deepEqual([...sizes], [1]);
    const group = await describeGroup("templated");
    assert.deepEqual(group.launchTemplate, { id, name: "workers", version: "2" });
    const [node] = await eventually(
      () => nodesOf("templated"),
      (nodes) => nodes.length === 1,
    );
    assert.equal(node?.metadata?.labels?.["node.kubernetes.io/instance-type"], "m5.xlarge");
    assert.equal(node.metadata.labels["eks.amazonaws.com/sourceLaunchTemplateVersion"], "2");
    assert.equal(node.status?.capacity?.pods, "58");
    await remove("templated");
  });

  it("fails where new nodes don't come up, and leaves the old ones in service", async () => {
    await create("cramped", {
      subnets: subnetIds.slice(2),
      scalingConfig: { minSize: 0, maxSize: 2, desiredSize: 2 },
      updateConfig: { maxUnavailable: 20 },
    });
    const before = (await namesOf("cramped")).sort();
    const { id } = await begin({ nodegroupName: "cramped" });
    const AutoScalingGroupName = (await scalingGroupOf("cramped"))?.AutoScalingGroupName;
    await eventually(
      () => aws().autoScaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName })),
      ({ Activities = [] }) => Activities[0]?.StatusCode === "Failed",
    );
    clock.leap(pace.nodeCreationMs);
    const update = await ended("cramped", id);
    const [error] = update.errors ?? [];
    assert.equal(error?.errorCode, "NodeCreationFailure");
    assert.equal(
      error.errorMessage,
      "Couldn't proceed with upgrade process as new nodes are not joining node group cramped",
    );
    const nodes = await eventually(
      () => nodesOf("cramped"),
      (all) => all.length === 2,
      60_000,
    );
    assert.deepEqual(nodes.map(({ metadata }) => metadata?.name).sort(), before);
    // Its latest launch failed.
    const group = await eventually(
      () => describeGroup("cramped"),
      ({ status }) => status === "DEGRADED",
    );
    assert.equal(group.health?.issues?.[0]?.code, "InsufficientFreeAddresses");
  });
});
