import { allowsNever, budgetsOf, isExempt } from "../rotation/budgets";
import { podName, type ClusterPod, type DisruptionBudget } from "../rotation/observation";
import { check, type Seen } from "./check";
import { counted, listed } from "../amounts";
import { movingPods } from "./movingPods";

/**
 * PodDisruptionBudgets that can never allow an eviction as they stand: the nodes of their pods could never be drained.
 *
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
export const budgetsThatNeverAllow = check(
  {
    id: "PDB-NEVER",
    level: "stop",
    about: "every PodDisruptionBudget allows an eviction when its pods are healthy",
    looksAt: ["cluster"],
  },
  ({ cluster }) =>
    cluster.budgets.flatMap((budget) => {
      const pods = heldBy(budget, cluster);
      if (!allowsNever(budget) || pods.length === 0) return [];
      const nodes = new Set(pods.map(({ nodeName }) => nodeName)).size;
      const { desiredHealthy, expectedPods } = budget;
      return [
        {
          title: `${podName(budget)} allows no eviction: it needs ${desiredHealthy} of ${expectedPods} pods healthy`,
          evidence: [
            `${counted(pods.length, "pod")} on ${counted(nodes, "node")} can never be moved: ${listed(pods.map(podName))}`,
            ...owners(pods),
          ],
          wayOut: `Scale the workload to more than ${desiredHealthy} pods, or set maxUnavailable: 1 in the budget.`,
        },
      ];
    }),
);

/** Pods under two budgets: the eviction API refuses them for ever, with a 500. */
export const podsUnderTwoBudgets = check(
  {
    id: "PDB-TWO",
    level: "stop",
    about: "no pod is under more than one PodDisruptionBudget",
    looksAt: ["cluster"],
  },
  ({ cluster }) => {
    const bySet = new Map<string, { names: string[]; pods: string[] }>();
    for (const pod of movingPods(cluster.pods)) {
      const names = budgetsOf(pod, cluster.budgets).map(podName).sort();
      if (names.length < 2) continue;
      const known = bySet.get(names.join()) ?? { names, pods: [] };
      known.pods.push(podName(pod));
      bySet.set(names.join(), known);
    }
    return [...bySet.values()].map(({ names, pods }) => ({
      title: `${names.join(" and ")} cover the same pods, which the eviction API refuses`,
      evidence: [`${counted(pods.length, "pod")}: ${listed(pods)}`],
      wayOut: `Delete one of the budgets, or narrow its selector, so that each pod is under one.`,
    }));
  },
);

/**
 * Budgets that allow no eviction because pods of theirs are not Ready: these themselves are kept where they are, unless
 * the budget's policy lets such go, and the healthy ones with them, for they may not become fewer.
 *
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
 */
export const unreadyPodsHeld = check(
  {
    id: "PDB-UNREADY",
    level: "warn",
    about: "no budget holds pods because others are not Ready",
    looksAt: ["cluster"],
  },
  ({ cluster }) =>
    cluster.budgets.flatMap((budget) => {
      const covered = movingPods(cluster.pods).filter((pod) => budgetsOf(pod, [budget]).length > 0);
      const unready = covered.filter(({ isReady }) => !isReady);
      const held = heldBy(budget, cluster);
      if (unready.length === 0 || held.length === 0) return [];
      if (budget.disruptionsAllowed > 0 || allowsNever(budget)) return [];
      const { unhealthyPodEvictionPolicy: policy, currentHealthy, desiredHealthy } = budget;
      const isHeldItself = held.some(({ isReady }) => !isReady);
      return [
        {
          title: `${podName(budget)} holds ${counted(held.length, "pod")} because ${unready.length === 1 ? "a pod of it is" : `${unready.length} pods of it are`} not Ready`,
          evidence: [
            `Not Ready: ${listed(unready.map(podName))}; ${currentHealthy} of the ${desiredHealthy} that it needs are healthy.`,
            `Held: ${listed(held.map(podName))}; unhealthyPodEvictionPolicy is ${policy}.`,
          ],
          wayOut: isHeldItself
            ? "Mend or remove the pods that are not Ready, or set unhealthyPodEvictionPolicy: AlwaysAllow in the budget."
            : "Mend or remove the pods that are not Ready, or narrow the budget's selector to the others.",
        },
      ];
    }),
);

function heldBy(budget: DisruptionBudget, { pods }: Seen<"cluster">["cluster"]): ClusterPod[] {
  return movingPods(pods).filter((pod) => budgetsOf(pod, [budget]).length > 0 && !isExempt(pod, budget));
}

function owners(pods: readonly ClusterPod[]): string[] {
  const names = new Set(
    pods.flatMap(({ namespace, controller }) =>
      controller === undefined ? [] : [`${controller.kind} ${namespace}/${controller.name}`],
    ),
  );
  return names.size === 0 ? [] : [`Owner: ${[...names].join(", ")}.`];
}
