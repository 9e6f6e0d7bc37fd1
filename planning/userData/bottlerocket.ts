import { stringify } from "smol-toml";
import { clusterDnsIp } from "./clusterDnsIp";
import type { NodeSettings } from "./nodeSettings";

/**
 * The settings of a Bottlerocket node, as TOML. What stands here wins over what EKS merges.
 *
 * Source: Bottlerocket, settings.kubernetes; EKS user guide, "Customize managed nodes with launch templates".
 */
export function renderBottlerocket(settings: NodeSettings): string {
  const { clusterName, cluster, maxPods, labels = {}, taints = [] } = settings;
  // A key may have several taints; Bottlerocket wants them together.
  const taintsByKey = new Map<string, string[]>();
  for (const { key, value = "", effect } of taints) {
    taintsByKey.set(key, [...(taintsByKey.get(key) ?? []), `${value}:${effect}`]);
  }
  const kubernetes = {
    ...(cluster && {
      "cluster-name": clusterName,
      "api-server": cluster.apiServerEndpoint,
      "cluster-certificate": cluster.certificateAuthority,
      "cluster-dns-ip": clusterDnsIp(cluster.serviceCidr),
    }),
    ...(maxPods !== undefined && { "max-pods": maxPods }),
    ...(Object.keys(labels).length > 0 && { "node-labels": { ...labels } }),
    ...(taintsByKey.size > 0 && { "node-taints": Object.fromEntries(taintsByKey) }),
  };
  return stringify({ settings: { kubernetes } });
}
