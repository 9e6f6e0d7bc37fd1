import * as pulumi from "@pulumi/pulumi";
import { Group } from "@pulumi/aws/autoscaling/group";
import type { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import type { WorkerPlan } from "../../planning/workers/planWorkers";
import { newestVersionOf } from "./launchTemplate";

/** An Auto Scaling group of a worker group. */
export interface AutoScalingGroupArgs {
  readonly clusterName: string;
  readonly groupName: string;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly plan: WorkerPlan;
  readonly tags: pulumi.Input<Record<string, string>>;
  readonly template: LaunchTemplate;
  readonly isAdopted: boolean;
}

/**
 * Makes an Auto Scaling group.
 *
 * It has one zone, so there is nothing between which AZRebalance could move nodes, and nothing to suspend. How many
 * nodes it wants is never said: it begins with its minimum, Auto Scaling raises it with a raised minimum by itself, and
 * all else is for those who size it. What they suspend in it while they drain stays suspended.
 */
export function autoScalingGroup(name: string, args: AutoScalingGroupArgs, parent: pulumi.Resource): Group {
  const { clusterName, groupName, plan, tags } = args;
  return new Group(
    name,
    {
      name: groupName,
      minSize: plan.minSize,
      maxSize: plan.maxSize,
      vpcZoneIdentifiers: args.subnetIds,
      ...launchOf(args),
      tags: pulumi.output(tags).apply((all) =>
        Object.entries({
          Name: groupName,
          ...all,
          // The cloud provider takes instances without it for no nodes of the cluster's.
          [`kubernetes.io/cluster/${clusterName}`]: "owned",
        })
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      ),
    },
    {
      parent,
      ignoreChanges: ["desiredCapacity", "suspendedProcesses", "vpcZoneIdentifiers"],
      ...(args.isAdopted && { import: groupName }),
    },
  );
}

/** One type is the template's; of several, the group chooses. */
function launchOf({ plan, template }: AutoScalingGroupArgs) {
  const { instanceTypes, capacityType } = plan;
  const { id, version } = newestVersionOf(template);
  if (instanceTypes.length === 1) return { launchTemplate: { id, version } };
  return {
    mixedInstancesPolicy: {
      instancesDistribution: { onDemandPercentageAboveBaseCapacity: capacityType === "SPOT" ? 0 : 100 },
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: id, version },
        overrides: instanceTypes.map((instanceType) => ({ instanceType })),
      },
    },
  };
}
