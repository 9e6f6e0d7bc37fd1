import { fixForAws } from "../automation/awsWayOut";
import { KubernetesError } from "../automation/kubernetes";
import { PulumiError } from "../automation/pulumiError";
import { OutsideError, SettingsError } from "./outsideError";

/** An error of the runner that knows a way out. */
interface WithFix extends Error {
  readonly fix: string;
  /** Whether settings are wrong, and nothing outside failed. @default false */
  readonly isOfSettings?: boolean;
}

/**
 * Does something with the outside; what AWS, Kubernetes or Pulumi answer is the outside's failure, and no defect of podnet.
 *
 * @param what is done, as in `what failed: because`.
 */
export async function withOutside<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof PulumiError) {
      const { what, reason, fix, isOfSettings } = error;
      const said = new Error(reason, { cause: error });
      throw new (isOfSettings ? SettingsError : OutsideError)(what, said, fix);
    }
    if (error instanceof KubernetesError) throw new OutsideError(what, error, fixFor(error));
    if (isOfAws(error)) {
      const said = saidBy(error);
      throw new OutsideError(what, said, fixForAws(said));
    }
    if (hasFix(error)) {
      throw new (error.isOfSettings === true ? SettingsError : OutsideError)(what, error, error.fix);
    }
    throw error;
  }
}

function fixFor({ status }: KubernetesError): string {
  return status === 401 || status === 403
    ? "Give the kubeconfig's user the permission that the message names."
    : "Check that the cluster of the kubeconfig answers: kubectl get --raw /readyz";
}

/** A host of several addresses that is not reached says nothing itself; its addresses do. */
function saidBy(error: Error): Error {
  const [first] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [];
  return first instanceof Error ? first : error;
}

/** Answers of AWS carry `$metadata`; so do requests that got none. */
function isOfAws(error: unknown): error is Error {
  return error instanceof Error && ("$metadata" in error || error.name === "CredentialsProviderError");
}

function hasFix(error: unknown): error is WithFix {
  return (
    error instanceof Error &&
    "fix" in error &&
    typeof error.fix === "string" &&
    !(error instanceof OutsideError)
  );
}
