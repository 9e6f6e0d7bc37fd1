import assert from "node:assert/strict";
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import { DescribeNodegroupCommand } from "@aws-sdk/client-eks";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world full-group", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("full-group");
  let world: WorldView;
  let autoScaling: AutoScalingClient;
  before(() => {
    const { awsEndpoint: endpoint, region } = record();
    world = new WorldView(record());
    const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
    autoScaling = new AutoScalingClient({ endpoint, region, credentials });
  });
  after(() => {
    autoScaling.destroy();
  });

  it("has a managed group of three nodes that may have three", async () => {
    const { nodegroup } = await world.eks.send(
      new DescribeNodegroupCommand({ clusterName: "full-group", nodegroupName: "general" }),
    );
    assert.deepEqual(nodegroup?.scalingConfig, { minSize: 3, maxSize: 3, desiredSize: 3 });
    assert.deepEqual(await world.nodes(), [
      "us-west-2a Ready 29",
      "us-west-2b Ready 29",
      "us-west-2c Ready 29",
    ]);
  });

  it("is told beforehand, with the command that makes room", async () => {
    const [finding, ...others] = findingsOf(await preflightOf(record()), "GROUP-AT-MAX");
    assert.equal(finding?.title, "node group general is at its maximum size, 3");
    assert.match(finding.wayOut, /--nodegroup-name general --scaling-config maxSize=4$/);
    assert.deepEqual(others, []);
  });

  it("refuses a fourth one, and one less", async () => {
    const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({}),
    );
    const resize = (DesiredCapacity: number) =>
      autoScaling.send(
        new SetDesiredCapacityCommand({
          AutoScalingGroupName: group?.AutoScalingGroupName,
          DesiredCapacity,
        }),
      );
    await assert.rejects(resize(4), { name: "ValidationError", message: /4 is above max value 3/ });
    await assert.rejects(resize(2), { name: "ValidationError", message: /2 is below min value 3/ });
  });
});
