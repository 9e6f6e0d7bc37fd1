import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeAutoScalingGroupsCommand, AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import { DescribeNodegroupCommand } from "@aws-sdk/client-eks";
import { downSandbox, upSandbox, type SandboxRecord } from "../../../sandbox/sandbox";
import { WorldView } from "./worldView";

/** All that is to be the same in a sandbox that starts with what another one has built. */
async function contentOf(record: SandboxRecord) {
  const view = new WorldView(record);
  const { items: pods } = await view.core.listPodForAllNamespaces();
  const { NetworkInterfaces = [] } = await view.ec2.send(new DescribeNetworkInterfacesCommand({}));
  const groups = await Promise.all(
    ["team-01", "team-02"].map(async (nodegroupName) => {
      const asked = new DescribeNodegroupCommand({ clusterName: "large", nodegroupName });
      const { nodegroup } = await view.eks.send(asked);
      return [nodegroup?.nodegroupName, nodegroup?.status, nodegroup?.scalingConfig?.desiredSize];
    }),
  );
  return {
    nodes: await view.nodes(),
    groups,
    pods: pods
      .map(({ metadata, status }) => `${metadata?.uid ?? ""} ${status?.phase ?? ""} ${status?.podIP ?? ""}`)
      .sort(),
    interfaces: NetworkInterfaces.map((one) => ({
      id: one.NetworkInterfaceId,
      instance: one.Attachment?.InstanceId,
      goesWithIt: one.Attachment?.DeleteOnTermination,
      addresses: one.PrivateIpAddresses?.map(({ PrivateIpAddress }) => PrivateIpAddress),
      groups: one.Groups?.map(({ GroupId }) => GroupId),
    })),
  };
}

describe("the world large", function () {
  this.timeout(600_000);
  const progress = { step: () => undefined, say: () => undefined, show: () => undefined };
  let folder: string;
  let built: SandboxRecord;
  let content: Awaited<ReturnType<typeof contentOf>>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "podnet-large-"));
    built = await upSandbox({
      folder: join(folder, "built"),
      world: "large",
      nodes: 10,
      fresh: true,
      progress,
    });
    content = await contentOf(built);
  });
  after(async () => {
    for (const name of ["built", "kept"]) await downSandbox({ folder: join(folder, name) });
    rmSync(folder, { recursive: true });
  });

  it("has as many nodes as were asked for, in two groups over three zones, and 20 pods for each", async () => {
    assert.deepEqual(content.groups, [
      ["team-01", "ACTIVE", 5],
      ["team-02", "ACTIVE", 5],
    ]);
    assert.deepEqual(
      new Set(content.nodes),
      new Set(["us-west-2a Ready 58", "us-west-2b Ready 58", "us-west-2c Ready 58"]),
    );
    assert.equal(content.nodes.length, 10);
    const { items } = await new WorldView(built).apps.listDeploymentForAllNamespaces();
    assert.deepEqual(
      items.map(({ status }) => status?.readyReplicas),
      [50, 50, 50, 50],
    );
    const { items: budgets } = await new WorldView(built).policy.listPodDisruptionBudgetForAllNamespaces();
    assert.deepEqual(
      budgets.map(({ spec }) => spec?.maxUnavailable ?? spec?.minAvailable),
      ["10%", "80%", "10%", "80%"],
    );
  });

  it("can't be up with another number of nodes at the same time", async () => {
    await assert.rejects(
      upSandbox({ folder: built.folder, world: "large", nodes: 11, progress }),
      /is up with the world large with 10 nodes, not large with 11 nodes/,
    );
  });

  it("starts a second time with what was built, and goes on from there", async () => {
    const kept = await upSandbox({ folder: join(folder, "kept"), world: "large", nodes: 10, progress });
    assert.deepEqual(await contentOf(kept), content);

    // Its Auto Scaling still knows its instances, and the data plane its nodes.
    const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
    const autoScaling = new AutoScalingClient({
      endpoint: kept.awsEndpoint,
      region: kept.region,
      credentials,
    });
    const { AutoScalingGroups = [] } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
    const inGroups = AutoScalingGroups.flatMap(({ Instances = [] }) =>
      Instances.map((one) => one.InstanceId),
    );
    const instances = await new WorldView(kept).instances();
    assert.deepEqual(inGroups.sort(), instances.map(({ InstanceId }) => InstanceId).sort());
  });
});
