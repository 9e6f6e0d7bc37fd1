import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { STSClient } from "@aws-sdk/client-sts";
import type { Clock } from "./clock";
import type { Environment } from "./environments";
import { kubeConfigOf } from "./kubeConfig";
import type { ObserverOutside } from "./rotation/outside";

/** The AWS of an environment, its cluster, and the time. */
export interface ClusterOutside extends ObserverOutside {
  readonly iam: IAMClient;
  readonly serviceQuotas: ServiceQuotasClient;
  readonly sts: STSClient;
}

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

/**
 * Connects to the AWS and the cluster of an environment, as its entry says; nothing is asked yet.
 *
 * @throws KubeConfigError
 */
export function connectEnvironment(
  environment: Pick<Environment, "region" | "profile" | "kubeconfig" | "kubeContext">,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): ClusterOutside {
  const { region, profile } = environment;
  const aws = { ...PATIENT, region, ...(profile !== undefined && { profile }) };
  return {
    ec2: new EC2Client(aws),
    autoScaling: new AutoScalingClient(aws),
    eks: new EKSClient(aws),
    iam: new IAMClient(aws),
    serviceQuotas: new ServiceQuotasClient(aws),
    sts: new STSClient(aws),
    kubeConfig: kubeConfigOf(environment),
    clock,
    signal,
  };
}
