import type { EksOutside } from "./eksOutside";
import type { NodeGroup } from "./eksState";
import { launchFailure } from "./nodeGroupHealth";
import { autoScalingGroupOf, isReady } from "./nodeGroupScaling";
import type { EksIssue } from "./update";

/** As many nodes as the time for the creation of a group is meant for; a bigger group has as much more. */
const NODES_IN_TIME = 10;

/** Follows a new group until its nodes are Ready, or have not become so in time. */
export async function followCreation(group: NodeGroup, outside: EksOutside): Promise<void> {
  // On AWS nodes start beside each other; here a big group's have to share this computer.
  const shares = Math.max(1, group.desiredSize / NODES_IN_TIME);
  const deadline = outside.clock.now() + outside.pace.nodeCreationMs * shares;
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
  return (
    (await launchFailure(group, outside)) ?? {
      code: "AsgInstanceLaunchFailures",
      message: "Could not launch instances",
      resourceIds: [group.autoScalingGroupName],
    }
  );
}
