import * as pulumi from "@pulumi/pulumi";
import { VpcIpv4CidrBlockAssociation } from "@pulumi/aws/ec2/vpcIpv4CidrBlockAssociation";
import { secondaryBlockProblems } from "../planning/podNetwork/secondaryBlocks";
import { reviewSecondaryBlocks } from "../planning/podNetwork/secondaryBlocksReview";
import { knownValue } from "./knownValue";
import { readVpcAddressing } from "./readVpc";
import { refuse } from "./refuse";
import { unrecorded } from "./unrecorded";

/** Arguments of `SecondaryCidr`. */
export interface SecondaryCidrArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Blocks of one's own choice. Plain, because each is a resource. @default none */
  readonly cidrBlocks?: SecondaryBlock[];
  /** Blocks that IPAM pools provide. Plain, because each is a resource. @default none */
  readonly ipamBlocks?: IpamPoolBlock[];
  /** Further blocks that none of `cidrBlocks` may overlap, such as those of networks on premises. @default none */
  readonly avoid?: string[];
  /**
   * How many IPv4 blocks the VPC may have, the primary included: the quota L-83CA0A9D, where it was raised.
   *
   * @default 5, what AWS starts with; not checked for a VPC that has more
   */
  readonly cidrBlocksPerVpc?: number;
}

/** A block that a VPC is given. */
export interface SecondaryBlock {
  /** Such as `100.64.0.0/16`. */
  readonly cidrBlock: string;
  /**
   * Whether the VPC has it already, made by others, and it is taken over. Stays once it is given.
   *
   * @default false
   */
  readonly adopt?: boolean;
}

/** A block that an IPAM pool provides. */
export interface IpamPoolBlock {
  /** Names the block for ever, while the pool decides which addresses it has. */
  readonly name: string;
  readonly poolId: pulumi.Input<string>;
  /** The size, from 16 to 28. */
  readonly netmaskLength: number;
}

/**
 * Further IPv4 blocks of a VPC, for its pods.
 *
 * Blocks are held against what the VPC has (its blocks, routes and peering connections) by the rules of the VPC user
 * guide, "VPC CIDR blocks", before any is associated. One that an earlier run associated is no conflict. In a preview
 * in which the VPC is yet to be made, that waits for the update.
 *
 * Protected unless told otherwise: without its block, every pod in it loses its address.
 *
 * Throws a ResourceError with everything that is wrong with the arguments; what is wrong with them in that VPC fails the
 * component before it makes a resource.
 */
export class SecondaryCidr extends pulumi.ComponentResource<pulumi.Output<string>[]> {
  /** The blocks, once the VPC has them: those of `cidrBlocks`, then those of `ipamBlocks`. */
  public readonly cidrBlocks: pulumi.Output<string[]>;

  constructor(name: string, args: SecondaryCidrArgs, opts?: pulumi.ComponentResourceOptions) {
    super("eks-pod-network:index:SecondaryCidr", name, unrecorded(args), {
      ...opts,
      protect: opts?.protect ?? true,
    });
    refuse(this, secondaryBlockProblems(args));
    this.cidrBlocks = pulumi.output(this.getData());
    this.registerOutputs({ cidrBlocks: this.cidrBlocks });
  }

  protected override async initialize(
    args: SecondaryCidrArgs,
    _opts?: pulumi.ComponentResourceOptions,
    name = "",
  ): Promise<pulumi.Output<string>[]> {
    // The constructor says what is wrong with them.
    if (secondaryBlockProblems(args).length > 0) return [];

    const { cidrBlocks = [], ipamBlocks = [] } = args;
    const adopted = await this.reviewed(args);
    const associations = [
      ...cidrBlocks.map(({ cidrBlock }) => {
        const associationId = adopted.get(cidrBlock);
        return new VpcIpv4CidrBlockAssociation(
          // A slash would make the name look like a path in every URN.
          `${name}-${cidrBlock.replace("/", "-")}`,
          { vpcId: args.vpcId, cidrBlock },
          { parent: this, ...(associationId !== undefined && { import: associationId }) },
        );
      }),
      ...ipamBlocks.map(
        (block) =>
          new VpcIpv4CidrBlockAssociation(
            `${name}-${block.name}`,
            { vpcId: args.vpcId, ipv4IpamPoolId: block.poolId, ipv4NetmaskLength: block.netmaskLength },
            { parent: this },
          ),
      ),
    ];
    return associations.map(({ cidrBlock }) => cidrBlock);
  }

  /** The associations to take over by their blocks, after all blocks were held against the VPC. */
  private async reviewed(args: SecondaryCidrArgs): Promise<ReadonlyMap<string, string>> {
    const { cidrBlocks = [] } = args;
    const vpcId = await knownValue(args.vpcId);
    if (vpcId === undefined || cidrBlocks.length === 0) return new Map();
    const vpc = await readVpcAddressing(vpcId, { parent: this });
    const { problems, warnings, adopted } = reviewSecondaryBlocks(args, { ...vpc, vpcId });
    refuse(this, problems);
    for (const warning of warnings) await pulumi.log.warn(warning, this);
    return adopted;
  }
}
