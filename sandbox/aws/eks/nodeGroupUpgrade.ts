import { UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup } from "./eksState";
import type { NodeBuild } from "./nodeBuild";
import { autoScalingGroupOf, launchPolicy } from "./nodeGroupScaling";
import { createTemplateVersion, type TemplateInput } from "./nodeGroupTemplate";
import { markOld, scaleDown, scaleUp, unmarkOld, upgradeBatches } from "./upgradePhases";
import type { EksIssue } from "./update";

/**
 * Replaces all nodes of a group by nodes of another build, in the phases that EKS documents: set up, scale up, upgrade
 * batch by batch, scale down. When one of them fails the group goes back to what it was: the template's version, its
 * size, and its old nodes schedulable.
 *
 * @param force deletes in the end what budgets hold back.
 * @returns what hindered it.
 */
export async function upgradeNodeGroup(
  cluster: Cluster,
  group: NodeGroup,
  build: NodeBuild,
  force: boolean,
  outside: EksOutside,
): Promise<EksIssue | undefined> {
  const before = await autoScalingGroupOf(group, outside);
  if (before === undefined) {
    return {
      code: "Unknown",
      message: "We couldn't find the Auto Scaling group associated with the managed node group.",
      resourceIds: [group.autoScalingGroupName],
    };
  }
  const { user, ...made } = build;
  const formerVersion = group.launchTemplateVersion;
  const launchTemplateVersion = await createTemplateVersion(
    group,
    { cluster, nodeGroupName: group.name, ...templateParts(group), ...made, ...(user && { user }) },
    outside,
  );
  await launchFrom(group, { launchTemplateVersion, instanceTypes: made.instanceTypes }, outside);

  const upgrade = {
    ...{ group, launchTemplateVersion, force, outside },
    sizes: { desired: before.DesiredCapacity ?? 0, max: before.MaxSize ?? 0 },
    surge: surgeOf(group, before.AvailabilityZones?.length ?? 1, before.DesiredCapacity ?? 0),
    batch: batchSize(group, before.DesiredCapacity ?? 0),
  };
  const failed = await scaleUp(upgrade);
  if (failed === undefined) await markOld(upgrade);
  const issue = failed ?? (await upgradeBatches(upgrade));
  if (issue !== undefined) {
    await launchFrom(
      group,
      { launchTemplateVersion: formerVersion, instanceTypes: group.instanceTypes },
      outside,
    );
    await unmarkOld(upgrade);
  }
  await scaleDown(upgrade);
  if (issue !== undefined) return issue;
  Object.assign(group, made, { launchTemplateVersion });
  if (user !== undefined) {
    group.userLaunchTemplate = { id: user.id, name: user.name, version: user.version };
  }
  return undefined;
}

/** How many nodes may be away at once: a number, or a share of the group, at least one. */
export function batchSize({ updateConfig }: Pick<NodeGroup, "updateConfig">, desired: number): number {
  const { maxUnavailable, maxUnavailablePercentage = 0 } = updateConfig;
  return Math.min(100, maxUnavailable ?? Math.max(1, Math.floor((desired * maxUnavailablePercentage) / 100)));
}

/** How many nodes come before others go: twice the zones, or a batch if it is larger; none under MINIMAL. */
export function surgeOf(group: Pick<NodeGroup, "updateConfig">, zones: number, desired: number): number {
  if (group.updateConfig.updateStrategy === "MINIMAL" || desired === 0) return 0;
  return Math.max(2 * zones, batchSize(group, desired));
}

function templateParts({
  capacityType,
  labels,
  taints,
}: NodeGroup): Pick<TemplateInput, "capacityType" | "labels" | "taints"> {
  return { capacityType, labels, taints };
}

async function launchFrom(
  group: NodeGroup,
  what: Pick<NodeGroup, "launchTemplateVersion" | "instanceTypes">,
  { autoScaling }: EksOutside,
): Promise<void> {
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: group.autoScalingGroupName,
      MixedInstancesPolicy: launchPolicy({ launchTemplateId: group.launchTemplateId, ...what }),
    }),
  );
}
