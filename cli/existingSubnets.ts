import { z } from "zod";
import type { ExistingSubnet } from "../planning/addressPlanRequest";
import { isObject } from "../planning/isObject";
import { InvalidInputError, throwIfAny, type Problem } from "../planning/problem";
import { readBySchema } from "../planning/schemaProblems";

const existingSubnet = z.object({
  availabilityZone: z.string().describe("the zone of the subnet, as zone or AvailabilityZone"),
  cidr: z.string().describe("its IPv4 block, as cidr or CidrBlock"),
  subnetId: z.string().describe("its id, as subnetId or SubnetId").optional(),
});

/** Names under which a list of subnets, and their parts, come: this command's, and those of the AWS CLI. */
const LISTS = ["subnets", "Subnets"] as const;
const PARTS = {
  availabilityZone: ["zone", "availabilityZone", "AvailabilityZone"],
  cidr: ["cidr", "CidrBlock"],
  subnetId: ["subnetId", "SubnetId"],
} as const;

/**
 * Reads the subnets that there are, from what `podnet plan --json` or `aws ec2 describe-subnets` printed, or a list of the like.
 *
 * @throws InvalidInputError naming every part that is missing or is none.
 */
export function readExistingSubnets(value: unknown): ExistingSubnet[] {
  const key = isObject(value) ? LISTS.find((name) => Object.hasOwn(value, name)) : undefined;
  const list = isObject(value) && key !== undefined ? value[key] : value;
  if (!Array.isArray(list)) {
    throw new InvalidInputError([
      {
        path: key ?? "(the whole file)",
        reason: "is not a list of subnets.",
        fix: "Give what podnet plan --json or aws ec2 describe-subnets prints.",
      },
    ]);
  }
  const problems: Problem[] = [];
  const subnets = list.flatMap((item: unknown, index): ExistingSubnet[] => {
    const nameOf = (part: keyof typeof PARTS) =>
      PARTS[part].find((name) => isObject(item) && Object.hasOwn(item, name)) ?? PARTS[part][0];
    const partOf = (part: keyof typeof PARTS) => (isObject(item) ? item[nameOf(part)] : undefined);
    // Of a block that IPAM has yet to provide, or of IPv6 alone: no IPv4 addresses to keep clear of.
    if (isObject(item) && (partOf("cidr") === null || isIpv6Only(item))) return [];
    const { availabilityZone, cidr, subnetId } = {
      availabilityZone: partOf("availabilityZone"),
      cidr: partOf("cidr"),
      subnetId: partOf("subnetId"),
    };
    const read = readBySchema(existingSubnet, isObject(item) ? { availabilityZone, cidr, subnetId } : item);
    if ("value" in read) {
      const { subnetId: id, ...rest } = read.value;
      return [{ ...rest, ...(id !== undefined && { subnetId: id }) }];
    }
    const at = `${key ?? ""}[${index}]`;
    for (const { path, reason, fix } of read.problems) {
      const part = Object.keys(PARTS).find((name) => name === path) as keyof typeof PARTS | undefined;
      problems.push({ path: part === undefined ? at : `${at}.${nameOf(part)}`, reason, fix });
    }
    return [];
  });
  throwIfAny(problems);
  return subnets;
}

function isIpv6Only(item: Readonly<Record<string, unknown>>): boolean {
  return (
    item.Ipv6Native === true ||
    (item.CidrBlock === undefined && Array.isArray(item.Ipv6CidrBlockAssociationSet))
  );
}
