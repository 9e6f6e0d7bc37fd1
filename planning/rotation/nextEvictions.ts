import { budgetsOf, isExempt } from "./budgets";
import { podName, type ClusterPod, type DisruptionBudget } from "./observation";
import { podVerdict, type VerdictOptions } from "./podVerdict";

/** A pod that stays for now. */
export interface WaitingPod {
  readonly pod: ClusterPod;
  /** As `namespace/name`; empty where no budget is what it waits for. */
  readonly budgets: readonly string[];
  readonly because: string;
}

/** What to evict now, and what waits. */
export interface NextEvictions {
  readonly evict: readonly ClusterPod[];
  readonly waiting: readonly WaitingPod[];
}

/**
 * The evictions that the budgets grant at this moment, so that few are asked for in vain.
 *
 * Critical pods (CoreDNS, for one) go when all others have left their node, since those may need them to end well.
 *
 * @param pods those on nodes being drained, whatever becomes of them.
 */
export function nextEvictions(
  pods: readonly ClusterPod[],
  budgets: readonly DisruptionBudget[],
  options: VerdictOptions = {},
): NextEvictions {
  const moving = pods.filter((pod) => podVerdict(pod, options).action === "evict");
  const nodesWithOrdinary = new Set(
    moving.filter(({ isCritical }) => !isCritical).map(({ nodeName }) => nodeName),
  );
  const left = new Map(budgets.map((budget) => [budget, budget.disruptionsAllowed]));
  const evict: ClusterPod[] = [];
  const waiting: WaitingPod[] = [];
  for (const pod of moving) {
    if (pod.isTerminating) {
      waiting.push({ pod, budgets: [], because: "it is terminating" });
      continue;
    }
    if (pod.isCritical && nodesWithOrdinary.has(pod.nodeName)) {
      waiting.push({ pod, budgets: [], because: "it is critical and goes last" });
      continue;
    }
    // The API evicts these before it looks at any budget, at how many there are as well.
    if (pod.phase === "Pending") {
      evict.push(pod);
      continue;
    }
    const covering = budgetsOf(pod, budgets);
    const [budget] = covering;
    if (covering.length > 1) {
      const because = "the eviction API refuses pods under more than one budget";
      waiting.push({ pod, budgets: covering.map(podName), because });
    } else if (budget === undefined || isExempt(pod, budget)) {
      evict.push(pod);
    } else if ((left.get(budget) ?? 0) > 0) {
      left.set(budget, (left.get(budget) ?? 0) - 1);
      evict.push(pod);
    } else {
      waiting.push({ pod, budgets: [podName(budget)], because: describeBudget(budget) });
    }
  }
  return { evict, waiting };
}

function describeBudget(budget: DisruptionBudget): string {
  const { disruptionsAllowed, currentHealthy, desiredHealthy, disruptedPods } = budget;
  if (disruptionsAllowed > 0) return "the budget's evictions of now are given to others";
  const underWay = disruptedPods.length === 0 ? "" : `, ${disruptedPods.length} under way`;
  return `the budget allows 0: ${currentHealthy} healthy, ${desiredHealthy} needed${underWay}`;
}
