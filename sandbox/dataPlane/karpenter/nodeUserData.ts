import { stringify } from "yaml";
import type { V1Taint } from "@kubernetes/client-node";
import { UNREGISTERED_TAINT } from "./names";

/** The cluster that nodes join. */
export interface ClusterAddress {
  readonly name: string;
  readonly server: string;
  /** PEM, in base64. */
  readonly certificateAuthority: string;
}

/**
 * User data as Karpenter writes it for AL2023: a NodeConfig with the node's labels and max pods, and with the taint that
 * keeps pods away until its NodeClaim has taken it over.
 *
 * @returns base64.
 */
export function renderUserData(
  cluster: ClusterAddress,
  node: {
    readonly labels: Readonly<Record<string, string>>;
    readonly taints: readonly V1Taint[];
    readonly maxPods: number;
  },
): string {
  const labels = Object.entries(node.labels).map(([key, value]) => `${key}=${value}`);
  const taints = [UNREGISTERED_TAINT, ...node.taints].map(taintText);
  const config = {
    apiVersion: "node.eks.aws/v1alpha1",
    kind: "NodeConfig",
    spec: {
      cluster: {
        name: cluster.name,
        apiServerEndpoint: cluster.server,
        certificateAuthority: cluster.certificateAuthority,
      },
      kubelet: {
        config: { maxPods: node.maxPods },
        flags: [`--node-labels=${labels.join(",")}`, `--register-with-taints=${taints.join(",")}`],
      },
    },
  };
  return Buffer.from(stringify(config, { lineWidth: 0 })).toString("base64");
}

function taintText({ key, value = "", effect }: V1Taint): string {
  return `${key}${value === "" ? "" : `=${value}`}:${effect}`;
}
