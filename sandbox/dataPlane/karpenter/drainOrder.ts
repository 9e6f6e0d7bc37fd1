import type { V1Pod } from "@kubernetes/client-node";
import { DISRUPTED_TAINT, DO_NOT_DISRUPT_ANNOTATION } from "./names";
import { tolerates } from "./requirements";

/** What draining has to do next with a pod. */
export type DrainStep =
  | { readonly kind: "evict"; readonly pod: V1Pod }
  /** With this much of its grace period, as the node is to be gone. */
  | { readonly kind: "delete"; readonly pod: V1Pod; readonly gracePeriodSeconds: number };

/** How far draining a node is. */
export interface Drain {
  readonly steps: readonly DrainStep[];
  /** Whether nothing is left that it waits for. */
  readonly isDone: boolean;
}

const CRITICAL = ["system-cluster-critical", "system-node-critical"];
/** A pod that is so long overdue is waited for no more. */
const STUCK_MS = 60_000;

/**
 * Decides what is evicted next: pods that are neither critical nor a daemon's, then such daemons, then critical pods, then
 * critical daemons, each only when no pod of the tiers before is there. Pods that tolerate the taint stay.
 *
 * With a deadline pods are deleted so early that their grace periods end by then, whatever tier they are of and whatever
 * their PodDisruptionBudgets say.
 *
 * Source: kubernetes-sigs/karpenter, pkg/controllers/node/termination/terminator.
 *
 * @param deadlineMs when the node is to be gone, in milliseconds since 1970; nothing where it has all the time.
 * @param nowMs milliseconds since 1970.
 */
export function nextOfDrain(pods: readonly V1Pod[], deadlineMs: number | undefined, nowMs: number): Drain {
  const waitedFor = pods.filter((pod) => isWaitedFor(pod, nowMs));
  const overdue = waitedFor.flatMap((pod): DrainStep[] => {
    const graceMs = (pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
    if (deadlineMs === undefined || deadlineMs - graceMs > nowMs) return [];
    if (endOf(pod) <= deadlineMs) return [];
    const gracePeriodSeconds = Math.max(Math.floor((deadlineMs - nowMs) / 1000), 1);
    return [{ kind: "delete", pod, gracePeriodSeconds }];
  });
  const first = Math.min(...waitedFor.map(tierOf));
  const evicted = waitedFor
    .filter((pod) => tierOf(pod) === first && pod.metadata?.deletionTimestamp === undefined)
    .filter((pod) => pod.metadata?.annotations?.[DO_NOT_DISRUPT_ANNOTATION] !== "true")
    .filter((pod) => !overdue.some((step) => step.pod === pod))
    .map((pod): DrainStep => ({ kind: "evict", pod }));
  return { steps: [...overdue, ...evicted], isDone: waitedFor.length === 0 };
}

function isWaitedFor(pod: V1Pod, nowMs: number): boolean {
  const { metadata, status } = pod;
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return false;
  if (metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined) return false;
  return !tolerates(pod, [DISRUPTED_TAINT]) && endOf(pod) + STUCK_MS > nowMs;
}

/** When a pod that is being deleted is to be gone; of others, never. */
function endOf({ metadata }: V1Pod): number {
  const end = metadata?.deletionTimestamp;
  return end === undefined ? Infinity : new Date(end).getTime();
}

function tierOf({ metadata, spec }: V1Pod): number {
  const isDaemon = metadata?.ownerReferences?.some(({ kind }) => kind === "DaemonSet") === true;
  return (CRITICAL.includes(spec?.priorityClassName ?? "") ? 2 : 0) + (isDaemon ? 1 : 0);
}
