import { KUBERNETES_VERSION, type EksOutside } from "./eksOutside";
import type { NodeGroup } from "./eksState";
import { autoScalingGroupOf } from "./nodeGroupScaling";

/** As DescribeNodegroup shows it; the desired size is the Auto Scaling group's, whoever changed it last. */
export async function describeNodeGroup(group: NodeGroup, outside: EksOutside) {
  const scaling = await autoScalingGroupOf(group, outside);
  return {
    nodegroupName: group.name,
    nodegroupArn: group.arn,
    clusterName: group.clusterName,
    version: KUBERNETES_VERSION,
    releaseVersion: group.releaseVersion,
    createdAt: group.createdAt / 1000,
    modifiedAt: group.modifiedAt / 1000,
    status: group.status,
    capacityType: group.capacityType,
    scalingConfig: {
      minSize: group.minSize,
      maxSize: group.maxSize,
      desiredSize: scaling?.DesiredCapacity ?? group.desiredSize,
    },
    instanceTypes: group.instanceTypes,
    subnets: group.subnetIds,
    amiType: group.amiType,
    nodeRole: group.nodeRole,
    labels: group.labels,
    ...(group.taints.length > 0 ? { taints: group.taints } : {}),
    resources: { autoScalingGroups: [{ name: group.autoScalingGroupName }] },
    ...(group.userLaunchTemplate === undefined ? { diskSize: group.diskSize } : {}),
    health: { issues: group.issues },
    updateConfig: group.updateConfig,
    ...(group.userLaunchTemplate === undefined ? {} : { launchTemplate: group.userLaunchTemplate }),
    tags: group.tags,
  };
}
