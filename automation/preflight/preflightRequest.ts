import { checkRequestForm } from "../../planning/podNetwork/requestForm";
import type { PodNetworkRequest } from "../../planning/podNetwork/request";
import { InvalidInputError } from "../../planning/problem";
import { sharedBlocks } from "../../planning/sharedRanges";
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
 * @param all environments of the file. @default none but this one
 * @throws PulumiError when there is no such configuration, or it is of another place than the environment;
 *   InvalidFileError with what is wrong with its pod network.
 */
export function preflightRequest(
  environment: Environment,
  workDir: string,
  all: readonly Environment[] = [],
): PreflightRequest {
  const { clusterName, ...wanted } = stackRequest(environment, workDir);
  const { name, accepted, mustReach } = environment;
  const others = all.filter((other) => other.name !== name);
  return {
    ...{ ...wanted, clusterName, mustReach },
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
): PodNetworkRequest & { readonly clusterName: string } {
  const { file, values } = checkedStackFile(`looking at ${environment.name}`, environment, workDir);
  const prefix = `${CONFIG_NAMESPACE}:`;
  const own = stackSettings({ values });
  const { clusterName } = own;
  const missing = {
    path: `${prefix}clusterName`,
    reason: "is missing.",
    fix: "Give the name of the EKS cluster.",
  };
  const problems = [
    ...(typeof clusterName === "string" ? [] : [missing]),
    ...formProblems(own).map((problem) => ({ ...problem, path: `${prefix}${problem.path}` })),
  ];
  if (problems.length > 0 || typeof clusterName !== "string") throw new InvalidFileError(file, problems);
  return {
    // Its form was checked.
    ...(own as unknown as PodNetworkRequest),
    clusterName,
  };
}

function formProblems(request: unknown): InvalidInputError["problems"] {
  try {
    checkRequestForm(request);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.problems;
  }
}
