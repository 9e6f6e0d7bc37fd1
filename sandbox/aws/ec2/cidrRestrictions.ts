import { AwsError } from "../protocol/awsError";
import { contains, overlap, readIpv4Block, writeIpv4Block, type Ipv4Block } from "./ipv4";

/** The blocks that a VPC has. */
export interface VpcBlocks {
  readonly vpcId: string;
  /** The one that it was made with. */
  readonly primary: Ipv4Block | undefined;
  /** All, the primary one among them. */
  readonly present: readonly Ipv4Block[];
}

/**
 * Refuses a block that AWS doesn't add to a VPC, for its size, its range or the blocks that are there.
 *
 * Source: VPC user guide, "VPC CIDR blocks", with its table "IPv4 CIDR block association restrictions".
 *
 * @param limit blocks that a VPC may have, its primary one included.
 * @throws AwsError InvalidVpc.Range, CidrConflict or CidrLimitExceeded
 */
export function refuseBlock(block: Ipv4Block, { vpcId, primary, present }: VpcBlocks, limit: number): void {
  const text = writeIpv4Block(block);
  if (!isAllowedSize(block)) throw new AwsError("InvalidVpc.Range", `The CIDR '${text}' is invalid.`);
  const conflict = present.find((one) => overlap(one, block));
  if (conflict !== undefined) {
    throw new AwsError(
      "CidrConflict",
      `The CIDR '${text}' conflicts with the CIDR '${writeIpv4Block(conflict)}' of the same VPC.`,
    );
  }
  if (present.length >= limit) {
    throw new AwsError(
      "CidrLimitExceeded",
      `This network '${vpcId}' has met its maximum number of allowed CIDRs: ${limit}`,
    );
  }
  if (isOfAnotherRange(block, primary) || isReserved(block, present)) {
    throw new AwsError(
      "InvalidVpc.Range",
      `The CIDR '${text}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, ` +
        "or use a publicly-routable CIDR.",
    );
  }
}

/** Whether a block is from /16 to /28, as those of VPCs and subnets are. */
export function isAllowedSize(block: Ipv4Block): boolean {
  return block.prefixLength >= 16 && block.prefixLength <= 28;
}

/** Ranges of which a VPC may have blocks when its primary one lies in the same range, and not otherwise. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"].flatMap(
  (text) => readIpv4Block(text) ?? [],
);

function isOfAnotherRange(block: Ipv4Block, primary: Ipv4Block | undefined): boolean {
  const range = PRIVATE_RANGES.find((one) => overlap(one, block));
  return range !== undefined && primary !== undefined && !contains(range, primary);
}

/** Ranges that a VPC can't add when any block of its own lies in another one. */
const RESERVED = [
  // Link local: no VPC's at all.
  { range: "169.254.0.0/16", forBlocksOf: "0.0.0.0/0" },
  { range: "10.0.0.0/16", forBlocksOf: "10.0.0.0/15" },
  { range: "172.31.0.0/16", forBlocksOf: "172.16.0.0/12" },
];

function isReserved(block: Ipv4Block, present: readonly Ipv4Block[]): boolean {
  return RESERVED.some(({ range, forBlocksOf }) => {
    const [reserved, concerned] = [readIpv4Block(range), readIpv4Block(forBlocksOf)];
    if (reserved === undefined || concerned === undefined) return false;
    return overlap(reserved, block) && present.some((one) => contains(concerned, one));
  });
}
