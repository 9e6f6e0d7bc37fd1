import { KubeConfig } from "@kubernetes/client-node";
import { systemClock } from "../../automation/clock";
import { awsClients, type ClusterOutside } from "../../automation/connect";
import { preflight, type PreflightRequest } from "../../automation/preflight/preflight";
import type { HostLookup } from "../../automation/preflight/readPlaces";
import type { Finding } from "../../planning/preflight/finding";
import type { Preflight } from "../../planning/preflight/preflight";
import type { SandboxRecord } from "../../sandbox/sandbox";

/** What a preflight of a sandbox is asked; the rest takes its default. */
export type AskedPreflight = Partial<Omit<PreflightRequest, "clusterName">> & {
  /** Where the cluster is reached. @default inside its VPC */
  readonly kubeconfig?: string;
  /** Finds the addresses of hosts. @default as this computer does */
  readonly lookup?: HostLookup;
};

/**
 * A preflight of the cluster of a sandbox, as `podnet preflight --cluster` makes it.
 *
 * @param asked with 100.64.0.0/16 for pods unless it says otherwise.
 */
export function preflightOf(
  record: SandboxRecord,
  { kubeconfig, lookup, ...asked }: AskedPreflight = {},
): Promise<Preflight> {
  const request = { clusterName: record.clusterName, podCidrs: ["100.64.0.0/16"], ...asked };
  return preflight(request, { ...outsideOf(record, kubeconfig), lookup });
}

/** Its findings of one id. */
export function findingsOf({ findings }: Preflight, id: string): readonly Finding[] {
  return findings.filter((finding) => finding.id === id);
}

/** The titles of its findings of one id, without the ids that AWS chose. */
export function titlesOf(found: Preflight, id: string): string[] {
  return findingsOf(found, id).map(({ title }) => withoutIds(title));
}

/** The ids of its findings that stop a migration. */
export function stopsOf({ findings }: Preflight): string[] {
  return findings.filter(({ level }) => level === "stop").map(({ id }) => id);
}

/** A text with `subnet` in the place of `subnet-0c1d`, which is another one each time. */
export function withoutIds(text: string): string {
  return text.replace(/\b([a-z]+)-[0-9a-f]{8,17}\b/g, "$1");
}

/** Clients of a sandbox. */
export function outsideOf(
  { awsEndpoint, region, kubeconfig: insideVpc }: SandboxRecord,
  kubeconfig = insideVpc,
): ClusterOutside {
  const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  // As patient as the clients of an environment.
  const aws = { endpoint: awsEndpoint, region, credentials, maxAttempts: 10 };
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  return {
    ...awsClients(aws),
    kubeConfig,
    clock: systemClock,
    signal: new AbortController().signal,
  };
}
