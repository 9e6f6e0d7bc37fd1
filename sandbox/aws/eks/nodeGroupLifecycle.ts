import {
  DeleteAutoScalingGroupCommand,
  DescribeScalingActivitiesCommand,
} from "@aws-sdk/client-auto-scaling";
import { DeleteLaunchTemplateCommand } from "@aws-sdk/client-ec2";
import type { V1Node, V1Pod } from "@kubernetes/client-node";
import type { EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup } from "./eksState";
import { autoScalingGroupOf } from "./nodeGroupScaling";
import type { EksIssue } from "./update";

/** Follows a new group until its nodes are Ready, or have not become so in time. */
export async function followCreation(group: NodeGroup, outside: EksOutside): Promise<void> {
  const deadline = outside.clock.now() + outside.pace.nodeCreationMs;
  while (group.status === "CREATING") {
    if (await allReady(group, outside)) {
      group.status = "ACTIVE";
    } else if (outside.clock.now() > deadline) {
      group.issues = [await creationIssue(group, outside)];
      group.status = "CREATE_FAILED";
      outside.log(`node group ${group.name}: CREATE_FAILED, ${group.issues[0]?.message ?? ""}`);
    } else {
      await outside.clock.sleep(outside.pace.pollMs, outside.signal);
      continue;
    }
    group.modifiedAt = outside.clock.now();
    outside.changed();
  }
}

async function allReady(group: NodeGroup, outside: EksOutside): Promise<boolean> {
  const scaling = await autoScalingGroupOf(group, outside);
  const wanted = scaling?.DesiredCapacity ?? group.desiredSize;
  if ((scaling?.Instances ?? []).length < wanted) return false;
  const nodes = wanted === 0 ? [] : await outside.access.nodesOf(group.name);
  return nodes.filter(isReady).length >= wanted;
}

function isReady(node: V1Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

async function creationIssue(group: NodeGroup, outside: EksOutside): Promise<EksIssue> {
  const scaling = await autoScalingGroupOf(group, outside);
  const instanceIds = (scaling?.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
  if (instanceIds.length >= (scaling?.DesiredCapacity ?? 0)) {
    return {
      code: "NodeCreationFailure",
      message: "Instances failed to join the kubernetes cluster",
      resourceIds: instanceIds,
    };
  }
  const { Activities: [latest] = [] } = await outside.autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group.autoScalingGroupName }),
  );
  return {
    code: "AsgInstanceLaunchFailures",
    message: latest?.StatusMessage ?? "Could not launch instances",
    resourceIds: [group.autoScalingGroupName],
  };
}

/**
 * Drains a group's nodes and takes it away.
 *
 * As on EKS, budgets are asked only for a while: what is not evicted by then goes down with its instance.
 */
export async function followDeletion(cluster: Cluster, group: NodeGroup, outside: EksOutside): Promise<void> {
  await drain(group, outside);
  await outside.autoScaling.send(
    new DeleteAutoScalingGroupCommand({
      AutoScalingGroupName: group.autoScalingGroupName,
      ForceDelete: true,
    }),
  );
  while ((await autoScalingGroupOf(group, outside)) !== undefined) {
    await outside.clock.sleep(outside.pace.pollMs, outside.signal);
  }
  await outside.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: group.launchTemplateId }));
  cluster.nodeGroups.delete(group.name);
  outside.changed();
}

async function drain(group: NodeGroup, { access, clock, pace, signal }: EksOutside): Promise<void> {
  const nodes = (await access.nodesOf(group.name)).flatMap(({ metadata }) => metadata?.name ?? []);
  for (const node of nodes) await access.patchNode(node, { spec: { unschedulable: true } });
  const deadline = clock.now() + pace.drainMs;
  for (;;) {
    const pods = (await Promise.all(nodes.map((node) => access.podsOn(node)))).flat().filter(isToBeMoved);
    if (pods.length === 0 || clock.now() > deadline) return;
    for (const pod of pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)) {
      await access.evict(pod);
    }
    await clock.sleep(pace.pollMs, signal);
  }
}

/** Pods of DaemonSets and static pods stay with their node; finished ones have nothing to lose. */
function isToBeMoved({ metadata, status }: V1Pod): boolean {
  const ofDaemonSet = metadata?.ownerReferences?.some(({ kind }) => kind === "DaemonSet" || kind === "Node");
  return ofDaemonSet !== true && status?.phase !== "Succeeded" && status?.phase !== "Failed";
}
