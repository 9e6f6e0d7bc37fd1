import assert from "node:assert/strict";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { InvalidInputError } from "../../../planning/problem";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { exitOf, WorldView } from "./worldView";

describe("the world scattered", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("scattered");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has Ready nodes in three zones, all with the AMI's number of pods", async () => {
    assert.deepEqual(await world.nodes(), [
      "us-west-2a Ready 29",
      "us-west-2b Ready 29",
      "us-west-2c Ready 29",
      "us-west-2c Ready 29",
    ]);
    const { items } = await world.core.listPodForAllNamespaces();
    const isReady = (conditions: { type: string; status: string }[] = []) =>
      conditions.some(({ type, status }) => type === "Ready" && status === "True");
    assert.deepEqual(
      items.filter(({ status }) => !isReady(status?.conditions)),
      [],
    );
  });

  it("has the control plane alone in two subnets, and nodes in three others", async () => {
    const own = new Set((await world.cluster()).resourcesVpcConfig?.subnetIds);
    const subnets = await world.subnets();
    const zones = (ids: ReadonlySet<string | undefined>) =>
      subnets
        .filter(({ SubnetId }) => ids.has(SubnetId))
        .map(({ AvailabilityZone, CidrBlock }) => `${AvailabilityZone ?? ""} ${CidrBlock ?? ""}`)
        .sort();
    assert.deepEqual(zones(own), ["us-west-2a 10.20.0.0/28", "us-west-2b 10.20.0.16/28"]);
    const nodes = new Set((await world.instances()).map(({ SubnetId }) => SubnetId));
    assert.deepEqual(zones(nodes), [
      "us-west-2a 10.20.16.0/24",
      "us-west-2b 10.20.17.0/24",
      "us-west-2c 10.20.18.0/24",
    ]);
    const inOwn = (await world.networkInterfaces()).filter(({ SubnetId }) => own.has(SubnetId ?? ""));
    assert.deepEqual(
      inOwn.map(({ Description }) => Description),
      ["Amazon EKS orders-prod", "Amazon EKS orders-prod"],
    );
  });

  it("has one route table, the VPC's main one, which leads to the internet", async () => {
    const [table, ...others] = await world.routeTables();
    assert.deepEqual(others, []);
    assert.ok(table !== undefined);
    assert.equal(exitOf(table), "internet");
    assert.deepEqual(
      table.Associations?.map(({ Main, SubnetId }) => [Main, SubnetId]),
      [[true, undefined]],
    );
  });

  it("has no add-on: EKS wrote aws-node once, and four variables are kubectl's", async () => {
    await assert.rejects(world.vpcCni(), { name: "ResourceNotFoundException" });
    assert.deepEqual((await world.variablesOf("kubectl-set")).sort(), [
      "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS",
      "AWS_VPC_K8S_CNI_LOGLEVEL",
      "MINIMUM_IP_TARGET",
      "WARM_IP_TARGET",
    ]);
    assert.ok((await world.variablesOf("eks")).includes("WARM_ENI_TARGET"));
    const { WARM_IP_TARGET, MINIMUM_IP_TARGET } = await world.awsNodeEnv();
    assert.deepEqual([WARM_IP_TARGET, MINIMUM_IP_TARGET], ["4", "8"]);
    const container = (await world.awsNode()).spec?.template.spec?.containers[0];
    assert.match(container?.image ?? "", /\/amazon-k8s-cni:v1\.23\.1-eksbuild\.1$/);
  });

  it("has a managed group whose nodes have the cluster's security group, and others with one more", async () => {
    const clusterGroup = (await world.cluster()).resourcesVpcConfig?.clusterSecurityGroupId;
    const groups = (await world.instances())
      .map(({ Placement, SecurityGroups = [] }) => {
        const names = SecurityGroups.map(({ GroupId, GroupName }) =>
          GroupId === clusterGroup ? "cluster" : (GroupName ?? ""),
        );
        return `${Placement?.AvailabilityZone ?? ""}: ${names.sort().join(" ")}`;
      })
      .sort();
    assert.deepEqual(groups, [
      "us-west-2a: cluster",
      "us-west-2b: cluster",
      "us-west-2c: cluster orders-prod-nodes",
      "us-west-2c: cluster orders-prod-nodes",
    ]);
  });

  it("has an Auto Scaling group that is no node group, and says which cluster it is for", async () => {
    const { awsEndpoint, region } = record();
    const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
    const autoScaling = new AutoScalingClient({ endpoint: awsEndpoint, region, credentials });
    const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["orders-prod-workers"] }),
    );
    assert.deepEqual([group?.MinSize, group?.DesiredCapacity, group?.MaxSize], [2, 2, 6]);
    assert.equal(group?.Tags?.find(({ Key }) => Key === "kubernetes.io/cluster/orders-prod")?.Value, "owned");
    const { items } = await world.core.listNode({ labelSelector: "workload=workers" });
    assert.equal(items.length, 2);
    for (const { metadata } of items) {
      assert.equal(metadata?.labels?.["eks.amazonaws.com/nodegroup"], undefined);
    }
  });

  describe("looked at before anything is changed", () => {
    const apps = { name: "pods-apps", replaces: ["apps"], like: "apps" };
    const workers = {
      name: "pods-workers",
      replaces: ["orders-prod-workers"],
      instanceTypes: ["m5.large"],
      maxSize: 6,
    };

    it("is told which pods new workers would not take, by a label of the group that goes", async () => {
      const withoutLabel = await preflightOf(record(), { workerGroups: [apps, workers] });
      const [finding, ...others] = findingsOf(withoutLabel, "POD-NO-NODE");
      assert.match(
        finding?.title ?? "",
        /^ReplicaSet orders\/orders-worker-\w+ would find no node: it needs label workload=workers$/,
      );
      assert.deepEqual(others, []);
      const labelled = { ...workers, labels: { workload: "workers" } };
      const { passed } = await preflightOf(record(), { workerGroups: [apps, labelled] });
      assert.ok(passed.includes("POD-NO-NODE"));
    });

    it("is told which managed group nothing takes the place of", async () => {
      const found = findingsOf(
        await preflightOf(record(), { workerGroups: [workers] }),
        "GROUP-NOT-REPLACED",
      );
      assert.deepEqual(
        found.map(({ level, title }) => [level, title]),
        [["warn", "no worker group takes the place of 2 nodes of managed node group apps"]],
      );
    });

    it("is told whose the other nodes are, and nothing that stops a migration", async () => {
      const preflight = await preflightOf(record());
      assert.deepEqual(
        findingsOf(preflight, "NODE-OWNER").map(({ title }) => title),
        ["2 nodes belong to Auto Scaling group orders-prod-workers"],
      );
      assert.deepEqual(
        preflight.findings.filter(({ level }) => level === "stop"),
        [],
      );
    });

    it("is not mixed up with a cluster that there is not", async () => {
      await assert.rejects(preflightOf({ ...record(), clusterName: "orders" }), (error) => {
        assert.ok(error instanceof InvalidInputError);
        assert.match(error.problems[0]?.reason ?? "", /^EKS has no cluster "orders"/);
        return true;
      });
    });
  });
});
