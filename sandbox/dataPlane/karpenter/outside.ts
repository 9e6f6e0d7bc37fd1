import type { ApiServer } from "../cluster/apiServer";
import type { ClusterView } from "../cluster/view";
import type { KarpenterInstances } from "./instances";
import type { KarpenterSettings } from "./settings";

/** What Karpenter reaches. */
export interface KarpenterOutside {
  readonly api: Pick<ApiServer, "call" | "patch">;
  readonly view: Pick<ClusterView, "nodes">;
  readonly instances: KarpenterInstances;
  /** The API server, as nodes are told of it. */
  readonly cluster: { readonly server: string; readonly certificateAuthority: string };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** One round of looking: with the settings of that moment. */
export interface Round extends KarpenterOutside {
  readonly settings: KarpenterSettings;
}

export const NODE_CLAIMS = "/apis/karpenter.sh/v1/nodeclaims";
export const NODE_POOLS = "/apis/karpenter.sh/v1/nodepools";
export const NODE_CLASSES = "/apis/karpenter.k8s.aws/v1/ec2nodeclasses";

/** Such as 2026-01-31T12:00:00Z, as Kubernetes writes times. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
