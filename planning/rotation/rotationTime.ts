import { sum } from "../sequence";
import { budgetsOf, isExempt } from "./budgets";
import type { ClusterPod, DisruptionBudget } from "./observation";
import type { RotationSettings } from "./settings";

/** The first new worker of a run is checked with a pod before any other node is touched. */
const FIRST_WORKER_SECONDS = 60;
/** From asking for an instance until it is a Ready node with aws-node on it: EC2 and the image take one to two minutes. */
const WORKER_JOINS_SECONDS = 90;
/** From an eviction until the pod is Ready elsewhere: 30 s to end (the default grace period), 30 s to start. */
const PODS_MOVE_SECONDS = 60;

/**
 * About how long a rotation takes, in seconds: an estimate for people who plan their day, and no promise.
 *
 * Each batch waits for its new workers and then for its pods. Pods under a budget move as many at a time as it allows
 * when all are healthy, one round after another; the slowest budget decides, and no batch waits for longer than the
 * time that pods are given.
 *
 * @param batches the pods that move with each batch.
 */
export function rotationSeconds(
  batches: readonly (readonly ClusterPod[])[],
  budgets: readonly DisruptionBudget[],
  { podTimeoutSeconds }: Pick<RotationSettings, "podTimeoutSeconds">,
): number {
  if (batches.length === 0) return 0;
  return FIRST_WORKER_SECONDS + sum(batches, (pods) => batchSeconds(pods, budgets, { podTimeoutSeconds }));
}

/** About how long one batch takes, in seconds: its workers, and then its pods. */
export function batchSeconds(
  pods: readonly ClusterPod[],
  budgets: readonly DisruptionBudget[],
  { podTimeoutSeconds }: Pick<RotationSettings, "podTimeoutSeconds">,
): number {
  return WORKER_JOINS_SECONDS + Math.min(podTimeoutSeconds, PODS_MOVE_SECONDS * roundsOf(pods, budgets));
}

/** How many rounds of evictions the pods of a batch take. */
function roundsOf(pods: readonly ClusterPod[], budgets: readonly DisruptionBudget[]): number {
  const rounds = budgets.map((budget) => {
    const held = pods.filter((pod) => budgetsOf(pod, [budget]).length > 0 && !isExempt(pod, budget));
    const atOnce = Math.max(1, budget.expectedPods - budget.desiredHealthy);
    return Math.ceil(held.length / atOnce);
  });
  return Math.max(1, ...rounds);
}
