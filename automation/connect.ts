import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { STSClient } from "@aws-sdk/client-sts";
import { checkAccount } from "./account";
import { checkProfile } from "./awsProfile";
import { systemClock, type Clock } from "./clock";
import type { Environment } from "./environments";
import { kubeConfigOf, KubeConfigError, NoKubeConfigError } from "./kubeConfig";
import { atEndpointOf, checkEndpoints } from "./profileEndpoint";
import type { ObserverOutside } from "./rotation/outside";

/** A client of each service of AWS that is asked. */
export interface AwsClients extends Pick<
  ObserverOutside,
  "ec2" | "autoScaling" | "eks" | "elasticLoadBalancing" | "classicLoadBalancing"
> {
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
  // The SDK would warn on standard error where both AWS_PROFILE and keys are set; AWS_PROFILE holds, as with aws.
  logger: silent(),
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
  return { ...environmentAws(environment), kubeConfig: kubeConfigOf(environment) };
}

/** Those of AWS alone. */
export function environmentAws({ region, profile }: Pick<Environment, "region" | "profile">): AwsClients {
  return awsClients({ ...PATIENT, region, ...(profile !== undefined && { profile }) });
}

/** What of the outside of an environment may be handed in. */
export interface GivenOutside {
  /** The clients of an environment. @default as its entry says, with the credentials and the kubeconfig of this process */
  readonly connect?: ((environment: Environment) => EnvironmentClients) | undefined;
  /** @default this computer's */
  readonly clock?: Clock | undefined;
}

/** As {@link ClusterOutside}, for who does without the cluster. */
export interface AwsOutside extends Omit<ClusterOutside, "kubeConfig"> {
  /** How to reach the cluster, or why it can't be reached. */
  readonly kubeConfig: ClusterOutside["kubeConfig"] | NoKubeConfigError;
}

/**
 * The AWS and the cluster of an environment, once it is sure that the credentials are of its account.
 *
 * @throws KubeConfigError, NoProfileError, InvalidEndpointError, WrongAccountError; what STS answers.
 */
export async function checkedOutside(
  environment: Environment,
  signal: AbortSignal,
  given?: GivenOutside,
): Promise<ClusterOutside> {
  const { kubeConfig, ...aws } = await checkedAws(environment, signal, given);
  if (kubeConfig instanceof KubeConfigError) throw kubeConfig;
  return { ...aws, kubeConfig };
}

/**
 * The same, for who does without the cluster where no kubeconfig leads to it.
 *
 * @throws KubeConfigError when the kubeconfig has no such context; NoProfileError, InvalidEndpointError, WrongAccountError;
 *   what STS answers.
 */
export async function checkedAws(
  environment: Environment,
  signal: AbortSignal,
  { connect, clock = systemClock }: GivenOutside = {},
): Promise<AwsOutside> {
  const clients = connect === undefined ? await clientsAsFound(environment) : connect(environment);
  const outside = { ...clients, clock, signal };
  await checkAccount(environment, outside);
  return outside;
}

/** As the entry says, with the credentials and the kubeconfig of this process. */
async function clientsAsFound(
  environment: Environment,
): Promise<AwsClients & Pick<AwsOutside, "kubeConfig">> {
  await checkProfile(environment.profile);
  const aws = environmentAws(environment);
  await checkEndpoints(environment.profile, Object.values(aws));
  return { ...aws, kubeConfig: kubeConfigIfAny(environment) };
}

function kubeConfigIfAny(environment: Environment): AwsOutside["kubeConfig"] {
  try {
    return kubeConfigOf(environment);
  } catch (error) {
    if (error instanceof NoKubeConfigError) return error;
    throw error;
  }
}

/** What clients of all services are configured with alike. */
type AwsConfiguration = Pick<
  EC2ClientConfig,
  | "region"
  | "profile"
  | "endpoint"
  | "credentials"
  | "maxAttempts"
  | "retryMode"
  | "requestHandler"
  | "logger"
>;

/** A client of each service that is asked, all of one configuration. */
export function awsClients(configuration: AwsConfiguration): AwsClients {
  const { profile } = configuration;
  return {
    ec2: atEndpointOf(profile, new EC2Client(configuration)),
    autoScaling: atEndpointOf(profile, new AutoScalingClient(configuration)),
    eks: atEndpointOf(profile, new EKSClient(configuration)),
    elasticLoadBalancing: atEndpointOf(profile, new ElasticLoadBalancingV2Client(configuration)),
    classicLoadBalancing: atEndpointOf(profile, new ElasticLoadBalancingClient(configuration)),
    iam: atEndpointOf(profile, new IAMClient(configuration)),
    serviceQuotas: atEndpointOf(profile, new ServiceQuotasClient(configuration)),
    sts: atEndpointOf(profile, new STSClient(configuration)),
  };
}

function silent(): NonNullable<AwsConfiguration["logger"]> {
  const nothing = () => undefined;
  return { debug: nothing, info: nothing, warn: nothing, error: nothing };
}
