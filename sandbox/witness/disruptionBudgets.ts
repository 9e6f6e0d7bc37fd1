import type { V1PodDisruptionBudget } from "@kubernetes/client-node";
import { selects } from "../labelSelector";
import type { HealthyPods } from "./healthyPods";

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
 * The promise is taken from the budget's status, because percentages are of what the pods' owners ask for, and only the
 * controller knows that for every kind of owner. A budget that the controller has not looked at yet promises nothing.
 */
export function budgetStates(
  budgets: Iterable<V1PodDisruptionBudget>,
  pods: Pick<HealthyPods, "in">,
): BudgetState[] {
  return [...budgets].flatMap(({ metadata, spec, status }) => {
    if (status === undefined || spec?.selector === undefined) return [];
    const { name = "", namespace = "" } = metadata ?? {};
    let healthyPods = 0;
    for (const { labels, healthy } of pods.in(namespace)) {
      if (selects(spec.selector, labels)) healthyPods += healthy;
    }
    return [{ namespace, name, healthyPods, desiredHealthy: status.desiredHealthy }];
  });
}
