import * as pulumi from "@pulumi/pulumi";
import { VpcIpv4CidrBlockAssociation } from "@pulumi/aws/ec2/vpcIpv4CidrBlockAssociation";

/** Arguments of `SecondaryCidr`. */
export interface SecondaryCidrArgs {
  readonly vpcId: pulumi.Input<string>;
  /** The blocks. Plain, because each is a resource. */
  readonly blocks: SecondaryBlock[];
}

/** A block that a VPC is given. */
export interface SecondaryBlock {
  /** Such as `100.64.0.0/16`. */
  readonly cidrBlock: string;
  /** Of a block that the VPC has already, which is then taken over. */
  readonly associationId?: string;
}

/**
 * Further IPv4 blocks of a VPC, for its pods.
 *
 * Protected unless told otherwise: without its block, every pod in it loses its address.
 */
export class SecondaryCidr extends pulumi.ComponentResource {
  /** The blocks, once the VPC has them. */
  public readonly cidrBlocks: pulumi.Output<string[]>;

  constructor(name: string, args: SecondaryCidrArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without args: they hold what was observed, which is no change of the component.
    super("eks-pod-network:index:SecondaryCidr", name, {}, { ...opts, protect: opts?.protect ?? true });

    const associations = args.blocks.map(
      ({ cidrBlock, associationId }) =>
        new VpcIpv4CidrBlockAssociation(
          // A slash would make the name look like a path in every URN.
          `${name}-${cidrBlock.replace("/", "-")}`,
          { vpcId: args.vpcId, cidrBlock },
          { parent: this, ...(associationId !== undefined && { import: associationId }) },
        ),
    );

    this.cidrBlocks = pulumi.all(associations.map(({ cidrBlock }) => cidrBlock));
    this.registerOutputs({ cidrBlocks: this.cidrBlocks });
  }
}
