import type { PermissionNetwork } from "../../planning/permissions/wanted";
import type { PodNetworkRequest } from "../../planning/podNetwork/request";
import { isObject } from "../../planning/isObject";
import type { Problem } from "../../planning/problem";
import { inSameAws } from "../../planning/sameAws";
import { readBySchema } from "../../planning/schemaProblems";
import { sharedBlocks } from "../../planning/sharedRanges";
import { existingClusterConfig } from "../../planning/stackConfig/existingCluster";
import { InvalidFileError, type Environment } from "../environments";
import { PulumiError } from "../pulumiError";
import { checkedStackFile, CONFIG_NAMESPACE } from "../stack";
import { stackSettings } from "../stackSettings";
import type { PreflightRequest } from "./preflight";
import type { NeighbourRequest } from "./readNeighbourhood";

/**
 * What a preflight of an environment is asked: the pod network of its stack's configuration, what somebody has accepted,
 * the places that its pods must reach, and the other environments that are to have some of the same addresses for pods.
 * Pulumi is not asked.
 *
 * @param workDir the folder of Pulumi.yaml.
 * @param all environments of the file; those of another AWS than this process asks are left out. @default none but this one
 * @throws PulumiError when there is no such configuration, or it is of another place than the environment;
 *   InvalidFileError with everything of it that the program would not take.
 */
export function preflightRequest(
  environment: Environment,
  workDir: string,
  all: readonly Environment[] = [],
): PreflightRequest {
  const { clusterName, ...wanted } = stackRequest(environment, workDir);
  const { name, accepted, mustReach, rotation } = environment;
  const others = inSameAws(environment, all, process.env.AWS_ENDPOINT_URL).filter(
    (other) => other.name !== name,
  );
  return {
    ...{ ...wanted, clusterName, mustReach },
    permissions: { network: wanted, rotation },
    accepted: accepted?.map(({ id }) => id),
    neighbours: { name, others: neighboursOf(wanted.podCidrs, others, workDir) },
  };
}

/** Those with some of these addresses for pods; of a stack that is not configured well, its own preflight tells. */
function neighboursOf(
  podCidrs: readonly string[],
  others: readonly Environment[],
  workDir: string,
): NeighbourRequest[] {
  return others.flatMap((environment): NeighbourRequest[] => {
    try {
      const other = stackRequest(environment, workDir);
      return sharedBlocks(podCidrs, other.podCidrs) === undefined ? [] : [{ environment, ...other }];
    } catch (error) {
      if (error instanceof InvalidFileError || error instanceof PulumiError) return [];
      throw error;
    }
  });
}

/** The pod network of a stack's configuration, and the cluster that it is for. */
function stackRequest(
  environment: Environment,
  workDir: string,
): PodNetworkRequest & PermissionNetwork & { readonly clusterName: string } {
  const { file, values } = checkedStackFile(`looking at ${environment.name}`, environment, workDir);
  const prefix = `${CONFIG_NAMESPACE}:`;
  const own = stackSettings({ values });
  const problems = problemsOf(own).map((problem) => ({ ...problem, path: `${prefix}${problem.path}` }));
  if (problems.length > 0) throw new InvalidFileError(file, problems);
  // Its form was checked.
  return own as unknown as PodNetworkRequest & PermissionNetwork & { readonly clusterName: string };
}

/** What the program would not take; a value that Pulumi has encrypted, only it can judge. */
function problemsOf(settings: Readonly<Record<string, unknown>>): readonly Problem[] {
  const reading = readBySchema(existingClusterConfig, settings);
  if ("value" in reading) return [];
  return reading.problems.filter(({ path }) => !isEncrypted(valueAt(path, settings)));
}

/** A secret in a stack's file: https://www.pulumi.com/docs/iac/concepts/secrets/ */
function isEncrypted(value: unknown): boolean {
  return isObject(value) && typeof value.secure === "string";
}

/** @param path such as `cni.env.WARM_IP_TARGET`. */
function valueAt(path: string, settings: unknown): unknown {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  return keys.reduce<unknown>(
    (at, key) => (Array.isArray(at) ? (at as unknown[])[Number(key)] : isObject(at) ? at[key] : undefined),
    settings,
  );
}
