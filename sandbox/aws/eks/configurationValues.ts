import { parse } from "yaml";
import * as z from "zod";
import { AWS_NODE_DEFAULTS, AWS_NODE_OPTIONAL } from "./awsNodeEnvironment";
import { invalidParameter } from "./eksError";

const environmentNames = [...Object.keys(AWS_NODE_DEFAULTS), ...AWS_NODE_OPTIONAL];
const optionalStrings = (names: readonly string[]) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, z.string().optional()])));

const booleanText = z.enum(["true", "false"]);
const free = z.record(z.string(), z.unknown());

const eniConfigSchema = z.strictObject({
  create: z.boolean(),
  region: z.string(),
  subnets: z
    .record(z.string(), z.strictObject({ id: z.string(), securityGroups: z.array(z.string()).optional() }))
    .refine((subnets) => Object.keys(subnets).length > 0, "there must be a minimum of 1 properties")
    .meta({ minProperties: 1 }),
});

/** What the vpc-cni add-on can be configured with, version 1.23. */
const vpcCniSchema = z.strictObject({
  env: optionalStrings(environmentNames).optional(),
  init: z
    .strictObject({
      env: optionalStrings(["DISABLE_TCP_EARLY_DEMUX", "ENABLE_V6_EGRESS"]).optional(),
      resources: free.optional(),
    })
    .optional(),
  eniConfig: eniConfigSchema.optional(),
  nodeAgent: z
    .strictObject({
      enabled: booleanText.optional(),
      enableCloudWatchLogs: booleanText.optional(),
      enablePolicyEventLogs: booleanText.optional(),
      healthProbeBindAddr: z.string().optional(),
      metricsBindAddr: z.string().optional(),
      conntrackCacheCleanupPeriod: z.string().optional(),
      resources: free.optional(),
    })
    .optional(),
  enableNetworkPolicy: booleanText.optional(),
  enableWindowsIpam: booleanText.optional(),
  enableWindowsPrefixDelegation: booleanText.optional(),
  warmWindowsPrefixTarget: z.int().min(0).optional(),
  warmWindowsIPTarget: z.int().min(1).optional(),
  minimumWindowsIPTarget: z.int().min(0).optional(),
  branchENICooldown: z.int().min(30).optional(),
  livenessProbeTimeoutSeconds: z.int().optional(),
  readinessProbeTimeoutSeconds: z.int().optional(),
  podAnnotations: z.record(z.string(), z.string()).optional(),
  podLabels: z.record(z.string(), z.string()).optional(),
  resources: free.optional(),
  tolerations: z.array(free).optional(),
  affinity: free.optional(),
});

/** Values of the add-on's configuration. */
export type VpcCniValues = z.infer<typeof vpcCniSchema>;

/** The schema as DescribeAddonConfiguration gives it: a JSON document in a string. */
export function vpcCniConfigurationSchema(): string {
  return JSON.stringify(z.toJSONSchema(vpcCniSchema, { target: "draft-7", io: "input" }));
}

/**
 * Reads configuration values: JSON or YAML, nothing that the schema doesn't know.
 *
 * @throws AwsError InvalidParameterException with each member that isn't as the schema wants it.
 */
export function readVpcCniValues(
  text: string | undefined,
  members: Readonly<Record<string, unknown>>,
): VpcCniValues {
  const refuse = (why: string) =>
    invalidParameter(`ConfigurationValue provided in request is not supported: ${why}`, members);
  let values: unknown;
  try {
    values = text === undefined || text.trim() === "" ? {} : parse(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const read = vpcCniSchema.safeParse(values);
  if (read.success) return read.data;
  const said = read.error.issues.flatMap(sentences).join(", ");
  throw refuse(`Json schema validation failed with error: [${said}]`);
}

/** An issue in the words of EKS's validator. */
function sentences(issue: z.core.$ZodIssue): string[] {
  const at = ["$", ...issue.path].join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      (key) =>
        `${at}.${key}: is not defined in the schema and the schema does not allow additional properties`,
    );
  }
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) {
    return [`${at}: is missing but it is required`];
  }
  if (issue.code === "invalid_type") {
    const found = /received (\S+)$/.exec(issue.message)?.[1] ?? "unknown";
    return [`${at}: ${found} found, ${issue.expected} expected`];
  }
  return [`${at}: ${issue.message}`];
}
