import type { ClusterPod } from "../rotation/observation";
import { podsTo } from "../rotation/podVerdict";

/** The pods that are evicted when every node is replaced: those that have a node, and are not ending already. */
export function movingPods(pods: readonly ClusterPod[]): ClusterPod[] {
  return podsTo("evict", pods).filter(
    ({ nodeName, isTerminating }) => nodeName !== undefined && !isTerminating,
  );
}
