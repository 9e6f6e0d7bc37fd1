import type { Failure } from "../protocol/plugin";
import { assertLoopback } from "../protocol/loopback";
import { UNKNOWN } from "../../engine/propertyValues";
import { isObject, type Properties, type Value } from "../protocol/values";
import type { Schema } from "../schema/property";
import { problemsOf } from "../schema/validate";
import type { ProfileSettings } from "./profile";

/** The services of AWS that the stand-in calls, by the name that endpoints have in the provider's configuration. */
export type Service = "autoscaling" | "ec2" | "eks" | "sts";

/** The end of the variable with each service's own endpoint, as the SDKs have it: AWS_ENDPOINT_URL_EC2. */
const variableOf: Readonly<Record<Service, string>> = {
  autoscaling: "AUTO_SCALING",
  ec2: "EC2",
  eks: "EKS",
  sts: "STS",
};

/** The provider's configuration, as far as it changes what the stand-in does. */
export interface Configuration {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoints: Readonly<Record<Service, string>>;
  readonly defaultTags: Readonly<Record<string, string>>;
  /** How often a call is made that AWS refuses because there are too many, or that fails in passing. */
  readonly maxAttempts: number;
}

/** How often the real provider makes a call again, with ever longer pauses, unless `maxRetries` or AWS_MAX_ATTEMPTS says otherwise. */
const MAX_RETRIES = 25;

const beyond = "only an emulated AWS on this computer is spoken to, with one account and no roles";
const network = "the emulated AWS is on this computer and reached without it";

/** Inputs of the provider. Those without effect on an emulator are taken all the same: programs give them. */
const schema: Schema = {
  accessKey: { type: "string" },
  allowedAccountIds: { type: { list: "string" }, refused: beyond },
  assumeRoleWithWebIdentity: { type: "map", refused: beyond },
  assumeRoles: { type: { list: "map" }, refused: beyond },
  customCaBundle: { type: "string", refused: network },
  defaultTags: { type: { object: { tags: { type: "map" } } } },
  ec2MetadataServiceEndpoint: { type: "string", refused: beyond },
  endpoints: {
    type: {
      list: {
        object: {
          autoscaling: { type: "string" },
          ec2: { type: "string" },
          eks: { type: "string" },
          sts: { type: "string" },
        },
      },
    },
  },
  forbiddenAccountIds: { type: { list: "string" }, refused: beyond },
  httpProxy: { type: "string", refused: network },
  httpsProxy: { type: "string", refused: network },
  ignoreTags: { type: "map", refused: "tags are all compared" },
  maxRetries: { type: "number" },
  profile: { type: "string" },
  region: { type: "string" },
  retryMode: { type: "string" },
  secretKey: { type: "string" },
  sharedConfigFiles: { type: { list: "string" } },
  sharedCredentialsFiles: { type: { list: "string" } },
  skipCredentialsValidation: { type: "boolean" },
  skipMetadataApiCheck: { type: "boolean" },
  skipRegionValidation: { type: "boolean" },
  skipRequestingAccountId: { type: "boolean" },
  stsRegion: { type: "string" },
  token: { type: "string" },
  useDualstackEndpoint: { type: "boolean", refused: network },
  useFipsEndpoint: { type: "boolean", refused: network },
};

/** Keys that the engine adds to every provider's inputs. */
const ENGINES_OWN = ["version", "pluginDownloadURL", "pluginChecksums", "parameterization"];

/**
 * Inputs of the provider in their own types, with the region from the environment where none is given.
 *
 * Engines send what is not a string as JSON in a string.
 */
export function normalized(inputs: Properties, env: NodeJS.ProcessEnv): Properties {
  const own: Properties = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (ENGINES_OWN.includes(key) || key.startsWith("__")) continue;
    own[key] = typeof value === "string" && schema[key]?.type !== "string" ? parsed(value) : value;
  }
  const region = own["region"] ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  if (region !== undefined && region !== "") own["region"] = region;
  return own;
}

function parsed(value: string): Value {
  if (value === UNKNOWN) return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value;
  }
}

/** What is wrong with normalized inputs of the provider. */
export function configurationProblems(inputs: Properties): Failure[] {
  return problemsOf("the aws provider", schema, inputs);
}

/**
 * @param inputs are normalized.
 * @param profile what the profile says where inputs and environment say nothing.
 * @throws Error when the region is missing, or a service's endpoint is, or is not on this computer.
 */
export function configurationFrom(
  inputs: Properties,
  env: NodeJS.ProcessEnv,
  profile: ProfileSettings,
): Configuration {
  const [problem] = configurationProblems(inputs);
  if (problem !== undefined) throw new Error(problem.reason);
  const region = inputs["region"];
  if (typeof region !== "string") {
    throw new Error(
      "the aws provider has no region: set aws:region in the stack's configuration, or AWS_REGION",
    );
  }
  const endpoint = (service: Service) => endpointOf(service, inputs, env, profile);
  return {
    region,
    credentials: credentialsOf(inputs, env, profile),
    endpoints: {
      ec2: endpoint("ec2"),
      eks: endpoint("eks"),
      sts: endpoint("sts"),
      autoscaling: endpoint("autoscaling"),
    },
    defaultTags: defaultTagsOf(inputs),
    maxAttempts: attemptsOf(inputs, env),
  };
}

/**
 * The first that there are, in the order of the real provider, where a profile comes last unless it is an input. No emulator
 * checks them, so that any will do where there are none.
 */
function credentialsOf(
  inputs: Properties,
  env: NodeJS.ProcessEnv,
  profile: ProfileSettings,
): Configuration["credentials"] {
  const ofProfile = keyPair(profile["aws_access_key_id"], profile["aws_secret_access_key"]);
  const ofEnvironment = keyPair(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]);
  return (
    keyPair(inputs["accessKey"], inputs["secretKey"]) ??
    (inputs["profile"] === undefined ? (ofEnvironment ?? ofProfile) : (ofProfile ?? ofEnvironment)) ?? {
      accessKeyId: "sandbox",
      secretAccessKey: "sandbox",
    }
  );
}

function keyPair(accessKeyId: unknown, secretAccessKey: unknown): Configuration["credentials"] | undefined {
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") return undefined;
  return accessKeyId === "" || secretAccessKey === "" ? undefined : { accessKeyId, secretAccessKey };
}

function attemptsOf({ maxRetries }: Properties, env: NodeJS.ProcessEnv): number {
  if (typeof maxRetries === "number") return maxRetries + 1;
  const asked = Number(env["AWS_MAX_ATTEMPTS"]);
  return asked > 0 ? asked : MAX_RETRIES + 1;
}

function endpointOf(
  service: Service,
  inputs: Properties,
  env: NodeJS.ProcessEnv,
  profile: ProfileSettings,
): string {
  const sources: [string, Value | undefined][] = [
    [`endpoints[].${service} of the aws provider`, endpointGiven(service, inputs)],
    [`AWS_ENDPOINT_URL_${variableOf[service]}`, env[`AWS_ENDPOINT_URL_${variableOf[service]}`]],
    ["AWS_ENDPOINT_URL", env["AWS_ENDPOINT_URL"]],
    ["endpoint_url of the profile", profile["endpoint_url"]],
  ];
  for (const [origin, endpoint] of sources) {
    if (typeof endpoint !== "string" || endpoint === "") continue;
    assertLoopback(endpoint, origin);
    return endpoint;
  }
  throw new Error(
    `the aws provider has no endpoint for ${service}, so it would be AWS itself: the sandbox's stand-in for the aws ` +
      "plugin speaks to an emulated AWS on this computer only. Set AWS_ENDPOINT_URL to a sandbox's, " +
      "or put the real pulumi and its plugins on PATH.",
  );
}

function endpointGiven(service: Service, inputs: Properties): Value | undefined {
  const given = inputs["endpoints"];
  if (!Array.isArray(given)) return undefined;
  return given.filter(isObject).find((entry) => typeof entry[service] === "string")?.[service];
}

/** The tags that every resource gets, unless it has another value for the key. */
export function defaultTagsOf(inputs: Properties): Record<string, string> {
  const given = inputs["defaultTags"];
  const tags = isObject(given) ? given["tags"] : undefined;
  return isObject(tags) ? (tags as Record<string, string>) : {};
}
