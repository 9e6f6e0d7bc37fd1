import { z } from "zod";
import { cidrBlock, overlaps, readCidr } from "./cidrBlock";
import { InvalidInputError, shown, type Problem } from "./problem";
import { readBySchema } from "./schemaProblems";

const wholeNumber = (what: string, from: number, to: number) =>
  z.int().min(from).max(to).describe(`${what}: a whole number from ${from} to ${to}`);

const yes = (what: string) => z.boolean().describe(`${what}: true or false, false by default`).optional();

const subnet = z.strictObject({
  zone: z.string().min(1).describe("the availability zone of the subnet, such as us-west-2a").optional(),
  prefixLength: z
    .int()
    .min(1)
    .max(30)
    .describe("the size of the subnet as a prefix length from 16 to 28, such as 19; or cidr instead")
    .optional(),
  cidr: z
    .string()
    .refine((text) => readCidr(text).kind === "block", {
      error: ({ input }) => {
        const reading = readCidr(String(input));
        return reading.kind === "hostBits"
          ? `it has bits set behind its prefix, ${reading.enclosing.cidr} is the block`
          : "it is not an IPv4 block";
      },
    })
    .describe("the block of the subnet, such as 100.64.0.0/19; or prefixLength instead")
    .optional(),
});

const row = z.strictObject({
  type: z.string().min(1).describe("an EC2 instance type, such as m5.large"),
  count: wholeNumber("how many nodes of this kind", 1, 100_000),
  podsPerNode: wholeNumber("workload pods per node, without DaemonSet and hostNetwork pods", 0, 10_000),
  zone: z
    .string()
    .min(1)
    .describe("the zone that all of these nodes are in; left out, they are spread over all zones")
    .optional(),
  maxPods: wholeNumber(
    "kubelet's max pods on these nodes, computed as by podnet max-pods when left out",
    1,
    10_000,
  ).optional(),
});

/** The keys of a fleet, as a file or an object gives them. */
export const fleetSchema = z
  .strictObject({
    subnets: z
      .array(subnet)
      .min(1)
      .describe("the subnets that pods' addresses come from: a list with at least one entry"),
    instances: z.array(row).min(1).describe("the nodes, a row for each kind: a list with at least one entry"),
    customNetworking: yes("pods get addresses of ENIConfig subnets (AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG)"),
    prefixDelegation: yes("ENIs get /28 prefixes (ENABLE_PREFIX_DELEGATION)"),
    uncapped: yes("max pods is computed without the recommended cap of 110 or 250"),
    maxEni: wholeNumber("MAX_ENI, no limit of its own when left out", 1, 100).optional(),
    warmEniTarget: wholeNumber(
      "WARM_ENI_TARGET, 1 by default, unused when an IP target is set",
      0,
      100,
    ).optional(),
    warmIpTarget: wholeNumber("WARM_IP_TARGET, 0 by default", 0, 10_000).optional(),
    minimumIpTarget: wholeNumber("MINIMUM_IP_TARGET, 0 by default", 0, 10_000).optional(),
    warmPrefixTarget: wholeNumber(
      "WARM_PREFIX_TARGET, 1 by default, only with prefixDelegation",
      0,
      1_000,
    ).optional(),
    hostNetworkPodsPerNode: wholeNumber(
      "pods per node that use the node's own address, 2 by default (aws-node, kube-proxy)",
      0,
      1_000,
    ).optional(),
    daemonSetPodsPerNode: wholeNumber(
      "DaemonSet pods per node with an address of their own, 0 by default",
      0,
      1_000,
    ).optional(),
    surge: z
      .union([z.int().min(0).max(100_000), z.string().regex(/^(100|\d{1,2})%$/)])
      .describe(
        "nodes added at once while nodes are replaced, over all subnets: a whole number, or a percentage such as 10%; 1 by default",
      )
      .optional(),
  })
  .describe("an object with the keys subnets and instances at least");

/** The nodes of a cluster, how the CNI is set on them, and the subnets that their pods' addresses come from. */
export type Fleet = z.infer<typeof fleetSchema>;

/** One kind of node. */
export type FleetRow = Fleet["instances"][number];

/**
 * Reads a fleet from what a file held.
 *
 * @throws InvalidInputError with every problem of its shape.
 */
export function readFleet(value: unknown): Fleet {
  const read = readBySchema(fleetSchema, value);
  if ("problems" in read) throw new InvalidInputError(read.problems);
  return read.value;
}

/** What the parts of a fleet have against each other. */
export function fleetProblems(fleet: Fleet): Problem[] {
  return [...subnetProblems(fleet), ...overlapProblems(fleet), ...zoneProblems(fleet)];
}

/** The size of a subnet of a fleet, as a prefix length. */
export function subnetPrefixLength(subnet: Fleet["subnets"][number]): number {
  return subnet.cidr === undefined ? (subnet.prefixLength ?? NaN) : cidrBlock(subnet.cidr).prefixLength;
}

function subnetProblems({ subnets }: Fleet): Problem[] {
  return subnets.flatMap((subnet, index) => {
    const sizes = [subnet.prefixLength, subnet.cidr].filter((size) => size !== undefined);
    if (sizes.length === 1) return [];
    return [
      {
        path: `subnets[${index}]`,
        reason: sizes.length === 0 ? "has neither prefixLength nor cidr." : "has both prefixLength and cidr.",
        fix: "Give one of the two, such as prefixLength: 19.",
      },
    ];
  });
}

function overlapProblems({ subnets }: Fleet): Problem[] {
  return subnets.flatMap(({ cidr }, index) => {
    if (cidr === undefined) return [];
    const block = cidrBlock(cidr);
    const twin = subnets.findIndex(
      (other, at) => at < index && other.cidr && overlaps(cidrBlock(other.cidr), block),
    );
    if (twin < 0) return [];
    const path = `subnets[${index}].cidr`;
    return [
      {
        path,
        reason: `${cidr} overlaps ${subnets[twin]?.cidr ?? ""} (subnets[${twin}]).`,
        fix: "Correct one of them.",
      },
    ];
  });
}

function zoneProblems({ subnets, instances }: Fleet): Problem[] {
  const problems: Problem[] = [];
  const zones = new Set(subnets.flatMap(({ zone }) => (zone === undefined ? [] : [zone])));
  if (subnets.length > 1) {
    subnets.forEach(({ zone }, index) => {
      if (zone !== undefined) return;
      problems.push({
        path: `subnets[${index}].zone`,
        reason: "is missing.",
        fix: "Where there are several subnets, give each its zone, such as us-west-2a.",
      });
    });
  }
  instances.forEach(({ zone }, index) => {
    if (zone === undefined || zones.has(zone)) return;
    problems.push({
      path: `instances[${index}].zone`,
      reason: `no subnet is in ${shown(zone)}.`,
      fix:
        zones.size > 0 ? `Give one of ${[...zones].join(", ")}, or leave it out to spread.` : "Leave it out.",
    });
  });
  return problems;
}
