import * as pulumi from "@pulumi/pulumi";
import { CLUSTER_TAG } from "../../planning/podNetwork/clusterFacts";
import { diskDeviceOf, needsLaunchTemplate } from "../../planning/workers/workerRequest";
import type { ZonalPlan } from "../../planning/workers/zonalPlans";
import type { WorkerGroupArgs, WorkerNodeGroup } from "./workerGroupArgs";
import { autoScalingGroup } from "./autoScalingGroup";
import { workerTemplate } from "./launchTemplate";
import { managedGroup } from "./managedGroup";
import { requestOf } from "./problemsNow";

/** The group of one zone of a worker group. */
export interface ZonalGroupArgs {
  readonly args: WorkerGroupArgs;
  readonly plan: ZonalPlan;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The security group that EKS made for the cluster, where it was read. */
  readonly clusterSecurityGroupId?: string | undefined;
}

/** Makes the group of one zone, and the launch template that it needs. */
export function zonalGroup(
  name: string,
  { args, plan, subnetIds, clusterSecurityGroupId }: ZonalGroupArgs,
  parent: pulumi.Resource,
): pulumi.Output<WorkerNodeGroup> {
  const { clusterName, kind = "managed" } = args;
  const { availabilityZone, nodeGroupName, isAdopted, labels } = plan;
  const request = requestOf(args);
  const isAutoScaling = kind === "autoScaling";
  const tags = pulumi
    .output(args.tags ?? {})
    .apply((given) => ({ ...plan.tags, ...given, [CLUSTER_TAG]: clusterName }));
  const [onlyType, ...furtherTypes] = plan.instanceTypes;
  const template = needsLaunchTemplate(request)
    ? workerTemplate(
        name,
        {
          imageId: args.imageId,
          userData: plan.userData,
          securityGroupIds: args.securityGroupIds ?? ownGroups(isAutoScaling, clusterSecurityGroupId),
          diskSize: plan.diskSize,
          tags,
          diskDevice: diskDeviceOf(request, plan.amiType),
          ...(isAutoScaling && { instanceProfileArn: args.instanceProfileArn }),
          ...(isAutoScaling &&
            furtherTypes.length === 0 && {
              instanceType: onlyType,
              isSpot: plan.capacityType === "SPOT",
            }),
        },
        parent,
      )
    : undefined;
  const told = (groupName: string, maxSize: number) => ({
    nodeGroupName: groupName,
    kind,
    availabilityZone,
    maxSize,
  });
  if (isAutoScaling && template !== undefined) {
    const group = autoScalingGroup(
      name,
      { clusterName, groupName: nodeGroupName, subnetIds, plan, tags, template, isAdopted },
      parent,
    );
    return pulumi.all([group.name, group.maxSize]).apply(([groupName, maxSize]) => told(groupName, maxSize));
  }
  const group = managedGroup(
    name,
    {
      clusterName,
      nodeGroupName,
      subnetIds,
      // Missing in neither place: that would have been a problem.
      nodeRoleArn: args.nodeRoleArn ?? plan.nodeRoleArn ?? "",
      plan,
      labels,
      tags,
      template,
      isAdopted,
      desiredSize: plan.desiredSize,
    },
    parent,
  );
  return pulumi
    .all([group.nodeGroupName, group.scalingConfig])
    .apply(([groupName, { maxSize }]) => told(groupName, maxSize));
}

/** EKS gives the cluster's group to managed nodes by itself; nobody does to others. */
function ownGroups(isAutoScaling: boolean, clusterSecurityGroupId: string | undefined): string[] | undefined {
  return isAutoScaling && clusterSecurityGroupId !== undefined ? [clusterSecurityGroupId] : undefined;
}
