import {
  DeleteAutoScalingGroupCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { DeleteLaunchTemplateCommand } from "@aws-sdk/client-ec2";
import { evictPods } from "./drain";
import type { EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup } from "./eksState";
import { autoScalingGroupOf, instanceIdOf } from "./nodeGroupScaling";

/**
 * Takes a group away: its sizes go to zero, and all its nodes are drained at once.
 *
 * As on EKS, budgets are asked only for a while: what is not evicted by then goes down with its instance.
 */
export async function followDeletion(cluster: Cluster, group: NodeGroup, outside: EksOutside): Promise<void> {
  if ((await autoScalingGroupOf(group, outside)) !== undefined) {
    await drainAndTerminate(group, outside);
    await outside.autoScaling.send(
      new DeleteAutoScalingGroupCommand({
        AutoScalingGroupName: group.autoScalingGroupName,
        ForceDelete: true,
      }),
    );
  }
  while ((await autoScalingGroupOf(group, outside)) !== undefined) {
    await outside.clock.sleep(outside.pace.pollMs, outside.signal);
  }
  await outside.ec2
    .send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: group.launchTemplateId }))
    .catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== "InvalidLaunchTemplateId.NotFound") throw error;
    });
  cluster.nodeGroups.delete(group.name);
  outside.changed();
}

async function drainAndTerminate(group: NodeGroup, outside: EksOutside): Promise<void> {
  const { access, autoScaling, pace } = outside;
  const AutoScalingGroupName = group.autoScalingGroupName;
  // EKS terminates each instance itself, once its node is drained.
  await autoScaling.send(
    new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ["Terminate", "AZRebalance"] }),
  );
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: 0, MaxSize: 0, DesiredCapacity: 0 }),
  );
  const members = (await autoScalingGroupOf(group, outside))?.Instances ?? [];
  const present = new Set(members.map(({ InstanceId = "" }) => InstanceId));
  const nodes = (await access.nodesOf(group.name)).filter((node) => present.has(instanceIdOf(node)));
  for (const { metadata } of nodes) {
    await access.patchNode(metadata?.name ?? "", { spec: { unschedulable: true } });
  }
  await Promise.all(
    nodes.map(async (node) => {
      await evictPods(node.metadata?.name ?? "", pace.drainMs, outside);
      await autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: instanceIdOf(node),
          ShouldDecrementDesiredCapacity: false,
        }),
      );
    }),
  );
}
