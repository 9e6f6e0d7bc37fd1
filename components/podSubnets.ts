import * as pulumi from "@pulumi/pulumi";
import { FargateProfile } from "@pulumi/aws/eks/fargateProfile";
import { podSubnetKey, subnetBlockProblems } from "../planning/podNetwork/podSubnetProblems";
import {
  PodEgress,
  podSubnetsProblems,
  type PodSubnetsRequest,
} from "../planning/podNetwork/podSubnetsRequest";
import { reviewPodSubnets } from "../planning/podNetwork/podSubnetsReview";
import { podSubnetTags } from "../planning/podNetwork/podSubnetTags";
import { InvalidInputError } from "../planning/problem";
import { podSubnet } from "./podSubnet";
import { podSubnetRoutes } from "./podSubnetRoutes";
import type { PodFargateProfile, PodSubnetInfo, PodSubnetsArgs } from "./podSubnetsArgs";
import { readPodSubnetsFacts } from "./podSubnetsFacts";
import { refuse } from "./refuse";
import { unrecorded } from "./unrecorded";

/**
 * Subnets for pods, one or more in each zone, with their routes.
 *
 * They carry no role tag for load balancers (kubernetes.io/role/elb, internal-elb) and none for the CNI's subnet
 * discovery (kubernetes.io/role/cni) unless that is asked for: they are for pods of nodes that are told so by their
 * ENIConfig alone. Tags that would change that are refused, the provider's default tags included.
 *
 * Of the cluster, its nodes and its VPC only that is read which the arguments leave open.
 *
 * Protected unless told otherwise: without its subnet, every pod in it loses its address.
 *
 * Throws a ResourceError with everything that is wrong with the arguments; what is wrong with them in that VPC fails
 * the component before it makes a resource.
 */
export class PodSubnets extends pulumi.ComponentResource<MadePodSubnets> {
  /** The subnets by zone and group, once they have their routes. */
  public readonly podSubnets: pulumi.Output<PodSubnetInfo[]>;
  /** Their ids by zone, or `zone/group`, once they have their routes. */
  public readonly subnetIds: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: PodSubnetsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("eks-pod-network:index:PodSubnets", name, unrecorded(args), {
      ...opts,
      protect: opts?.protect ?? true,
    });
    refuse(this, podSubnetsProblems(requestOf(args)));
    // In an order that does not depend on a place among the arguments; each known by itself.
    const keys = args.subnets.map(podSubnetKey).sort();
    const infoOf = (key: string) => pulumi.output(this.getData().then((made) => made[key] as MadePodSubnet));
    this.subnetIds = Object.fromEntries(
      keys.map((key) => [key, infoOf(key).apply(({ subnetId }) => subnetId)]),
    );
    this.podSubnets = pulumi.all(keys.map(infoOf));
    this.registerOutputs({ podSubnets: this.podSubnets, subnetIds: this.subnetIds });
  }

  protected override async initialize(
    args: PodSubnetsArgs,
    _opts?: pulumi.ComponentResourceOptions,
    name = "",
  ): Promise<MadePodSubnets> {
    const request = requestOf(args);
    // The constructor says what is wrong with it.
    if (podSubnetsProblems(request).length > 0) return {};

    const facts = await readPodSubnetsFacts(args, request, { parent: this }).catch((error: unknown) => {
      if (error instanceof InvalidInputError) refuse(this, error.problems);
      throw error;
    });
    const review = reviewPodSubnets(request, facts);
    refuse(this, review.problems);
    for (const warning of review.warnings) await pulumi.log.warn(warning, this);

    const vpcId = pulumi.output(facts.vpcId);
    const routes = podSubnetRoutes(this, name, args, vpcId, request, review);
    const made: MadePodSubnets = {};
    args.subnets.forEach((wanted, index) => {
      made[podSubnetKey(wanted)] = podSubnet(this, name, wanted, {
        vpcId,
        cidrBlock: checked(this, `subnets[${index}].cidrBlock`, wanted.cidrBlock),
        tags: {
          ...podSubnetTags(args.clusterName, wanted, request.hasCniRole),
          ...review.clusterTags,
          ...args.tags,
        },
        routes: routes[index] ?? {},
        hasPrefixReservations: request.hasPrefixReservations,
      });
    });
    if (args.fargateProfile !== undefined) this.makeFargateProfile(name, args, args.fargateProfile, made);
    return made;
  }

  private makeFargateProfile(
    name: string,
    { clusterName, tags = {} }: PodSubnetsArgs,
    { name: fargateProfileName, podExecutionRoleArn, selectors }: PodFargateProfile,
    made: MadePodSubnets,
  ): void {
    const keys = Object.keys(made).sort();
    new FargateProfile(
      `${name}-${fargateProfileName}`,
      {
        clusterName,
        fargateProfileName,
        podExecutionRoleArn,
        selectors,
        subnetIds: keys.flatMap((key) => made[key]?.apply(({ subnetId }) => subnetId) ?? []),
        tags,
      },
      // A further subnet would replace the profile, and with it every pod that it runs.
      { parent: this, ignoreChanges: ["subnetIds"] },
    );
  }
}

type MadePodSubnet = pulumi.Output<PodSubnetInfo>;

/** By zone, or `zone/group`. */
type MadePodSubnets = Record<string, MadePodSubnet>;

/** What of the arguments is known now. */
function requestOf(args: PodSubnetsArgs): PodSubnetsRequest {
  const {
    vpcId,
    vpcName,
    subnets,
    egress = PodEgress.Nodes,
    publicSubnetIds = {},
    tags = {},
    fargateProfile,
  } = args;
  return {
    clusterName: args.clusterName,
    hasVpcId: vpcId !== undefined,
    ...(vpcName !== undefined && { vpcName }),
    subnets: subnets.map(({ cidrBlock, routeTableId, ...subnet }) => ({
      ...subnet,
      cidrBlock: typeof cidrBlock === "string" ? cidrBlock : undefined,
      hasRouteTable: routeTableId !== undefined,
    })),
    egress,
    publicSubnetZones: Object.keys(publicSubnetIds),
    tags,
    hasCniRole: args.cniRoleTag ?? false,
    hasPrefixReservations: args.prefixReservations ?? false,
    ...(fargateProfile && { fargateProfile }),
  };
}

/** A block that is checked once it is known, where that is not now. */
function checked(component: PodSubnets, path: string, cidrBlock: pulumi.Input<string>): pulumi.Input<string> {
  if (typeof cidrBlock === "string") return cidrBlock;
  return pulumi.output(cidrBlock).apply((cidr) => {
    refuse(component, subnetBlockProblems(path, cidr));
    return cidr;
  });
}
