import assert from "node:assert/strict";
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { eventually } from "../../automation/rotation/podNetwork";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

const CLOUDFORMATION = "foreign-group-cloudformation";

describe("the world foreign-group", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("foreign-group");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const autoScaling = () => {
    const { awsEndpoint, region } = record();
    const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
    return new AutoScalingClient({ endpoint: awsEndpoint, region, credentials });
  };
  const groups = async (...names: string[]): Promise<AutoScalingGroup[]> => {
    const AutoScalingGroupNames = names.length === 0 ? undefined : names;
    const answer = await autoScaling().send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }));
    return answer.AutoScalingGroups ?? [];
  };
  const tagOf = ({ Tags = [] }: AutoScalingGroup, key: string) => Tags.find(({ Key }) => Key === key)?.Value;

  it("has a managed group, and three Auto Scaling groups of the cluster that are no node group", async () => {
    const foreign = (await groups()).filter((group) => tagOf(group, "eks:nodegroup-name") === undefined);
    assert.deepEqual(
      foreign
        .map((group) => [
          group.AutoScalingGroupName,
          tagOf(group, "kubernetes.io/cluster/foreign-group"),
          group.DesiredCapacity,
        ])
        .sort(),
      [
        ["eksctl-foreign-group-nodegroup-batch-NodeGroup", "owned", 1],
        ["foreign-group-cloudformation", "owned", 1],
        ["foreign-group-terraform", "owned", 1],
      ],
    );
    const states = (await world.nodes()).map((line) => line.split(" ")[1]);
    assert.deepEqual(states, ["Ready", "Ready", "Ready", "Ready"]);
  });

  it("is told beforehand whose each of them is, by its tags", async () => {
    const preflight = await preflightOf(record());
    assert.deepEqual(
      findingsOf(preflight, "GROUP-OWNER").map(({ title }) => title),
      [
        "Auto Scaling group eksctl-foreign-group-nodegroup-batch-NodeGroup belongs to the eksctl node group batch",
        "Auto Scaling group foreign-group-cloudformation belongs to the CloudFormation stack eks-workers",
        "Auto Scaling group foreign-group-terraform belongs to Terraform",
      ],
    );
    assert.deepEqual(
      findingsOf(preflight, "NODE-OWNER")
        .map(({ title }) => title)
        .sort(),
      [
        "1 node belongs to Auto Scaling group eksctl-foreign-group-nodegroup-batch-NodeGroup",
        "1 node belongs to Auto Scaling group foreign-group-cloudformation",
        "1 node belongs to Auto Scaling group foreign-group-terraform",
      ],
    );
  });

  it("has on each the tags of the tool that owns it", async () => {
    const said: Record<string, (string | undefined)[]> = {};
    for (const group of await groups()) {
      said[group.AutoScalingGroupName ?? ""] = [
        "aws:cloudformation:stack-name",
        "ManagedBy",
        "alpha.eksctl.io/nodegroup-name",
      ].map((key) => tagOf(group, key));
    }
    assert.deepEqual(said["foreign-group-cloudformation"], ["eks-workers", undefined, undefined]);
    assert.deepEqual(said["foreign-group-terraform"], [undefined, "terraform", undefined]);
    assert.deepEqual(said["eksctl-foreign-group-nodegroup-batch-NodeGroup"], [
      "eksctl-foreign-group-nodegroup-batch",
      undefined,
      "batch",
    ]);
  });

  it("gets its nodes back as its owner's template says, whoever emptied the group", async () => {
    const [before] = await groups(CLOUDFORMATION);
    const size = (count: number) =>
      eventually(`${count} instances are InService`, async () => {
        const [group] = await groups(CLOUDFORMATION);
        const instances = group?.Instances ?? [];
        return instances.length === count && instances.every((one) => one.LifecycleState === "InService");
      });
    const name = { AutoScalingGroupName: CLOUDFORMATION };
    await autoScaling().send(new UpdateAutoScalingGroupCommand({ ...name, MinSize: 0 }));
    await autoScaling().send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity: 0 }));
    await size(0);

    // What an update of the owner's stack does: it writes its own sizes.
    const own = { MinSize: before?.MinSize, DesiredCapacity: before?.DesiredCapacity };
    await autoScaling().send(new UpdateAutoScalingGroupCommand({ ...name, ...own }));
    await size(1);
    const [after] = await groups(CLOUDFORMATION);
    assert.deepEqual(after?.Instances?.[0]?.LaunchTemplate, before?.Instances?.[0]?.LaunchTemplate);
    assert.notEqual(after?.Instances?.[0]?.InstanceId, before?.Instances?.[0]?.InstanceId);
  });
});
