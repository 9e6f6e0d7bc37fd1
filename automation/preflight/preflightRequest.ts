import { checkRequestForm } from "../../planning/podNetwork/requestForm";
import type { PodNetworkRequest } from "../../planning/podNetwork/request";
import { InvalidInputError } from "../../planning/problem";
import { InvalidFileError, type Environment } from "../environments";
import { checkedStackFile, CONFIG_NAMESPACE } from "../stack";
import { stackSettings } from "../stackSettings";
import type { PreflightRequest } from "./preflight";

/**
 * What a preflight of an environment is asked: the pod network of its stack's configuration, what somebody has accepted,
 * and the places that its pods must reach. Pulumi is not asked.
 *
 * @param workDir the folder of Pulumi.yaml.
 * @throws PulumiError when there is no such configuration, or it is of another place than the environment;
 *   InvalidFileError with what is wrong with its pod network.
 */
export function preflightRequest(environment: Environment, workDir: string): PreflightRequest {
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
    accepted: environment.accepted?.map(({ id }) => id),
    mustReach: environment.mustReach,
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
