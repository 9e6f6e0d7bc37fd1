import { podName, type ClusterPod } from "../../planning/rotation/observation";
import type { WorkerPool } from "../../planning/rotation/surge";

/** How long pods may be unschedulable before something is done about it. */
export const STUCK_MS = 15_000;

/** A worker that was added for pods that stayed unschedulable. */
export interface Growth {
  /** UIDs of the pods that it was added for. */
  readonly pods: ReadonlySet<string>;
  /** When all workers of the pools were first seen Ready after it; none while they aren't. */
  readonly readyAtMs: number | undefined;
}

/** What to do about pods that stay unschedulable. */
export type GrowthDecision =
  | { readonly kind: "wait" }
  /** Add a worker to each of these. */
  | { readonly kind: "grow"; readonly pools: readonly WorkerPool[] }
  /** No worker of ours will take them. */
  | { readonly kind: "inVain"; readonly because: string };

/**
 * Decides about pods that stayed unschedulable. What the scheduler obeys besides pods, CPU and memory (affinity, spread,
 * ports) is not in the computed sizes, so a worker is added for it; where that helped none of them, or can't be done,
 * waiting is in vain.
 *
 * @param pods those that no node takes; at least one.
 * @param pools those that take over the pods of the batch.
 * @param last the growth before; none where there was none.
 */
export function growthDecision(
  pods: readonly ClusterPod[],
  pools: readonly WorkerPool[],
  last: Growth | undefined,
  nowMs: number,
): GrowthDecision {
  if (last !== undefined) {
    if (last.readyAtMs === undefined || nowMs - last.readyAtMs < STUCK_MS) return { kind: "wait" };
    const stuck = new Set(pods.map(({ uid }) => uid));
    if ([...last.pods].every((uid) => stuck.has(uid))) {
      return { kind: "inVain", because: `a worker that was added takes none of ${named(pods)}` };
    }
  }
  const growing = pools.filter(({ desiredSize, maxSize }) => desiredSize < maxSize);
  if (growing.length > 0) return { kind: "grow", pools: growing };
  const full = pools.map(({ nodeGroupName, maxSize }) => `${nodeGroupName} has its maximum of ${maxSize}`);
  return {
    kind: "inVain",
    because: `${full.join(", ") || "there is no pool"}, and no node takes ${named(pods)}`,
  };
}

/** Whether every worker that a pool wants is there and Ready. */
export function isComplete({ desiredSize, nodes }: WorkerPool): boolean {
  return nodes.filter(({ isReady }) => isReady).length >= desiredSize;
}

/** Pods with the labels that they want of a node, which are the usual reason. */
function named(pods: readonly ClusterPod[]): string {
  return pods
    .map((pod) => {
      const labels = Object.entries(pod.nodeSelector).map(([key, value]) => `${key}=${value}`);
      return labels.length === 0 ? podName(pod) : `${podName(pod)} (nodeSelector ${labels.join(",")})`;
    })
    .join(", ");
}
