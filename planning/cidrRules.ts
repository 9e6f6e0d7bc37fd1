import { cidrBlock, contains, isAwsBlockSize, LARGEST_BLOCK, overlaps, type CidrBlock } from "./cidrBlock";
import { GUIDES_WRONG_RANGE, isPool, restrictionsOn } from "./cidrRestrictions";
import { DEFAULT_CIDR_BLOCKS_PER_VPC, type ReadVpc } from "./vpcAddressing";

/** Names a rule; stable, for use in code. */
export type CidrRule =
  | "host-bits"
  | "block-size"
  | "restricted-range"
  | "vpc-overlap"
  | "route"
  | "peer-overlap"
  | "pending-peering"
  | "direct-connect-overlap"
  | "service-overlap"
  | "other-cluster-overlap"
  | "cidr-quota"
  | "docker-bridge"
  | "route-shadowed"
  | "unlisted-range";

/** A finding before its way out is known, which may be one of the free blocks. */
export interface Finding {
  readonly rule: CidrRule;
  readonly severity: "problem" | "warning";
  readonly reason: string;
  /** Left out where the way out is to take another block. */
  readonly fix?: string;
  /** The addresses that are in the way; none where any block would meet the same finding. */
  readonly region?: CidrBlock;
  /** What of the VPC it conflicts with, where that is not the region. */
  readonly becauseOf?: CidrBlock;
}

/** AWS raises "IPv4 CIDR blocks per VPC" to no more than this. */
const MOST_CIDR_BLOCKS_PER_VPC = 50;

/** Docker's default bridge on a host. */
const DOCKER_BRIDGE = cidrBlock("172.17.0.0/16");

/** Everything that speaks against a block, and nothing about what to do instead. */
export function findingsOn(block: CidrBlock, vpc: ReadVpc): Finding[] {
  return [
    ...size(block),
    ...restricted(block, vpc),
    ...vpcOverlap(block, vpc),
    ...routes(block, vpc),
    ...peerings(block, vpc),
    ...overlapsWith(
      block,
      vpc.directConnect,
      "direct-connect-overlap",
      "a VPC on the same Direct Connect gateway",
    ),
    ...serviceRange(block, vpc),
    ...overlapsWith(block, vpc.otherClusters, "other-cluster-overlap", "another cluster"),
    ...quotaFindings(vpc.blocks.length, vpc.cidrBlocksPerVpc),
    ...dockerBridge(block),
  ];
}

function size(block: CidrBlock): Finding[] {
  if (isAwsBlockSize(block.prefixLength)) return [];
  return [
    {
      rule: "block-size",
      severity: "problem",
      reason: `${block.cidr} is ${block.prefixLength < LARGEST_BLOCK ? "too large" : "too small"}: a VPC takes blocks from /16 to /28.`,
      ...(isPool(block) && {
        fix: "Read it as a pool and take one or more /16 blocks of it; the proposals name free ones.",
      }),
    },
  ];
}

function restricted(block: CidrBlock, vpc: ReadVpc): Finding[] {
  const restrictions = restrictionsOn(block, vpc.blocks);
  const findings: Finding[] = restrictions.map(({ range, why, becauseOf }) => ({
    rule: "restricted-range",
    severity: "problem",
    reason: `${block.cidr}${block.cidr === range.cidr ? "" : ` (${contains(range, block) ? "in" : "reaching into"} ${range.cidr})`} can't be added: ${why}.`,
    region: range,
    ...(becauseOf && { becauseOf }),
  }));
  const primary = vpc.blocks[0];
  // AWS's table has a row for a primary in 198.19.0.0/16 but says nothing of adding another block of that range.
  const unlisted = GUIDES_WRONG_RANGE;
  if (primary !== undefined && contains(unlisted, block) && contains(unlisted, primary)) {
    findings.push({
      rule: "unlisted-range",
      severity: "warning",
      reason: `${block.cidr} is in ${unlisted.cidr}, like the primary block ${primary.cidr}: AWS's table neither permits nor forbids it.`,
      fix: "Try it on a VPC of a test account first, or take a block of 100.64.0.0/10.",
    });
  }
  return findings;
}

function vpcOverlap(block: CidrBlock, vpc: ReadVpc): Finding[] {
  return vpc.blocks
    .filter((other) => overlaps(block, other))
    .map((other) => ({
      rule: "vpc-overlap",
      severity: "problem",
      reason:
        block.cidr === other.cidr
          ? `${block.cidr} is associated with the VPC already.`
          : `${block.cidr} overlaps ${other.cidr}, which is associated with the VPC.`,
      ...(block.cidr === other.cidr && { fix: "Nothing needs to be associated; plan its subnets." }),
      region: other,
    }));
}

function routes(block: CidrBlock, vpc: ReadVpc): Finding[] {
  const local = (route: CidrBlock) => vpc.blocks.some((other) => other.cidr === route.cidr);
  return unique(vpc.routes)
    .filter((route) => !local(route) && overlaps(block, route))
    .flatMap((route): Finding[] => {
      if (contains(block, route)) {
        return [
          {
            rule: "route",
            severity: "problem",
            reason: `${block.cidr} is equal to or larger than ${route.cidr}, the destination of a route in the VPC: AWS takes only blocks smaller than it.`,
            region: route,
          },
        ];
      }
      // Every table with a default route shadows it; that is how local routes work, and no news.
      if (route.prefixLength === 0) return [];
      return [
        {
          rule: "route-shadowed",
          severity: "warning",
          reason: `${block.cidr} is inside ${route.cidr}, the destination of a route in the VPC: AWS allows it, and what that route reached in ${block.cidr} stays in the VPC from then on.`,
          fix: `Make sure that nothing behind the route to ${route.cidr} uses ${block.cidr}.`,
          region: route,
        },
      ];
    });
}

function peerings(block: CidrBlock, vpc: ReadVpc): Finding[] {
  return vpc.peerings.flatMap(({ of: peering, blocks }): Finding[] => {
    const pending = peering.status === "pending-acceptance";
    const { peeringId } = peering;
    const connection =
      peeringId === undefined ? "a peering connection" : `the peering connection ${peeringId}`;
    const blocked: Finding[] =
      pending && peering.role === "requester"
        ? [
            {
              rule: "pending-peering",
              severity: "problem",
              reason: `the VPC is the requester of ${connection} that is pending acceptance: AWS takes no block at all until then.`,
              fix: "Have the connection accepted, or delete the request, associate the block and request it anew.",
            },
          ]
        : [];
    const overlapping = blocks
      .filter((other) => overlaps(block, other))
      .map((other): Finding => ({
        rule: pending ? "pending-peering" : "peer-overlap",
        severity: "problem",
        reason: pending
          ? `${block.cidr} overlaps ${other.cidr} of a VPC whose peering connection is pending acceptance: the request fails and can't be accepted any more.`
          : `${block.cidr} overlaps ${other.cidr} of a peered VPC.`,
        region: other,
      }));
    return [...blocked, ...overlapping];
  });
}

function serviceRange(block: CidrBlock, vpc: ReadVpc): Finding[] {
  if (vpc.service === undefined || !overlaps(block, vpc.service)) return [];
  return [
    {
      rule: "service-overlap",
      severity: "problem",
      reason: `${block.cidr} overlaps ${vpc.service.cidr}, the cluster's service range: pods and Services would share addresses. AWS checks this only when the cluster is created.`,
      region: vpc.service,
    },
  ];
}

function overlapsWith(
  block: CidrBlock,
  others: readonly CidrBlock[],
  rule: CidrRule,
  whose: string,
): Finding[] {
  return unique(others)
    .filter((other) => overlaps(block, other))
    .map((other) => ({
      rule,
      severity: "problem",
      reason: `${block.cidr} overlaps ${other.cidr} of ${whose}.`,
      region: other,
    }));
}

/**
 * Whether one more block is within the quota.
 *
 * @param blocks how many IPv4 blocks the VPC has, the primary included.
 * @param quota the applied quota. @default 5, what AWS starts with
 */
export function quotaFindings(
  blocks: number,
  quota = DEFAULT_CIDR_BLOCKS_PER_VPC,
): (Finding & { fix: string })[] {
  if (blocks < quota) return [];
  return [
    {
      rule: "cidr-quota",
      severity: "problem",
      reason: `the VPC has ${blocks} IPv4 blocks of ${quota} that its quota allows, the primary included.`,
      fix:
        quota < MOST_CIDR_BLOCKS_PER_VPC
          ? `Raise the quota L-83CA0A9D (service vpc); AWS grants up to ${MOST_CIDR_BLOCKS_PER_VPC}.`
          : "AWS grants no more: disassociate a block that is not in use.",
    },
  ];
}

function dockerBridge(block: CidrBlock): Finding[] {
  if (!overlaps(block, DOCKER_BRIDGE)) return [];
  return [
    {
      rule: "docker-bridge",
      severity: "warning",
      reason: `${block.cidr} overlaps ${DOCKER_BRIDGE.cidr}, the default bridge of Docker; AWS advises against it, and some of its services use it.`,
      fix: "Take a block of 100.64.0.0/10 instead.",
      region: DOCKER_BRIDGE,
    },
  ];
}

function unique(blocks: readonly CidrBlock[]): CidrBlock[] {
  return [...new Map(blocks.map((block) => [block.cidr, block])).values()];
}
