import { z } from "zod";
import { readBySchema } from "../schemaProblems";
import { throwIfAny } from "../problem";
import { FORCE } from "./request";

/**
 * EKS takes group names of up to 63 characters, and the zone is appended: 45 leave room for 17, which is enough but for
 * some Local Zones (`ap-southeast-2-akl-1a`). The whole is checked where the zones are known.
 */
const WORKER_GROUP_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,44}$/;
/** Part of the names of ENIConfigs, which are DNS names, and the value of a label (63 characters) with the zone. */
const POD_GROUP_NAME = /^[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?$/;

const prefixLength = z
  .int()
  .min(16)
  .max(28)
  .describe("the size of a pod subnet as a prefix length: a whole number from 16 to 28")
  .optional();
const names = (what: string, one = "a name") =>
  z.array(z.string().min(1).describe(one)).describe(`${what}: a list`).optional();
const securityGroupIds = z
  .array(
    z
      .string()
      .regex(/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/)
      .describe("the id of a security group, such as sg-0123456789abcdef0"),
  )
  .min(1)
  .describe("ids of security groups: at least one, or leave it out")
  .optional();
const env = z
  .record(z.string(), z.string().describe('a text; numbers and true or false in quotes: "true"'))
  .describe("environment variables of aws-node with their values")
  .optional();
const force = Object.values(FORCE);

/** A worker group has more keys than these; they are its component's to check. */
const workerGroup = z.looseObject({
  name: z
    .string()
    .regex(WORKER_GROUP_NAME)
    .describe("a name of up to 45 letters, digits, - and _; each group is called that and its zone"),
  replaces: z
    .array(z.string().min(1).describe("the name of a group"))
    .describe("the groups whose nodes these take the place of: a list, empty where they are additional"),
});

const form = z.looseObject({
  podCidrs: z
    .array(z.string().describe("an IPv4 block, such as 100.64.0.0/16"))
    .min(1)
    .describe("the blocks for pods, such as 100.64.0.0/16: at least one"),
  subnetPrefixLength: prefixLength,
  zones: z
    .array(z.string().min(1).describe("a zone, such as us-west-2a"))
    .min(1)
    .describe("the zones, such as us-west-2a: at least one, or leave it out for all that have nodes")
    .optional(),
  podGroups: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(POD_GROUP_NAME)
          .describe("a name of up to 45 lower-case letters, digits and -, which is part of its ENIConfigs'"),
        zones: names("the zones of the group", "a zone, such as us-west-2a"),
        securityGroupIds,
        subnetPrefixLength: prefixLength,
      }),
    )
    .describe("named groups of nodes: a list of name, zones, securityGroupIds and subnetPrefixLength")
    .optional(),
  securityGroupIds,
  routeTableIds: z
    .record(z.string(), z.string().describe("the id of a route table, such as rtb-0123456789abcdef0"))
    .describe("route tables by zone")
    .optional(),
  cni: z.looseObject({ env, initEnv: env }).describe("settings of the CNI").optional(),
  workerGroups: z.array(workerGroup).describe("the new worker groups: a list").optional(),
  adopt: z
    .strictObject({
      cidrBlocks: names("blocks that the VPC has", "an IPv4 block"),
      podSubnets: names("pod subnets that exist", "the id of a subnet"),
      eniConfigs: names("ENIConfigs that exist"),
      nodeGroups: names("managed node groups that exist"),
    })
    .describe("what exists and is taken over: cidrBlocks, podSubnets, eniConfigs and nodeGroups")
    .optional(),
  force: z
    .array(z.enum(force).describe(`one of ${force.join(", ")}`))
    .describe("what is done in spite of the pods that it strands: a list")
    .optional(),
});

/**
 * Checks the form of a request, which may come from a file that nobody checked.
 *
 * @throws InvalidInputError with everything that is wrong with it.
 */
export function checkRequestForm(request: unknown): void {
  const reading = readBySchema(form, request);
  if ("problems" in reading) throwIfAny(reading.problems);
}
