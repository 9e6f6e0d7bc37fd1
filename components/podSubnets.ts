import * as pulumi from "@pulumi/pulumi";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { CLUSTER_TAG } from "../planning/podNetwork/clusterFacts";

/** Arguments of `PodSubnets`. */
export interface PodSubnetsArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  /** The subnets, one per zone. Plain, because each is a resource. */
  readonly subnets: PodSubnet[];
}

/** A subnet for the pods of one zone. */
export interface PodSubnet {
  /** Such as `us-west-2a`. */
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  /** The route table that the zone's nodes use. */
  readonly routeTableId: pulumi.Input<string>;
  /** Of a subnet that exists already, which is then taken over. */
  readonly subnetId?: string;
}

/**
 * A subnet for pods in each zone, with the routes that the nodes of the zone have.
 *
 * The subnets carry no role tag for load balancers (kubernetes.io/role/elb, internal-elb) and none for the CNI's
 * subnet discovery (kubernetes.io/role/cni): they are for pods of nodes that are told so by their ENIConfig alone.
 *
 * Protected unless told otherwise.
 */
export class PodSubnets extends pulumi.ComponentResource {
  /** Subnet ids by zone. Who also needs the routes depends on the whole component. */
  public readonly subnetIds: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: PodSubnetsArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without args: they hold what was observed, which is no change of the component.
    super("eks-pod-network:index:PodSubnets", name, {}, { ...opts, protect: opts?.protect ?? true });

    this.subnetIds = {};
    for (const { availabilityZone, cidrBlock, routeTableId, subnetId } of args.subnets) {
      const subnet = new Subnet(
        `${name}-${availabilityZone}`,
        {
          vpcId: args.vpcId,
          availabilityZone,
          cidrBlock,
          tags: {
            Name: pulumi.interpolate`${args.clusterName}-pods-${availabilityZone}`,
            [CLUSTER_TAG]: args.clusterName,
          },
        },
        { parent: this, ...(subnetId !== undefined && { import: subnetId }) },
      );
      new RouteTableAssociation(
        `${name}-${availabilityZone}`,
        { subnetId: subnet.id, routeTableId },
        { parent: this },
      );
      this.subnetIds[availabilityZone] = subnet.id;
    }
    this.registerOutputs({ subnetIds: this.subnetIds });
  }
}
