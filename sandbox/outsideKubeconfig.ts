import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

/** The kubeconfig of a sandbox for whoever is outside the cluster's VPC, in its folder. */
function outsideKubeconfig(folder: string): string {
  return join(folder, "kubeconfig.outside");
}

/**
 * Writes a kubeconfig as the given one is, with the address at which clients outside the VPC find the API server.
 *
 * @param kubeconfig a file with one cluster.
 */
export function writeOutsideKubeconfig(folder: string, kubeconfig: string, server: string): void {
  const config = parse(readFileSync(kubeconfig, "utf8")) as { clusters: { cluster: object }[] };
  const clusters = config.clusters.map((one) => ({ ...one, cluster: { ...one.cluster, server } }));
  writeFileSync(outsideKubeconfig(folder), stringify({ ...config, clusters }), { mode: 0o600 });
}

/**
 * The kubeconfig of whoever is outside the cluster's VPC, or inside it: it is the same file, unless the cluster's
 * endpoint is not public, or was not always.
 */
export function kubeconfigOf(
  { folder, kubeconfig }: { readonly folder: string; readonly kubeconfig: string },
  inside: boolean,
): string {
  const outside = outsideKubeconfig(folder);
  return !inside && existsSync(outside) ? outside : kubeconfig;
}
