import type { V1LabelSelector, V1Pod, V1PodDisruptionBudget } from "@kubernetes/client-node";

/** A PodDisruptionBudget, and what it is at this moment. */
export interface BudgetState {
  readonly namespace: string;
  readonly name: string;
  /** Pods of the budget that are Ready and not on their way out, counted here. */
  readonly healthyPods: number;
  /** How many the budget promises, as the disruption controller computed it. */
  readonly desiredHealthy: number;
}

/**
 * Counts, for each budget, the pods that its users can rely on.
 *
 * Healthy is what the disruption controller calls so: Ready, and not being deleted
 * (kubernetes/kubernetes, pkg/controller/disruption/disruption.go, countHealthyPods). The promise is taken from the
 * budget's status, because percentages are of what the pods' owners ask for, and only the controller knows that for
 * every kind of owner. A budget that the controller has not looked at yet promises nothing.
 */
export function budgetStates(
  budgets: readonly V1PodDisruptionBudget[],
  pods: readonly V1Pod[],
): BudgetState[] {
  const healthyPods = new Map<string, V1Pod[]>();
  for (const pod of pods) {
    if (!isHealthy(pod)) continue;
    const namespace = pod.metadata?.namespace ?? "";
    const others = healthyPods.get(namespace);
    if (others === undefined) healthyPods.set(namespace, [pod]);
    else others.push(pod);
  }
  return budgets.flatMap(({ metadata, spec, status }) => {
    if (status === undefined || spec?.selector === undefined) return [];
    const { name = "", namespace = "" } = metadata ?? {};
    const selector = spec.selector;
    const chosen = (healthyPods.get(namespace) ?? []).filter((pod) => selects(selector, labelsOf(pod)));
    return [{ namespace, name, healthyPods: chosen.length, desiredHealthy: status.desiredHealthy }];
  });
}

function labelsOf(pod: V1Pod): Readonly<Record<string, string>> {
  return pod.metadata?.labels ?? {};
}

function isHealthy(pod: V1Pod): boolean {
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return isReady === true && pod.metadata?.deletionTimestamp === undefined;
}

/** Whether a selector of policy/v1 takes labels in; an empty one takes everything. */
function selects(
  { matchLabels = {}, matchExpressions = [] }: V1LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          throw new Error(`a label selector's operator ${operator} is not one of Kubernetes`);
      }
    })
  );
}
