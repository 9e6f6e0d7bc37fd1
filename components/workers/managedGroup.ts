import type * as pulumi from "@pulumi/pulumi";
import type { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import { NodeGroup } from "@pulumi/aws/eks/nodeGroup";
import type { WorkerPlan } from "../../planning/workers/planWorkers";
import { newestVersionOf } from "./launchTemplate";

/** A managed node group of a worker group. */
export interface ManagedGroupArgs {
  readonly clusterName: string;
  readonly nodeGroupName: string;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly nodeRoleArn: pulumi.Input<string>;
  readonly plan: WorkerPlan;
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: pulumi.Input<Record<string, string>>;
  readonly template?: LaunchTemplate | undefined;
  readonly isAdopted: boolean;
  /** How many nodes it wants at this moment, where it exists and that is known. */
  readonly desiredSize?: number | undefined;
}

/**
 * Makes a managed node group.
 *
 * Max pods is never set: EKS computes it where it chooses the image, and user data says it where it doesn't.
 */
export function managedGroup(name: string, args: ManagedGroupArgs, parent: pulumi.Resource): NodeGroup {
  const { clusterName, nodeGroupName, plan, template, labels, tags, desiredSize } = args;
  const { instanceTypes, amiType, capacityType, diskSize, taints, minSize, maxSize } = plan;
  // What is ignored stays as the state has it: EKS would refuse the new minimum above the old size.
  const isTooSmall = desiredSize !== undefined && desiredSize < minSize;
  return new NodeGroup(
    name,
    {
      clusterName,
      nodeGroupName,
      nodeRoleArn: args.nodeRoleArn,
      subnetIds: args.subnetIds,
      ...(instanceTypes.length > 0 && { instanceTypes: [...instanceTypes] }),
      ...(amiType !== undefined && { amiType }),
      ...(capacityType !== undefined && { capacityType }),
      // EKS takes no disk beside a launch template, which says it then.
      ...(template === undefined
        ? diskSize !== undefined && { diskSize }
        : { launchTemplate: newestVersionOf(template) }),
      scalingConfig: { minSize, desiredSize: Math.max(desiredSize ?? 0, minSize), maxSize },
      tags,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(taints.length > 0 && {
        taints: taints.map(({ key, value, effect }) => ({
          key,
          effect: inWordsOfEks(effect),
          ...(value !== undefined && { value }),
        })),
      }),
    },
    {
      parent,
      // A change of subnets would replace a group that is in use; it keeps those that it was made with.
      ignoreChanges: [...(isTooSmall ? [] : ["scalingConfig.desiredSize"]), "subnetIds"],
      ...(args.isAdopted && { import: `${clusterName}:${nodeGroupName}` }),
    },
  );
}

/** EKS's API writes NO_SCHEDULE where Kubernetes writes NoSchedule. */
function inWordsOfEks(effect: string): string {
  return effect.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}
