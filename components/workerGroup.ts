import * as pulumi from "@pulumi/pulumi";
import { zonalPlans } from "../planning/workers/zonalPlans";
import { zoneProblems } from "../planning/workers/zoneProblems";
import { refuse } from "./refuse";
import { unrecorded } from "./unrecorded";
import { problemsNow, requestOf } from "./workers/problemsNow";
import { readNeeds } from "./workers/readNeeds";
import type { WorkerGroupArgs, WorkerGroupZone, WorkerNodeGroup } from "./workers/workerGroupArgs";
import { zonalGroup } from "./workers/zonalGroup";

export {
  WorkerKind,
  WorkerOsFamily,
  type WorkerGroupArgs,
  type WorkerGroupTaint,
  type WorkerGroupZone,
  type WorkerNodeGroup,
} from "./workers/workerGroupArgs";

/**
 * New workers in the subnets of nodes, with the max pods that custom networking leaves them: in each zone an EKS managed
 * node group of AL2023, of Bottlerocket or of an image of one's own, or an Auto Scaling group.
 *
 * One group per zone, so that a group that is short of nodes never makes up for it in another zone, where the pods'
 * volumes are not. To be made once the CNI is configured (`dependsOn`), for EKS computes max pods when it makes a group.
 * The groups begin with their minimum, which is no node unless it is given; whoever rotates the old ones sets how many
 * there are, and that number is left alone here, but where it is below a minimum that was raised.
 * Protected unless told otherwise: deleting a managed group ends its nodes without regard to disruption budgets.
 *
 * Throws a ResourceError with everything that is wrong with the arguments; what only the cluster can tell fails the
 * component before it makes a resource.
 */
export class WorkerGroup extends pulumi.ComponentResource<pulumi.Output<WorkerNodeGroup>[]> {
  /** The groups, one per zone. */
  public readonly nodeGroups: pulumi.Output<WorkerNodeGroup[]>;

  constructor(name: string, args: WorkerGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("eks-pod-network:index:WorkerGroup", name, unrecorded(args), {
      ...opts,
      protect: opts?.protect ?? true,
    });
    refuse(this, problemsNow(args));
    this.nodeGroups = pulumi.output(this.getData());
  }

  protected override async initialize(
    args: WorkerGroupArgs,
    _opts?: pulumi.ComponentResourceOptions,
    name = "",
  ): Promise<pulumi.Output<WorkerNodeGroup>[]> {
    // The constructor says what is wrong with them.
    if (problemsNow(args).length > 0) return [];

    const { cluster, zones: readZones, ...read } = await readNeeds(args, { parent: this });
    const given: readonly WorkerGroupZone[] = args.zones ?? readZones ?? [];
    const zones = given.map(({ availabilityZone, adopt = false }) => ({
      availabilityZone,
      isAdopted: adopt,
    }));
    const { clusterName, groupName } = args;
    const plan = zonalPlans(requestOf(args), {
      ...read,
      clusterName,
      groupName,
      zones,
      ...(cluster !== undefined && { cluster }),
    });
    // Zones that were found are held against the name here; those that are given were before.
    const found = args.zones === undefined && zones.length > 0;
    refuse(this, [...(found ? zoneProblems(groupName, zones) : []), ...plan.problems]);
    for (const note of plan.notes) void pulumi.log.warn(`${groupName}: ${note}`, this);
    const groups = plan.zones.map((zone, index) =>
      zonalGroup(
        `${name}-${zone.availabilityZone}`,
        {
          args,
          plan: zone,
          subnetIds: given[index]?.subnetIds ?? [],
          clusterSecurityGroupId: cluster?.clusterSecurityGroupId,
        },
        this,
      ),
    );
    // Here, for outputs that are registered and then fail would put words of Pulumi's own before the problems.
    this.registerOutputs({ nodeGroups: groups });
    return groups;
  }
}
