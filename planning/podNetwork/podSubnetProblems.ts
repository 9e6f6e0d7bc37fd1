import { isAwsBlockSize, overlaps, readCidr, type CidrBlock } from "../cidrBlock";
import { SMALLEST_PREFIX_SUBNET } from "../prefixReservations";
import { shown, type Problem } from "../problem";
import { notABlock } from "../vpcAddressing";

/** What tells a pod subnet from the others of its component. */
export interface PodSubnetIdentity {
  readonly availabilityZone: string;
  readonly group?: string;
}

/** A pod subnet that is asked for. */
export interface WantedPodSubnet extends PodSubnetIdentity {
  /** Undefined where it is known only later. */
  readonly cidrBlock: string | undefined;
  readonly adopt?: string;
}

/** Names a pod subnet among those of its component: its zone, or `zone/group`. */
export function podSubnetKey({ availabilityZone, group }: PodSubnetIdentity): string {
  return group === undefined ? availabilityZone : `${availabilityZone}/${group}`;
}

/** What is wrong with pod subnets by themselves and beside each other. */
export function podSubnetProblems(
  subnets: readonly WantedPodSubnet[],
  hasPrefixReservations: boolean,
): Problem[] {
  if (subnets.length === 0) {
    const fix = "Give a subnet for each zone with nodes.";
    return [{ path: "subnets", reason: "there is no subnet.", fix }];
  }
  const earlier: (CidrBlock | undefined)[] = [];
  return subnets.flatMap((subnet, index) => {
    const path = `subnets[${index}]`;
    const problems = [
      ...zoneProblems(`${path}.availabilityZone`, subnet.availabilityZone),
      ...groupProblems(`${path}.group`, subnet.group),
      ...twinProblems(path, subnet, subnets.slice(0, index)),
    ];
    const { cidrBlock } = subnet;
    const { block, problems: ofBlock } =
      cidrBlock === undefined
        ? { block: undefined, problems: [] }
        : readBlock(`${path}.cidrBlock`, cidrBlock);
    problems.push(...ofBlock, ...overlapProblems(`${path}.cidrBlock`, block, earlier));
    if (hasPrefixReservations) problems.push(...reservationProblems(`${path}.cidrBlock`, cidrBlock, block));
    earlier.push(block);
    return problems;
  });
}

/** What is wrong with a block of a pod subnet by itself. */
export function subnetBlockProblems(path: string, cidr: string): Problem[] {
  return readBlock(path, cidr).problems;
}

function readBlock(path: string, cidr: string): { block: CidrBlock | undefined; problems: Problem[] } {
  const reading = readCidr(cidr);
  if (reading.kind !== "block") return { block: undefined, problems: [notABlock(path, cidr)] };
  const { block } = reading;
  if (isAwsBlockSize(block.prefixLength)) return { block, problems: [] };
  const reason = `a subnet is /16 to /28, and ${cidr} is none.`;
  return { block, problems: [{ path, reason, fix: "Take a block of such a size." }] };
}

/** An id of a zone, such as usw2-az1 or usw2-lax1-az1, which is the same in all accounts. */
const ZONE_ID = /^[a-z]{2,}\d+(-[a-z0-9]+)*-(az|wlz)\d+$/;

function zoneProblems(path: string, zone: string): Problem[] {
  if (zone === "") {
    return [{ path, reason: "it is empty.", fix: "Give the name of a zone, such as us-west-2a." }];
  }
  if (!ZONE_ID.test(zone)) return [];
  return [
    {
      path,
      reason: `${zone} is the id of a zone; nodes carry its name, which differs from account to account.`,
      fix: `Give the name: aws ec2 describe-availability-zones --zone-ids ${zone}`,
    },
  ];
}

const GROUP_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function groupProblems(path: string, group: string | undefined): Problem[] {
  if (group === undefined || GROUP_NAME.test(group)) return [];
  return [
    {
      path,
      reason: `${shown(group)} can't be part of the name of an ENIConfig.`,
      fix: "Give lower-case letters, digits and -, or leave it out.",
    },
  ];
}

function twinProblems(path: string, subnet: WantedPodSubnet, earlier: readonly WantedPodSubnet[]): Problem[] {
  const problems: Problem[] = [];
  const { availabilityZone, group, adopt } = subnet;
  const twin = earlier.findIndex((other) => podSubnetKey(other) === podSubnetKey(subnet));
  if (twin >= 0) {
    problems.push({
      path: group === undefined ? `${path}.availabilityZone` : `${path}.group`,
      reason: `subnets[${twin}] is in ${availabilityZone}${group === undefined ? "" : ` and of group ${group}`} too.`,
      fix: "Give further subnets of a zone a group of their own.",
    });
  }
  const same = earlier.findIndex((other) => adopt !== undefined && other.adopt === adopt);
  if (same >= 0) {
    problems.push({
      path: `${path}.adopt`,
      reason: `${shown(adopt)} is taken over as subnets[${same}] already.`,
      fix: "Name each subnet once.",
    });
  }
  return problems;
}

function overlapProblems(
  path: string,
  block: CidrBlock | undefined,
  earlier: readonly (CidrBlock | undefined)[],
): Problem[] {
  if (block === undefined) return [];
  return earlier.flatMap((other, index) =>
    other !== undefined && overlaps(block, other)
      ? [
          {
            path,
            reason: `${block.cidr} overlaps ${other.cidr} (subnets[${index}]).`,
            fix: "Choose a free block.",
          },
        ]
      : [],
  );
}

function reservationProblems(
  path: string,
  cidr: string | undefined,
  block: CidrBlock | undefined,
): Problem[] {
  if (cidr === undefined) {
    const reason = "it is known only later, and prefixReservations have to be planned now.";
    return [{ path, reason, fix: "Give it as a text, or leave prefixReservations out." }];
  }
  if (block === undefined || block.prefixLength <= SMALLEST_PREFIX_SUBNET) return [];
  return [
    {
      path,
      reason: `${cidr} has no whole /28 that EC2 could hand out as a prefix.`,
      fix: `Choose a /${SMALLEST_PREFIX_SUBNET} or larger, or leave prefixReservations out.`,
    },
  ];
}
