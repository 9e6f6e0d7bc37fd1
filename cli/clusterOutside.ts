import { checkAccount } from "../automation/account";
import { systemClock } from "../automation/clock";
import { environmentClients, type ClusterOutside } from "../automation/connect";
import type { Environment } from "../automation/environments";
import { OutsideError } from "./outsideError";
import { withOutside } from "./outsideFailure";

/** The AWS and the cluster of an environment. @throws KubeConfigError */
export function clusterOutside(environment: Environment, signal: AbortSignal): ClusterOutside {
  return { ...environmentClients(environment), clock: systemClock, signal };
}

/** The same, by credentials of the environment's account. @throws KubeConfigError, WrongAccountError; what STS answers */
export async function checkedOutside(environment: Environment, signal: AbortSignal): Promise<ClusterOutside> {
  const outside = clusterOutside(environment, signal);
  await checkAccount(environment, outside);
  return outside;
}

/**
 * Does something with a cluster; what AWS, Kubernetes or Pulumi answer is the outside's failure, and no defect of
 * podnet.
 *
 * @param what is done, as in `what failed: because`.
 */
export async function withCluster<T>(what: string, act: () => Promise<T>): Promise<T> {
  return withOutside(what, async () => {
    try {
      return await act();
    } catch (error) {
      if (!isOfAws(error)) throw error;
      throw new OutsideError(what, error, "Check credentials, permissions, Region and endpoint.");
    }
  });
}

/** Answers of AWS carry `$metadata`; so do requests that got none. */
function isOfAws(error: unknown): boolean {
  return error instanceof Error && ("$metadata" in error || error.name === "CredentialsProviderError");
}
