import { selects } from "./labelSelector";
import { podName, type ClusterPod, type DisruptionBudget } from "./observation";

/** The budgets that cover a pod. */
export function budgetsOf(
  pod: Pick<ClusterPod, "namespace" | "labels">,
  budgets: readonly DisruptionBudget[],
): DisruptionBudget[] {
  return budgets.filter(
    ({ namespace, selector }) => namespace === pod.namespace && selects(selector, pod.labels),
  );
}

/**
 * Finds the budgets that cover a pod as {@link budgetsOf} does, for many pods: by one label that each budget asks for, so
 * that a pod is compared with few of them.
 */
export function budgetFinder(
  budgets: readonly DisruptionBudget[],
): (pod: Pick<ClusterPod, "namespace" | "labels">) => DisruptionBudget[] {
  const byLabel = new Map<string, DisruptionBudget[]>();
  for (const budget of budgets) {
    const key = labelKey(budget.namespace, Object.entries(budget.selector?.matchLabels ?? {})[0]);
    const others = byLabel.get(key);
    if (others === undefined) byLabel.set(key, [budget]);
    else others.push(budget);
  }
  return (pod) => {
    const labels = [undefined, ...Object.entries(pod.labels)];
    const near = labels.flatMap((label) => byLabel.get(labelKey(pod.namespace, label)) ?? []);
    const found = budgetsOf(pod, near);
    return found.length < 2 ? found : budgets.filter((budget) => found.includes(budget));
  };
}

/** Unique: a namespace has no slash, and the key of a label no equals sign. */
function labelKey(namespace: string, [key, value]: readonly [string?, string?] = []): string {
  return key === undefined ? namespace : `${namespace}/${key}=${value ?? ""}`;
}

/**
 * Whether the API evicts a pod whatever its budget says: one that is not running yet, or one that is not Ready where
 * the budget's policy lets such go (kubernetes/kubernetes, pkg/registry/core/pod/storage/eviction.go).
 */
export function isExempt(pod: ClusterPod, budget: DisruptionBudget): boolean {
  if (pod.phase === "Pending" || pod.isTerminating) return true;
  if (pod.isReady) return false;
  if (budget.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  return budget.desiredHealthy > 0 && budget.currentHealthy >= budget.desiredHealthy;
}

/** Whether a budget can never allow an eviction as things are: even with every pod healthy it needs them all. */
export function allowsNever({ expectedPods, desiredHealthy }: DisruptionBudget): boolean {
  return expectedPods > 0 && desiredHealthy >= expectedPods;
}

/** How pods that are to move get along with a budget. */
export interface BudgetOutlook {
  /** As `namespace/name`. */
  readonly budget: string;
  /**
   * `free`: all of them may go at once; `waits`: some at a time; `never`: none, whatever time passes, until somebody
   * changes the budget or its workload.
   */
  readonly kind: "free" | "waits" | "never";
  /** How many may go at once when all are healthy. */
  readonly atOnce: number;
  /** Pods of it that are to move, as `namespace/name`. */
  readonly pods: readonly string[];
  /** In words, with the numbers of the budget. */
  readonly because: string;
}

/**
 * Looks ahead at the budgets of the pods that are to move; budgets without such pods are left out.
 *
 * @param pods those to evict.
 */
export function budgetOutlooks(
  pods: readonly ClusterPod[],
  budgets: readonly DisruptionBudget[],
): BudgetOutlook[] {
  return budgets.flatMap((budget) => {
    const covered = pods.filter((pod) => budgetsOf(pod, [budget]).length > 0);
    if (covered.length === 0) return [];
    const atOnce = Math.max(0, budget.expectedPods - budget.desiredHealthy);
    const held = covered.filter((pod) => !isExempt(pod, budget));
    const isNever = allowsNever(budget) && held.length > 0;
    const kind = isNever ? "never" : held.length <= budget.disruptionsAllowed ? "free" : "waits";
    const because = isNever
      ? `it needs ${budget.desiredHealthy} of ${budget.expectedPods} pods healthy`
      : `${budget.disruptionsAllowed} may go now, ${atOnce} when all are healthy`;
    return [{ budget: podName(budget), kind, atOnce, pods: covered.map(podName), because }];
  });
}

/** A pod that can't be evicted as things are, whatever time passes. */
export interface UnmovablePod {
  /** As `namespace/name`. */
  readonly pod: string;
  /** As `namespace/name`. */
  readonly budgets: readonly string[];
  readonly because: string;
}

/**
 * The pods that no amount of waiting moves: under a budget that allows no disruption, or under two budgets at once,
 * which the eviction API refuses for ever (500, "more than one PodDisruptionBudget").
 *
 * @param pods those to evict.
 */
export function unmovablePods(
  pods: readonly ClusterPod[],
  budgets: readonly DisruptionBudget[],
): UnmovablePod[] {
  return pods.flatMap((pod) => {
    if (pod.isTerminating || pod.phase === "Pending") return [];
    const covering = budgetsOf(pod, budgets);
    const names = covering.map(podName);
    const unmovable = (because: string) => [{ pod: podName(pod), budgets: names, because }];
    if (covering.length > 1) return unmovable("the eviction API refuses pods under more than one budget");
    const [budget] = covering;
    if (budget === undefined || !allowsNever(budget) || isExempt(pod, budget)) return [];
    return unmovable(
      `the budget needs ${budget.desiredHealthy} of ${budget.expectedPods} pods healthy, so it allows no eviction`,
    );
  });
}
