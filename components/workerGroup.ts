import * as pulumi from "@pulumi/pulumi";
import { NodeGroup } from "@pulumi/aws/eks/nodeGroup";
import { CLUSTER_TAG } from "../planning/podNetwork/clusterFacts";
import { nodeGroupName } from "../planning/podNetwork/workerGroups";

/** Arguments of `WorkerGroup`. */
export interface WorkerGroupArgs {
  /** Plain, because groups that exist are taken over by it. */
  readonly clusterName: string;
  /** What the groups are called, before the zone: `workers` becomes `workers-us-west-2a`. */
  readonly groupName: string;
  /** Where the nodes go. Plain, because each zone is a group of its own. */
  readonly zones: WorkerGroupZone[];
  readonly instanceTypes: pulumi.Input<pulumi.Input<string>[]>;
  readonly nodeRoleArn: pulumi.Input<string>;
  /** Nodes at the least in each zone. Plain, because a group below it is raised to it. @default 0 */
  readonly minSize?: number;
  /** Nodes at the most in each zone. */
  readonly maxSize: pulumi.Input<number>;
  /** Labels of the nodes. @default none */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints of the nodes. @default none */
  readonly taints?: WorkerGroupTaint[];
  /** An image type of Amazon Linux 2023. @default AL2023_x86_64_STANDARD */
  readonly amiType?: pulumi.Input<string>;
}

/** A zone of a worker group. */
export interface WorkerGroupZone {
  /** Such as `us-west-2a`. */
  readonly availabilityZone: string;
  /** Subnets of the zone for the nodes themselves. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether the group exists already; then it is taken over. @default false */
  readonly exists?: boolean;
  /** How many nodes a group that exists wants at this moment; left out, its size is left alone whatever it is. */
  readonly desiredSize?: number;
}

/** A taint of nodes. */
export interface WorkerGroupTaint {
  readonly key: string;
  /** @default "" */
  readonly value?: string;
  /** NoSchedule, PreferNoSchedule or NoExecute. */
  readonly effect: string;
}

/** A managed node group of a worker group. */
export interface WorkerNodeGroup {
  readonly nodeGroupName: string;
  readonly availabilityZone: string;
  readonly maxSize: number;
}

/**
 * New workers: an EKS managed node group in each zone, of Amazon Linux 2023.
 *
 * One group per zone, so that a group that is short of nodes never makes up for it in another zone, where the pods'
 * volumes are not. The groups begin with their minimum, which is no node unless it is given; whoever rotates the old
 * ones sets how many there are, and that number is left alone here, but where it is below a minimum that was raised.
 * Protected unless told otherwise: deleting a managed group ends its nodes without regard to disruption budgets.
 */
export class WorkerGroup extends pulumi.ComponentResource {
  /** The managed node groups, one per zone. */
  public readonly nodeGroups: pulumi.Output<WorkerNodeGroup[]>;

  constructor(name: string, args: WorkerGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without args: they hold what was observed, which is no change of the component.
    super("eks-pod-network:index:WorkerGroup", name, {}, { ...opts, protect: opts?.protect ?? true });

    const { clusterName, groupName, minSize = 0 } = args;
    const nodeGroups = args.zones.map(({ availabilityZone, subnetIds, exists = false, desiredSize }) => {
      const zonalName = nodeGroupName(groupName, availabilityZone);
      // What is ignored stays as the state has it: EKS would refuse the new minimum above the old size.
      const isTooSmall = desiredSize !== undefined && desiredSize < minSize;
      const nodeGroup = new NodeGroup(
        `${name}-${availabilityZone}`,
        {
          clusterName,
          nodeGroupName: zonalName,
          nodeRoleArn: args.nodeRoleArn,
          subnetIds,
          instanceTypes: args.instanceTypes,
          amiType: args.amiType ?? "AL2023_x86_64_STANDARD",
          scalingConfig: { minSize, desiredSize: Math.max(desiredSize ?? 0, minSize), maxSize: args.maxSize },
          tags: { [CLUSTER_TAG]: clusterName },
          ...(args.labels !== undefined && { labels: args.labels }),
          ...(args.taints !== undefined && { taints: args.taints.map(inWordsOfEks) }),
        },
        // A change of subnets would replace a group that is in use; it keeps those that it was made with.
        {
          parent: this,
          ignoreChanges: [...(isTooSmall ? [] : ["scalingConfig.desiredSize"]), "subnetIds"],
          ...(exists && { import: `${clusterName}:${zonalName}` }),
        },
      );
      return { availabilityZone, nodeGroup };
    });

    this.nodeGroups = pulumi.all(
      nodeGroups.map(({ availabilityZone, nodeGroup }) =>
        pulumi
          .all([nodeGroup.nodeGroupName, nodeGroup.scalingConfig])
          .apply(([groupName, { maxSize }]) => ({ nodeGroupName: groupName, availabilityZone, maxSize })),
      ),
    );
    this.registerOutputs({ nodeGroups: this.nodeGroups });
  }
}

/** EKS's API writes NO_SCHEDULE where Kubernetes writes NoSchedule. */
function inWordsOfEks({ key, value, effect }: WorkerGroupTaint) {
  return {
    key,
    effect: effect.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase(),
    ...(value !== undefined && { value }),
  };
}
