import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { STSClient } from "@aws-sdk/client-sts";
import type { Environment } from "./environments";
import { kubeConfigOf } from "./kubeConfig";
import type { ObserverOutside } from "./rotation/outside";

/** Clients of an environment: of its AWS, and of its cluster. */
export interface EnvironmentClients extends Pick<
  ObserverOutside,
  "ec2" | "autoScaling" | "eks" | "kubeConfig"
> {
  readonly iam: IAMClient;
  readonly serviceQuotas: ServiceQuotasClient;
  readonly sts: STSClient;
}

/** The AWS of an environment, its cluster, and the time. */
export type ClusterOutside = EnvironmentClients & ObserverOutside;

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
 * The clients of an environment, as its entry says, with the credentials of its profile or of this process; nothing is
 * asked yet.
 *
 * @throws KubeConfigError
 */
export function environmentClients(
  environment: Pick<Environment, "region" | "profile" | "kubeconfig" | "kubeContext">,
): EnvironmentClients {
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
  };
}
