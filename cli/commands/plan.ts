import { z } from "zod";
import { planSubnets, type AddressPlan } from "../../planning/addressPlan";
import type { ExistingSubnet, ZoneRequest } from "../../planning/addressPlanRequest";
import { readBySchema } from "../../planning/schemaProblems";
import { InvalidInputError, throwIfAny } from "../../planning/problem";
import { command, type Answer } from "../command";
import { items, refuse, required, shown, text, texts, wholeNumber, yes } from "../flag";
import { readInputFile } from "../inputFile";
import { grouped, table } from "../table";

/** `podnet plan` */
export const plan = command({
  flags: {
    vpcCidr: required(texts("<cidr...>", "the blocks of the VPC, its primary first")),
    podCidr: texts("<cidr...>", "blocks for pods, in the order in which they are used up"),
    ipamPrefixLength: items(
      "<number...>",
      "sizes of further blocks that an IPAM pool will provide",
      (size) =>
        /^\d+$/.test(size)
          ? { value: Number(size) }
          : refuse(`${shown(size)} is not a prefix length.`, "Give a number from 16 to 28."),
    ),
    zones: required(texts("<zone...>", "zones that have nodes; us-west-2a/18 gives one a size of its own")),
    prefixLength: wholeNumber("size of a subnet; 19 by default, 8,187 usable addresses", 16, 28),
    subnetsPerZone: wholeNumber("subnets of each zone; 1 by default", 1, 100),
    assign: items("<zone=cidr...>", "a subnet that is chosen by hand", readAssignment),
    existing: text(
      "<file>",
      "subnets that exist: the output of this command, or of aws ec2 describe-subnets",
    ),
    reservePrefixes: yes("plan CIDR reservations for prefix delegation"),
    quota: wholeNumber("the quota L-83CA0A9D, IPv4 blocks per VPC; 5 by default", 1, 50),
  },
  flagsFile: true,
  help: `Examples:
  podnet plan --vpc-cidr 10.0.0.0/16 --pod-cidr 100.64.0.0/16 --zones us-west-2a,us-west-2b,us-west-2c
  podnet plan --vpc-cidr 10.0.0.0/16 --pod-cidr 100.64.0.0/16 --zones us-west-2a/18,us-west-2b --json
  aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-0c1d > subnets.json
  podnet plan --vpc-cidr 10.0.0.0/16 100.64.0.0/16 --pod-cidr 100.64.0.0/16 --zones us-west-2a,us-west-2d \\
    --existing subnets.json

Each zone has a place of its own by its letter, so that a zone that comes later moves no subnet. What --existing
lists stays where it is in any case.`,
  flagOf: (path) =>
    path
      .replace(/^vpc\.cidrBlocks/, "vpcCidr")
      .replace(/^vpc\.quotas\.cidrBlocksPerVpc/, "quota")
      .replace(/^podBlocks\[\d+\]\.netmaskLength/, "ipamPrefixLength")
      .replace(/^podBlocks/, "podCidr")
      .replace(/^zones(\[\d+\])\.cidrs.*/, "assign"),

  run(_args, flags, io): Answer {
    const { existing, prefixLength, reservePrefixes, quota } = flags;
    const request = {
      vpc: {
        cidrBlocks: flags.vpcCidr ?? [],
        ...(quota !== undefined && { quotas: { cidrBlocksPerVpc: quota } }),
      },
      podBlocks: [
        ...(flags.podCidr ?? []),
        ...(flags.ipamPrefixLength ?? []).map((netmaskLength) => ({ netmaskLength })),
      ],
      zones: zonesOf(flags.zones ?? [], flags.assign ?? [], flags.subnetsPerZone),
      ...(prefixLength !== undefined && { prefixLength }),
      ...(reservePrefixes !== undefined && { reservePrefixes }),
    };
    const plan = planSubnets({
      ...request,
      ...(existing !== undefined && { existing: readInputFile(io, existing).use(readExistingSubnets) }),
    });
    return { json: toJson(plan), text: describe(plan) };
  },
});

/** `us-west-2a=100.64.0.0/19` */
function readAssignment(given: string) {
  const [, availabilityZone, cidr] = /^([^=]+)=([^=]+)$/.exec(given) ?? [];
  return availabilityZone === undefined || cidr === undefined
    ? refuse(`${shown(given)} is not an assignment.`, "Write it as us-west-2a=100.64.0.0/19.")
    : { value: { availabilityZone, cidr } };
}

/** `us-west-2a` or `us-west-2a/18`, with what was assigned to it. */
function zonesOf(
  zones: readonly string[],
  assigned: readonly { availabilityZone: string; cidr: string }[],
  subnets: number | undefined,
): ZoneRequest[] {
  const requests = zones.map((zone): ZoneRequest => {
    const [availabilityZone = "", size] = zone.split("/");
    const cidrs = assigned.filter((one) => one.availabilityZone === availabilityZone).map(({ cidr }) => cidr);
    return {
      availabilityZone,
      ...(size !== undefined && { prefixLength: /^\d+$/.test(size) ? Number(size) : NaN }),
      ...(subnets !== undefined && { subnets }),
      ...(cidrs.length > 0 && { cidrs }),
    };
  });
  const known = new Set(requests.map(({ availabilityZone }) => availabilityZone));
  const strangers = assigned.filter(({ availabilityZone }) => !known.has(availabilityZone));
  throwIfAny(
    strangers.map(({ availabilityZone, cidr }) => ({
      path: "assign",
      reason: `${availabilityZone}=${cidr} is of a zone that is not among the zones.`,
      fix: `Add ${availabilityZone} to --zones, or leave the assignment out.`,
    })),
  );
  return requests;
}

const existingSubnets = z
  .array(
    z.object({
      availabilityZone: z.string().describe("the zone of the subnet, as zone or AvailabilityZone"),
      cidr: z.string().describe("its block, as cidr or CidrBlock"),
      subnetId: z.string().optional().describe("its id, as subnetId or SubnetId"),
    }),
  )
  .describe("a list of subnets, as this command or aws ec2 describe-subnets prints it");

/** Reads what this command or `aws ec2 describe-subnets` printed, or a list of the like. */
function readExistingSubnets(value: unknown): ExistingSubnet[] {
  const wrapped = isObject(value) ? (value.subnets ?? value.Subnets) : value;
  const list = Array.isArray(wrapped)
    ? wrapped.map((item: unknown) =>
        isObject(item)
          ? {
              availabilityZone: item.zone ?? item.availabilityZone ?? item.AvailabilityZone,
              cidr: item.cidr ?? item.CidrBlock,
              subnetId: item.subnetId ?? item.SubnetId,
            }
          : item,
      )
    : wrapped;
  const read = readBySchema(existingSubnets, list);
  if ("problems" in read) throw new InvalidInputError(read.problems);
  return read.value.map(({ availabilityZone, cidr, subnetId }) => ({
    availabilityZone,
    cidr,
    ...(subnetId !== undefined && { subnetId }),
  }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toJson({ subnets, free }: AddressPlan) {
  return {
    subnets: subnets.map(({ availabilityZone, cidr, ...rest }) => ({
      zone: availabilityZone,
      cidr: cidr ?? null,
      ...rest,
    })),
    free,
  };
}

function describe({ subnets, free }: AddressPlan): string {
  const rows = subnets.map((subnet) => [
    subnet.availabilityZone,
    subnet.cidr ??
      `block ${subnet.podBlock + 1} of IPAM, + ${grouped(subnet.offset)}, /${subnet.prefixLength}`,
    subnet.usableAddresses,
    subnet.subnetId ?? subnet.origin,
    (subnet.reservations ?? []).join(" "),
  ]);
  const columns = [
    { head: "ZONE" },
    { head: "SUBNET" },
    { head: "USABLE ADDRESSES", align: "right" as const },
    { head: "ORIGIN" },
    { head: subnets.some(({ reservations }) => reservations) ? "RESERVED FOR PREFIXES" : "" },
  ];
  return `${table(columns, rows)}\n\nFree: ${free.join(", ") || "nothing"}`;
}
