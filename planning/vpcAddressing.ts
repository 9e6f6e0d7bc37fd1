import { isAwsBlockSize, overlaps, readCidr, type CidrBlock } from "./cidrBlock";
import { neverAssignableRangeOf } from "./cidrRestrictions";
import { shown, type Problem } from "./problem";

/** A VPC as far as it decides which blocks it may be given. All blocks in CIDR notation. */
export interface VpcAddressing {
  /** The blocks that are associated with the VPC, the primary first. */
  readonly cidrBlocks: readonly string[];
  /** IPv4 destinations of the routes in the VPC's route tables, local ones included or not. @default none */
  readonly routes?: readonly string[];
  /** Peering connections, active and pending. @default none */
  readonly peerings?: readonly VpcPeering[];
  /** VPCs on the same Direct Connect gateway. @default none */
  readonly directConnectCidrBlocks?: readonly string[];
  /** The cluster's service range (`kubernetesNetworkConfig.serviceIpv4Cidr`). @default unknown, not checked */
  readonly serviceCidrBlock?: string;
  /** Pod and node blocks of other clusters that must stay reachable from this one. @default none */
  readonly otherClusterCidrBlocks?: readonly string[];
  readonly quotas?: VpcQuotas;
}

/** A VPC peering connection, seen from this VPC. */
export interface VpcPeering {
  /** Such as pcx-0c1d; for messages. @default not named */
  readonly peeringId?: string;
  readonly status: "active" | "pending-acceptance";
  /** Which side this VPC is; only a pending connection depends on it. */
  readonly role: "requester" | "accepter";
  /** The blocks of the other VPC. */
  readonly cidrBlocks: readonly string[];
}

/** IPv4 blocks that a VPC may have, the primary included, before the quota is raised. */
export const DEFAULT_CIDR_BLOCKS_PER_VPC = 5;

/** Quotas of the account (Service Quotas, service code `vpc`). */
export interface VpcQuotas {
  /** IPv4 CIDR blocks per VPC, L-83CA0A9D; the primary counts. @default 5 */
  readonly cidrBlocksPerVpc?: number;
}

/** Blocks of a VPC and around it, read once. */
export interface ReadVpc {
  readonly blocks: readonly CidrBlock[];
  readonly routes: readonly CidrBlock[];
  readonly peerings: readonly { readonly of: VpcPeering; readonly blocks: readonly CidrBlock[] }[];
  readonly directConnect: readonly CidrBlock[];
  readonly service: CidrBlock | undefined;
  readonly otherClusters: readonly CidrBlock[];
  readonly cidrBlocksPerVpc: number;
}

/**
 * Reads the blocks of a VPC and of what is around it.
 *
 * @returns what could be read, and a problem for everything that could not.
 */
export function readVpc(vpc: VpcAddressing): { read: ReadVpc; problems: Problem[] } {
  const problems: Problem[] = [];
  const readOne = (path: string, text: string): CidrBlock | undefined => {
    const reading = readCidr(text);
    if (reading.kind === "block") return reading.block;
    problems.push(notABlock(path, text));
    return undefined;
  };
  const readAll = (path: string, texts: readonly string[]): CidrBlock[] =>
    texts.flatMap((text, index) => readOne(`${path}[${index}]`, text) ?? []);
  const read: ReadVpc = {
    blocks: readAll("vpc.cidrBlocks", vpc.cidrBlocks),
    routes: readAll("vpc.routes", vpc.routes ?? []),
    peerings: (vpc.peerings ?? []).map((peering, index) => ({
      of: peering,
      blocks: readAll(`vpc.peerings[${index}].cidrBlocks`, peering.cidrBlocks),
    })),
    directConnect: readAll("vpc.directConnectCidrBlocks", vpc.directConnectCidrBlocks ?? []),
    service:
      vpc.serviceCidrBlock === undefined ? undefined : readOne("vpc.serviceCidrBlock", vpc.serviceCidrBlock),
    otherClusters: readAll("vpc.otherClusterCidrBlocks", vpc.otherClusterCidrBlocks ?? []),
    cidrBlocksPerVpc: vpc.quotas?.cidrBlocksPerVpc ?? DEFAULT_CIDR_BLOCKS_PER_VPC,
  };
  const { cidrBlocksPerVpc } = read;
  if (!(Number.isSafeInteger(cidrBlocksPerVpc) && cidrBlocksPerVpc >= 1)) {
    problems.push({
      path: "vpc.quotas.cidrBlocksPerVpc",
      reason: `${cidrBlocksPerVpc} is not a number of blocks.`,
      fix: "Give the applied quota L-83CA0A9D as a whole number; AWS starts with 5.",
    });
  }
  if (read.blocks.length === vpc.cidrBlocks.length) problems.push(...impossibleBlocks(read.blocks));
  if (vpc.cidrBlocks.length === 0) {
    problems.push({
      path: "vpc.cidrBlocks",
      reason: "a VPC has at least its primary block; none was given.",
      fix: "Give the blocks of the VPC, the primary first.",
    });
  }
  return { read, problems };
}

/** The problem of a text that is not an IPv4 block, with what it may have meant. */
export function notABlock(path: string, text: string): Problem {
  const reading = readCidr(text);
  return {
    path,
    reason:
      reading.kind === "hostBits"
        ? `${text} has bits set behind its prefix.`
        : `${shown(text)} is not an IPv4 block in CIDR notation.`,
    fix: reading.kind === "hostBits" ? `Write ${reading.enclosing.cidr}.` : "Write it like 100.64.0.0/16.",
  };
}

/** Blocks that no VPC has, alone or together: then something else was given, or mistyped. */
function impossibleBlocks(blocks: readonly CidrBlock[]): Problem[] {
  return blocks.flatMap((block, index) => {
    const reasons: string[] = [];
    if (!isAwsBlockSize(block.prefixLength)) {
      reasons.push("a block of a VPC is /16 to /28");
    }
    const never = neverAssignableRangeOf(block);
    if (never !== undefined) reasons.push(`no VPC can have a block of ${never.range.cidr}: ${never.why}`);
    const twin = blocks.slice(0, index).find((other) => overlaps(other, block));
    if (twin !== undefined) reasons.push(`it overlaps ${twin.cidr}, which was given too`);
    return reasons.map((reason) => ({
      path: `vpc.cidrBlocks[${index}]`,
      reason: `${block.cidr} can't be a block of the VPC: ${reason}.`,
      fix: "Give the blocks that aws ec2 describe-vpcs prints, the primary first.",
    }));
  });
}
