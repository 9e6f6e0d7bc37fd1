import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { systemClock } from "../automation/clock";
import type { Environment } from "../automation/environments";
import { kubeConfigOf } from "../automation/kubeConfig";
import type { ObserverOutside } from "../automation/rotation/outside";
import { OutsideError } from "./outsideError";
import { withOutside } from "./outsideFailure";

/**
 * How AWS is asked. A rotation takes hours and must not end because of throttling, which the APIs of an account share
 * with everything else in it, nor wait for ever for a connection that a NAT has forgotten.
 */
const PATIENT = {
  maxAttempts: 10,
  retryMode: "adaptive",
  // Without the last of these, the SDK warns of a request that takes too long, and goes on waiting.
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
};

/** The AWS and the cluster of an environment. @throws KubeConfigError */
export function clusterOutside(environment: Environment, signal: AbortSignal): ObserverOutside {
  const { region, profile } = environment;
  const aws = { ...PATIENT, region, ...(profile !== undefined && { profile }) };
  return {
    ec2: new EC2Client(aws),
    autoScaling: new AutoScalingClient(aws),
    eks: new EKSClient(aws),
    kubeConfig: kubeConfigOf(environment),
    clock: systemClock,
    signal,
  };
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
