import { overlaps, readCidr, type CidrReading } from "./cidrBlock";

/** The network of an environment, as far as others may reach it. */
export interface EnvironmentNetwork {
  readonly name: string;
  readonly vpcId: string;
  readonly podCidrs: readonly string[];
  /** VPCs that it is peered with, or is about to be: ids. */
  readonly peeredVpcIds: readonly string[];
  /** Transit gateways that it is attached to: ids. */
  readonly transitGatewayIds: readonly string[];
}

/** Two environments that share addresses for pods, and whose VPCs are connected. */
export interface SharedRange {
  readonly environments: readonly [string, string];
  /** Blocks that overlap, those of the first before those of the second. */
  readonly podCidrs: readonly [string, string];
  /** `peering`, or the id of the transit gateway. */
  readonly by: string;
}

/**
 * Finds environments that share a range for pods although their VPCs are connected: AWS refuses a block that overlaps
 * one of a peered VPC, and where a transit gateway lies between them, the answers to one's pods may go to the other's.
 * Environments whose VPCs know nothing of each other may share a range as they like; those of one VPC share it anyway.
 *
 * Source: VPC user guide, "VPC CIDR blocks"; VPC peering guide, "Unsupported VPC peering configurations".
 */
export function sharedRanges(networks: readonly EnvironmentNetwork[]): SharedRange[] {
  return networks.flatMap((one, index) =>
    networks.slice(index + 1).flatMap((other): SharedRange[] => {
      const by = connection(one, other);
      const podCidrs = by === undefined ? undefined : sharedBlocks(one.podCidrs, other.podCidrs);
      if (by === undefined || podCidrs === undefined) return [];
      return [{ environments: [one.name, other.name], podCidrs, by }];
    }),
  );
}

function connection(one: EnvironmentNetwork, other: EnvironmentNetwork): string | undefined {
  if (one.vpcId === other.vpcId) return undefined;
  if (one.peeredVpcIds.includes(other.vpcId) || other.peeredVpcIds.includes(one.vpcId)) return "peering";
  return one.transitGatewayIds.find((id) => other.transitGatewayIds.includes(id));
}

/** The first two blocks that overlap, of these and of those; texts that are no block overlap none. */
export function sharedBlocks(
  these: readonly string[],
  those: readonly string[],
): [string, string] | undefined {
  for (const here of these) {
    const there = those.find((one) => doOverlap(readCidr(here), readCidr(one)));
    if (there !== undefined) return [here, there];
  }
  return undefined;
}

function doOverlap(here: CidrReading, there: CidrReading): boolean {
  return here.kind === "block" && there.kind === "block" && overlaps(here.block, there.block);
}
