import { join } from "node:path";
import type { SandboxRecord } from "./record";

/** What has to be unset beside {@link sandboxEnv}: it would win against it. */
export const SANDBOX_ENV_UNSET = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"] as const;

/** The environment in which kubectl, aws, the AWS SDKs and Pulumi find a sandbox, and nothing else. */
export function sandboxEnv(record: Pick<SandboxRecord, "folder" | "region" | "awsEndpoint" | "kubeconfig">) {
  return {
    AWS_ENDPOINT_URL: record.awsEndpoint,
    AWS_REGION: record.region,
    // Version 1 of the aws CLI reads this one alone.
    AWS_DEFAULT_REGION: record.region,
    AWS_ACCESS_KEY_ID: "sandbox",
    AWS_SECRET_ACCESS_KEY: "sandbox",
    AWS_EC2_METADATA_DISABLED: "true",
    KUBECONFIG: record.kubeconfig,
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
