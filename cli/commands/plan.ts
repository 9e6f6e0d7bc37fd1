import { planSubnets, type AddressPlan, type PlannedSubnet } from "../../planning/addressPlan";
import type { ZoneRequest } from "../../planning/addressPlanRequest";
import { shown, throwIfAny } from "../../planning/problem";
import { command, type Answer } from "../command";
import { items, refuse, required, text, texts, wholeNumber, yes } from "../flag";
import { readExistingSubnets } from "../existingSubnets";
import { readInputFile } from "../inputFile";
import { grouped } from "../../planning/amounts";
import { table } from "../table";
import { vpcFlagOf, vpcFlags, vpcOf } from "../vpcFlags";

/** `podnet plan` */
export const plan = command({
  flags: {
    ...vpcFlags,
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
  },
  flagsFile: true,
  help: `Examples:
  podnet plan --vpc-cidr 10.0.0.0/16 --pod-cidr 100.64.0.0/16 --zones us-west-2a,us-west-2b,us-west-2c
  podnet plan --vpc-cidr 10.0.0.0/16 --pod-cidr 100.64.0.0/16 --zones us-west-2a/18,us-west-2b --json
  aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-0c1d > subnets.json
  podnet plan --vpc-cidr 10.0.0.0/16 100.64.0.0/16 --pod-cidr 100.64.0.0/16 --zones us-west-2a,us-west-2d \\
    --existing subnets.json

Each zone has a place of its own by its letter, so that a zone of the same size that comes later moves none. What
--existing lists stays where it is in any case.`,
  flagOf: (path) =>
    vpcFlagOf(path)
      .replace(/^podBlocks\[\d+\]\.netmaskLength/, "ipamPrefixLength")
      .replace(/^podBlocks/, "podCidr")
      .replace(/^zones(\[\d+\])\.cidrs.*/, "assign"),

  run(_args, flags, io): Answer {
    const { existing, prefixLength, reservePrefixes } = flags;
    const plan = planSubnets({
      vpc: vpcOf(flags),
      podBlocks: [
        ...(flags.podCidr ?? []),
        ...(flags.ipamPrefixLength ?? []).map((netmaskLength) => ({ netmaskLength })),
      ],
      zones: zonesOf(flags.zones ?? [], flags.assign ?? [], flags.subnetsPerZone),
      ...(prefixLength !== undefined && { prefixLength }),
      ...(reservePrefixes !== undefined && { reservePrefixes }),
      ...(existing !== undefined && { existing: readInputFile(io, existing).use(readExistingSubnets) }),
    });
    const notes = [
      ...(reservePrefixes === true ? plan.subnets.flatMap(withoutReservations) : []),
      ...withoutOwnPlace(plan.subnets),
    ];
    return { json: { ...toJson(plan), notes }, text: describe(plan), notes };
  },
});

function withoutOwnPlace(subnets: readonly PlannedSubnet[]): string[] {
  const zones = [
    ...new Set(subnets.filter(({ isStable }) => !isStable).map(({ availabilityZone }) => availabilityZone)),
  ];
  if (zones.length === 0) return [];
  return [
    `${zones.join(", ")}: took the first free place, which another plan may give away; once the subnets exist, --existing keeps them.`,
  ];
}

function withoutReservations({ availabilityZone, cidr, reservations }: PlannedSubnet): string[] {
  if (reservations !== undefined) return [];
  return [
    cidr === undefined
      ? `${availabilityZone}: reservations are planned once IPAM has provided the block.`
      : `${availabilityZone}: no reservations in ${cidr}, which has no whole /28 to hand out.`,
  ];
}

/** `us-west-2a=100.64.0.0/19` */
function readAssignment(given: string) {
  const [, availabilityZone, cidr] = /^([^=]+)=([^=]+)$/.exec(given) ?? [];
  return availabilityZone === undefined || cidr === undefined
    ? refuse(`${shown(given)} is not an assignment.`, "Write it as us-west-2a=100.64.0.0/19.")
    : { value: { availabilityZone, cidr } };
}

const ZONE = /^([^/]+)(?:\/(\d+))?$/;

/** `us-west-2a` or `us-west-2a/18`, with what was assigned to it. */
function zonesOf(
  zones: readonly string[],
  assigned: readonly { availabilityZone: string; cidr: string }[],
  subnets: number | undefined,
): ZoneRequest[] {
  const unreadable = zones.filter((zone) => !ZONE.test(zone));
  throwIfAny(
    unreadable.map((zone) => ({
      path: "zones",
      reason: `${shown(zone)} is neither a zone nor a zone and a size.`,
      fix: "Write it as us-west-2a or us-west-2a/18.",
    })),
  );
  const requests = zones.map((zone): ZoneRequest => {
    const [, availabilityZone = "", size] = ZONE.exec(zone) ?? [];
    const cidrs = assigned.filter((one) => one.availabilityZone === availabilityZone).map(({ cidr }) => cidr);
    return {
      availabilityZone,
      ...(size !== undefined && { prefixLength: Number(size) }),
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
