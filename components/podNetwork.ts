import * as pulumi from "@pulumi/pulumi";
import type { ClusterFacts } from "../planning/podNetwork/clusterFacts";
import { planPodNetwork, type PodNetworkPlan } from "../planning/podNetwork/plan";
import { InvalidInputError } from "../planning/problem";
import { EniConfigs } from "./eniConfigs";
import { PodSubnets } from "./podSubnets";
import { SecondaryCidr } from "./secondaryCidr";
import { VpcCni } from "./vpcCni";
import { WorkerGroup, type WorkerGroupTaint } from "./workerGroup";

/** Arguments of `PodNetwork`. All plain, because they decide which resources there are. */
export interface PodNetworkArgs {
  /** The cluster and its VPC as they are, from `readCluster`. */
  readonly cluster: ClusterFacts;
  /** The blocks for pods, in the order in which they are used up, such as `100.64.0.0/16`. */
  readonly podCidrs: string[];
  /** Size of a pod subnet. @default 19, which is 8,187 usable addresses */
  readonly subnetPrefixLength?: number;
  /** New workers, in every zone that has nodes. @default none */
  readonly workerGroups?: PodNetworkWorkerGroup[];
}

/** New workers that take the place of old ones. */
export interface PodNetworkWorkerGroup {
  /** What the groups are called, before the zone: `workers` becomes `workers-us-west-2a`. */
  readonly name: string;
  /** The managed node groups whose nodes these take the place of. */
  readonly replaces: string[];
  readonly instanceTypes: string[];
  readonly nodeRoleArn: string;
  /** Nodes at the least in each zone. @default 0 */
  readonly minSize?: number;
  /** Nodes at the most in each zone. */
  readonly maxSize: number;
  /** Labels of the nodes. @default none */
  readonly labels?: Record<string, string>;
  /** Taints of the nodes. @default none */
  readonly taints?: WorkerGroupTaint[];
  /** An image type of Amazon Linux 2023. @default AL2023_x86_64_STANDARD */
  readonly amiType?: string;
}

/** A pod subnet that is there. */
export interface PodNetworkSubnet {
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly cidrBlock: string;
}

/** A managed node group with new workers. */
export interface PodNetworkNodeGroup {
  /** Of the worker group that it belongs to. */
  readonly name: string;
  readonly nodeGroupName: string;
  readonly availabilityZone: string;
  /** The managed node groups that it takes the place of, together with the others of its worker group. */
  readonly replaces: string[];
  readonly maxSize: number;
}

/**
 * The pod network of an existing cluster: a range, a subnet per zone, the CNI's settings and new workers.
 *
 * Everything is made in the one order that is safe at each step: range, subnets and their routes, ENIConfigs, the
 * settings of aws-node, new workers. Nodes that are there keep their addresses; replacing them is not done here.
 * Protected unless told otherwise.
 */
export class PodNetwork extends pulumi.ComponentResource {
  /** The blocks for pods. */
  public readonly podCidrs: pulumi.Output<string[]>;
  public readonly podSubnets: pulumi.Output<PodNetworkSubnet[]>;
  /** Names of the ENIConfigs. */
  public readonly eniConfigs: pulumi.Output<string[]>;
  public readonly workerGroups: pulumi.Output<PodNetworkNodeGroup[]>;

  constructor(name: string, args: PodNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const protect = opts?.protect ?? true;
    // Without args: they hold what was observed, which is no change of the component.
    super("eks-pod-network:index:PodNetwork", name, {}, { ...opts, protect });

    const { cluster, workerGroups = [] } = args;
    const { clusterName, vpcId, vpcCni } = cluster;
    const plan = planOrBlame(this, args);
    const after = (...earlier: pulumi.Resource[]) => ({ parent: this, protect, dependsOn: earlier });

    const secondaryCidr = new SecondaryCidr(name, { vpcId, blocks: [...plan.blocks] }, after());
    const podSubnets = new PodSubnets(
      name,
      { clusterName, vpcId, subnets: [...plan.podSubnets] },
      after(secondaryCidr),
    );
    const eniConfigs = new EniConfigs(
      name,
      {
        eniConfigs: Object.entries(podSubnets.subnetIds).map(([availabilityZone, subnetId]) => ({
          availabilityZone,
          subnetId,
          securityGroupIds: [cluster.clusterSecurityGroupId],
        })),
      },
      after(podSubnets),
    );
    const cni = new VpcCni(
      name,
      {
        clusterName,
        configurationValues: plan.addOn.configurationValues,
        podIdentityAssociations: vpcCni.podIdentityAssociations,
        tags: vpcCni.tags,
        ...(vpcCni.serviceAccountRoleArn !== undefined && {
          serviceAccountRoleArn: vpcCni.serviceAccountRoleArn,
        }),
      },
      after(eniConfigs),
    );
    const workers = workerGroups.map(({ name: groupName, replaces, ...group }, index) => {
      const zones = (plan.workerGroups[index]?.zones ?? []).map((zone) => ({
        ...zone,
        subnetIds: [...zone.subnetIds],
      }));
      const { nodeGroups } = new WorkerGroup(
        `${name}-${groupName}`,
        { ...group, clusterName, groupName, zones },
        after(cni),
      );
      return nodeGroups.apply((made) => made.map((one) => ({ name: groupName, ...one, replaces })));
    });

    this.podCidrs = secondaryCidr.cidrBlocks;
    this.podSubnets = pulumi.all(
      plan.podSubnets.map(({ availabilityZone, cidrBlock }) =>
        pulumi
          .output(podSubnets.subnetIds[availabilityZone] ?? "")
          .apply((subnetId) => ({ availabilityZone, subnetId, cidrBlock })),
      ),
    );
    this.eniConfigs = eniConfigs.names;
    this.workerGroups = pulumi.all(workers).apply((groups) => groups.flat());
    this.registerOutputs({
      podCidrs: this.podCidrs,
      podSubnets: this.podSubnets,
      eniConfigs: this.eniConfigs,
      workerGroups: this.workerGroups,
    });
  }
}

/** The plan; what forbids one is said at the component, without a trace of the program's own calls. */
function planOrBlame(component: PodNetwork, { cluster, ...request }: PodNetworkArgs): PodNetworkPlan {
  try {
    return planPodNetwork(cluster, request);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new pulumi.ResourceError(error.message, component, true);
  }
}
