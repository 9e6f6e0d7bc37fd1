import assert from "node:assert/strict";
import { join } from "node:path";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  CreateNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeAddonCommand, ListNodegroupsCommand } from "@aws-sdk/client-eks";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { containerOf, envOf, getAwsNode } from "../../automation/awsNodeDaemonSet";
import { environmentNamed, readEnvironments } from "../../automation/environments";
import type { ApiObject } from "../../automation/kubernetes";
import type { RollbackStep } from "../../automation/rollback/events";
import { Runner, type RunnerEvent } from "../../automation/runner";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { outsideOf as sandboxOutside } from "../support/preflight";
import { sandboxFixture } from "../support/sandbox";
import { clusterOf, nodesOf, oldTaintsOf, witnessOf, type Cluster } from "./rotation/podNetwork";

const root = join(__dirname, "..", "..");
/** The nodes of the world "small": one of each group in each zone. */
const WORKERS = ["batch", "general"].flatMap((group) =>
  ["a", "b", "c"].map((zone) => `${group} us-west-2${zone}`),
);
const placeOf = (labels: Readonly<Record<string, string>>) =>
  `${labels["eks.amazonaws.com/nodegroup"] ?? ""} ${labels["topology.kubernetes.io/zone"] ?? ""}`;
const SETTINGS = { maxUnavailable: 3, podTimeoutSeconds: 300, nodeTimeoutSeconds: 120 };

describe("taking an environment back", function () {
  this.timeout(600_000);
  const sandbox = sandboxFixture("small");
  let cluster: Cluster;
  let untouched: unknown;

  before(async () => {
    cluster = clusterOf(sandbox.record());
    untouched = await world();
  });

  const environment = () => ({
    ...environmentNamed("sandbox", readEnvironments(join(root, "stacks", "environments.yaml"))),
    kubeconfig: sandbox.record().kubeconfig,
    rotation: SETTINGS,
  });
  const runner = async (signal = new AbortController().signal) =>
    new Runner({
      workDir: root,
      pulumi: await PulumiCommand.get({ root: standInPulumiRoot() }),
      env: sandbox.env(),
      signal,
      connect: () => sandboxOutside(sandbox.record()),
    });
  const rolledBack = async () => (await runner()).rollback(environment()).result;
  /** Takes it back until something happens, and stops it there. */
  const rollbackUntil = async (isThere: (event: RunnerEvent) => boolean) => {
    const stop = new AbortController();
    const run = (await runner(stop.signal)).rollback(environment());
    const events: RunnerEvent[] = [];
    const follow = async () => {
      for await (const event of run) {
        events.push(event);
        if (isThere(event)) stop.abort(new Error("stopped here"));
      }
    };
    await assert.rejects(follow, /stopped here/);
    return events;
  };

  /** All that a pod network touches, without what changes with each new node. */
  const world = async () => {
    const { ec2, eks, autoScaling } = cluster.outside;
    const { clusterName } = sandbox.record();
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
    const { AutoScalingGroups = [] } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
    const { nodegroups } = await eks.send(new ListNodegroupsCommand({ clusterName }));
    const { addon } = await eks.send(new DescribeAddonCommand({ clusterName, addonName: "vpc-cni" }));
    const daemonSet = await getAwsNode(cluster.kubernetes);
    const names = (path: string, selectors = {}) =>
      cluster.kubernetes.list(path, ({ metadata }: ApiObject) => metadata.name, selectors);
    const nodes = await nodesOf(cluster);
    return {
      blocks: Vpcs.map(({ VpcId, CidrBlockAssociationSet = [] }) => [
        VpcId,
        CidrBlockAssociationSet.filter(({ CidrBlockState }) => CidrBlockState?.State === "associated").map(
          ({ CidrBlock }) => CidrBlock,
        ),
      ]),
      subnets: Subnets.map(({ SubnetId, Tags = [] }) => [SubnetId, Tags]).sort(),
      routes: RouteTables.map(({ RouteTableId, Associations = [] }) => [
        RouteTableId,
        Associations.map(({ SubnetId }) => SubnetId).sort(),
      ]).sort(),
      groups: AutoScalingGroups.map((group) => [
        group.AutoScalingGroupName,
        group.MinSize,
        group.MaxSize,
        group.DesiredCapacity,
        (group.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName),
      ]).sort(),
      nodegroups: nodegroups?.sort(),
      addOn: [addon?.addonVersion, JSON.parse(addon?.configurationValues ?? "{}")],
      env: envOf(containerOf(daemonSet, "aws-node")),
      initEnv: envOf(containerOf(daemonSet, "aws-vpc-cni-init")),
      eniConfigs: await names("/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs"),
      configMaps: await names("/api/v1/namespaces/kube-system/configmaps"),
      leases: (await names("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases")).filter((name) =>
        name.startsWith("eks-pod-network"),
      ),
      workers: nodes.map(({ metadata: { labels = {} } }) => placeOf(labels)).sort(),
      marks: nodes.flatMap((node) => [
        ...Object.keys(node.metadata.annotations ?? {}).filter((key) => key.includes("eks-pod-network")),
        ...oldTaintsOf(node),
        ...(node.spec?.unschedulable === true ? [node.metadata.name] : []),
      ]),
    };
  };

  it("begins with pods that have all moved", async () => {
    const up = await (await runner()).up(environment()).result;
    assert.equal(up.outcome, "done");
    const rotation = await (await runner()).rotate(environment()).result;
    assert.deepEqual([rotation.outcome, rotation.rotated.length], ["done", 6]);
    assert.notDeepEqual(await world(), untouched);
  });

  it("says what it would do, and does nothing", async () => {
    const moved = await world();
    const plan = (await (await runner()).planRollback(environment()).result) ?? assert.fail();
    assert.deepEqual(plan.problems, []);
    assert.deepEqual(plan.cni, ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=false", "ENI_CONFIG_LABEL_DEF (unset)"]);
    assert.equal(plan.rotation.old.length, 6);
    assert.deepEqual(
      plan.rotation.pools.map(({ nodeGroupName, desiredSize, added }) => [nodeGroupName, desiredSize, added]),
      [
        ["batch", 3, 3],
        ["general", 3, 3],
      ],
    );
    assert.deepEqual(
      plan.oldRange.map(({ availabilityZone, newWorkers }) => [availabilityZone, newWorkers]),
      ["us-west-2a", "us-west-2b", "us-west-2c"].map((zone) => [zone, 2]),
    );
    assert.equal(plan.removed.length, 16);
    assert.deepEqual(plan.left, ["Addon pod-network"]);
    assert.deepEqual(await world(), moved);
  });

  const STEPS: readonly RollbackStep[] = ["cni", "workers", "groups", "subnets", "stack"];
  for (const step of STEPS) {
    it(`goes on where it was stopped as it began with "${step}"`, async () => {
      if (step === "subnets") {
        const [subnet] = await podSubnets();
        const { NetworkInterface } = await cluster.outside.ec2.send(
          new CreateNetworkInterfaceCommand({
            SubnetId: subnet,
            TagSpecifications: [
              {
                ResourceType: "network-interface",
                Tags: [{ Key: "node.k8s.amazonaws.com/instance_id", Value: "i-0123456789abcdef0" }],
              },
            ],
          }),
        );
        assert.ok(NetworkInterface);
      }
      const events = await rollbackUntil(({ type, event }) => type === "rollback" && event.step === step);
      if (step === "groups") await assertWorkersCameFirst(events);
    });
  }

  /** Each old group had its size again, with a worker checked in each zone, before anything was drained. */
  const assertWorkersCameFirst = async (all: readonly RunnerEvent[]) => {
    const events = all.flatMap(({ type, event }) => (type === "rotation" ? [event] : []));
    const firstDrain = events.findIndex(({ type }) => type === "draining");
    assert.ok(firstDrain > 0);
    const before = events.slice(0, firstDrain);
    assert.deepEqual(
      before.flatMap((event) => (event.type === "surging" ? [[event.nodeGroupName, event.to]] : [])).sort(),
      [
        ["batch", 3],
        ["general", 3],
      ],
    );
    const checked = before.flatMap((event) => (event.type === "workerChecked" ? [event.node] : []));
    const nodes = await nodesOf(cluster);
    assert.deepEqual(
      nodes
        .filter(({ metadata }) => checked.includes(metadata.name))
        .map(({ metadata: { labels = {} } }) => placeOf(labels))
        .sort(),
      WORKERS,
    );
    assert.deepEqual(nodes.map(({ metadata: { labels = {} } }) => placeOf(labels)).sort(), WORKERS);
  };

  it("keeps a rotation from beginning while it is unfinished, and says what goes on", async () => {
    const before = await world();
    const rotation = await (await runner()).rotate(environment()).result;
    assert.deepEqual(
      [rotation.outcome, rotation.problems.map(({ reason }) => reason)],
      ["refused", ["has a rollback that was begun and has not ended; aws-node is set as before podnet up."]],
    );
    assert.deepEqual(await world(), before);
    const { step, next, lastRun } = await (await runner()).status(environment()).result;
    assert.deepEqual(
      [step, next, lastRun?.kind],
      ["rollback stopped", `podnet rollback ${environment().name}`, "rollback"],
    );
    const { deviations } = await (await runner()).verify(environment()).result;
    assert.deepEqual(
      deviations.map(({ about }) => about),
      ["rollback"],
    );
  });

  const podSubnets = async () => {
    const { Subnets = [] } = await cluster.outside.ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "cidr-block", Values: ["100.64.*"] }] }),
    );
    return Subnets.map(({ SubnetId = "" }) => SubnetId);
  };

  it("goes on where it was stopped while the stack was being deleted", async () => {
    await rollbackUntil(
      ({ type, event }) =>
        type === "stack" &&
        event.kind === "resource" &&
        event.state === "done" &&
        event.change.type.includes("NodeGroup"),
    );
    assert.equal((await podSubnets()).length, 3);
  });

  it("ends in the world as it was before", async () => {
    const { outcome, problems, removed, removedEarlier = 0, left } = await rolledBack();
    assert.deepEqual([outcome, problems], ["done", []]);
    assert.deepEqual([removedEarlier > 0, removedEarlier + removed.length], [true, 16]);
    assert.ok(!removed.includes("Addon pod-network"), removed.join());
    assert.ok(
      left.every((what) => what === "Addon pod-network"),
      left.join(),
    );
    assert.ok(removed.length > 0);
    assert.deepEqual(await world(), untouched);
    const { NetworkInterfaces = [] } = await cluster.outside.ec2.send(
      new DescribeNetworkInterfacesCommand({}),
    );
    assert.ok(
      NetworkInterfaces.every(({ PrivateIpAddress = "" }) => !PrivateIpAddress.startsWith("100.64.")),
    );
  });

  it("has broken no disruption budget, as the sandbox's own watcher saw it", async () => {
    const { broken, interruptions } = await witnessOf(sandbox.record());
    assert.deepEqual([broken, interruptions], [[], 0]);
  });

  it("has nothing to do when it is run once more", async () => {
    const { outcome, step, removed } = await rolledBack();
    assert.deepEqual([outcome, step, removed], ["done", undefined, []]);
    assert.equal(await (await runner()).planRollback(environment()).result, undefined);
  });
});
