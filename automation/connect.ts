import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { STSClient } from "@aws-sdk/client-sts";
import type { Environment } from "./environments";
import { kubeConfigOf } from "./kubeConfig";
import type { ObserverOutside } from "./rotation/outside";

/** A client of each service of AWS that is asked. */
export interface AwsClients extends Pick<ObserverOutside, "ec2" | "autoScaling" | "eks"> {
  readonly iam: IAMClient;
  readonly serviceQuotas: ServiceQuotasClient;
  readonly sts: STSClient;
}

/** Clients of an environment: of its AWS, and of its cluster. */
export type EnvironmentClients = AwsClients & Pick<ObserverOutside, "kubeConfig">;

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
  return {
    ...awsClients({ ...PATIENT, region, ...(profile !== undefined && { profile }) }),
    kubeConfig: kubeConfigOf(environment),
  };
}

/** What clients of all services are configured with alike. */
type AwsConfiguration = Pick<
  EC2ClientConfig,
  "region" | "profile" | "endpoint" | "credentials" | "maxAttempts" | "retryMode" | "requestHandler"
>;

/** A client of each service that is asked, all of one configuration. */
export function awsClients(configuration: AwsConfiguration): AwsClients {
  return {
    ec2: new EC2Client(configuration),
    autoScaling: new AutoScalingClient(configuration),
    eks: new EKSClient(configuration),
    iam: new IAMClient(configuration),
    serviceQuotas: new ServiceQuotasClient(configuration),
    sts: new STSClient(configuration),
  };
}
