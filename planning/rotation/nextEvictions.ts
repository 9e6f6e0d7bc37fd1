import { budgetFinder, isExempt } from "./budgets";
import { podName, type ClusterPod, type DisruptionBudget } from "./observation";
import { isRestarted, podVerdict, type VerdictOptions } from "./podVerdict";

/** A pod that stays for now. */
export interface WaitingPod {
  readonly pod: ClusterPod;
  /** As `namespace/name`; empty where no budget is what it waits for. */
  readonly budgets: readonly string[];
  readonly because: string;
}

/** Evictions that were asked for earlier. */
export interface EarlierEvictions {
  /** Pods whose eviction was asked for, and may not show yet in what is seen of pods and budgets. */
  readonly asked: readonly ClusterPod[];
  /** UIDs of those of them that a budget was seen to count, be it a while ago. @default what budgets name now */
  readonly counted?: ReadonlySet<string> | undefined;
  /** Why pods were refused that are let be for a while, by their UID. */
  readonly refused: ReadonlyMap<string, string>;
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
 * @param pods those on nodes being drained, whatever becomes of them; where a budget lets only some go, the first ones do.
 * @param earlier what was asked for earlier. @default nothing
 */
export function nextEvictions(
  pods: readonly ClusterPod[],
  budgets: readonly DisruptionBudget[],
  options: VerdictOptions = {},
  { asked, counted, refused }: EarlierEvictions = { asked: [], refused: new Map() },
): NextEvictions {
  const moving = pods.filter((pod) => podVerdict(pod, options).action === "evict");
  const nodesWithOrdinary = new Set(
    moving.filter(({ isCritical }) => !isCritical).map(({ nodeName }) => nodeName),
  );
  const budgetsOf = budgetFinder(budgets);
  const left = new Map(budgets.map((budget) => [budget, budget.disruptionsAllowed]));
  for (const pod of asked) {
    if (counted?.has(pod.uid) === true) continue;
    // Not counted yet: a budget names the pods whose eviction it has granted.
    for (const budget of budgetsOf(pod)) {
      if (!budget.disruptedPods.includes(pod.name)) left.set(budget, (left.get(budget) ?? 0) - 1);
    }
  }
  const askedUids = new Set(asked.map(({ uid }) => uid));
  const evict: ClusterPod[] = [];
  const waiting: WaitingPod[] = [];
  for (const pod of moving) {
    if (pod.isTerminating) {
      waiting.push({ pod, budgets: [], because: describeEnd(pod) });
      continue;
    }
    if (isRestarted(pod, options)) {
      waiting.push({ pod, budgets: [], because: "its workload is restarted, the new pod first" });
      continue;
    }
    const because = askedUids.has(pod.uid) ? "its eviction was asked for" : refused.get(pod.uid);
    if (because !== undefined) {
      waiting.push({ pod, budgets: [], because });
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
    const covering = budgetsOf(pod);
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

/** What a pod that was told to end may be waiting for; nobody but its kubelet and its finalizers' owners can end it. */
function describeEnd({ endsBy, finalizers = [] }: ClusterPod): string {
  const by = endsBy === undefined ? "" : `, to be gone by ${endsBy}`;
  const held =
    finalizers.length === 0
      ? ""
      : `; it goes when whoever set ${finalizers.length === 1 ? "the finalizer" : "the finalizers"} ${finalizers.join(", ")} takes ${finalizers.length === 1 ? "it" : "them"} away`;
  return `it is terminating${by}${held}`;
}

function describeBudget(budget: DisruptionBudget): string {
  const { disruptionsAllowed, currentHealthy, desiredHealthy, disruptedPods } = budget;
  if (disruptionsAllowed > 0) return "the budget's evictions of now are given to others";
  const underWay = disruptedPods.length === 0 ? "" : `, ${disruptedPods.length} under way`;
  return `the budget allows 0: ${currentHealthy} healthy, ${desiredHealthy} needed${underWay}`;
}
