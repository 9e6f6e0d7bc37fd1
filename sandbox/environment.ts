import { join } from "node:path";
import { kubeconfigOf } from "./outsideKubeconfig";
import type { SandboxRecord } from "./record";

/** What has to be unset beside {@link sandboxEnv}: it would win against it, and lead to a real AWS. */
export const SANDBOX_ENV_UNSET = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_ENDPOINT_URL_AUTO_SCALING",
  "AWS_ENDPOINT_URL_EC2",
  "AWS_ENDPOINT_URL_EKS",
  "AWS_ENDPOINT_URL_IAM",
  "AWS_ENDPOINT_URL_SERVICE_QUOTAS",
  "AWS_ENDPOINT_URL_STS",
] as const;

/**
 * The environment in which kubectl, aws, the AWS SDKs and Pulumi find a sandbox, and nothing else.
 *
 * @param inside whether it is of somebody inside the cluster's VPC, whom a private endpoint answers.
 */
export function sandboxEnv(
  record: Pick<SandboxRecord, "folder" | "region" | "awsEndpoint" | "kubeconfig">,
  inside = false,
) {
  return {
    AWS_ENDPOINT_URL: record.awsEndpoint,
    AWS_REGION: record.region,
    // Version 1 of the aws CLI reads this one alone.
    AWS_DEFAULT_REGION: record.region,
    AWS_ACCESS_KEY_ID: "sandbox",
    AWS_SECRET_ACCESS_KEY: "sandbox",
    AWS_EC2_METADATA_DISABLED: "true",
    KUBECONFIG: kubeconfigOf(record, inside),
    // Else kubectl writes into the home folder.
    KUBECACHEDIR: join(record.folder, "kubecache"),
    PULUMI_BACKEND_URL: `file://${pulumiState(record.folder)}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox",
    PULUMI_HOME: join(record.folder, "pulumi-home"),
  } satisfies Record<string, string>;
}

/** Where Pulumi keeps the state of stacks of a sandbox. */
export function pulumiState(folder: string): string {
  return join(folder, "pulumi");
}
