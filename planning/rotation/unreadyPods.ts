import { listed } from "../amounts";
import { spanText } from "../report/spans";
import { budgetsOf } from "./budgets";
import type { WaitingPod } from "./nextEvictions";
import { isFinished, podName, type ClusterPod, type DisruptionBudget } from "./observation";

/** A pod that is not ready. */
export interface UnreadyPod {
  /** In the namespace of its budget. */
  readonly name: string;
  /** Since when, in milliseconds since 1970, by its kubelet's clock; none where nobody says. */
  readonly sinceMs?: number | undefined;
}

/** More of them than this are only counted. */
const NAMED = 3;

/**
 * The pods that are not ready, and for which budgets let none of their others go, by their names.
 *
 * @param waiting what waits for budgets; those that are under several are let go at no time, whoever is ready.
 * @param pods all of the cluster; they are asked for only where such a budget lets none go.
 * @returns by the budget, as `namespace/name`; only those that have any.
 */
export function unreadyByBudget(
  waiting: readonly Pick<WaitingPod, "budgets">[],
  budgets: readonly DisruptionBudget[],
  pods: () => readonly ClusterPod[],
): ReadonlyMap<string, readonly UnreadyPod[]> {
  const names = new Set(waiting.flatMap((one) => (one.budgets.length === 1 ? one.budgets : [])));
  const holding = budgets.filter((one) => one.disruptionsAllowed === 0 && names.has(podName(one)));
  const unready = holding.length === 0 ? [] : pods().filter(isUnready);
  const found = holding.map((budget) => [podName(budget), unreadyUnder(budget, unready)] as const);
  return new Map(found.filter(([, own]) => own.length > 0));
}

function unreadyUnder(budget: DisruptionBudget, unready: readonly ClusterPod[]): UnreadyPod[] {
  return unready
    .filter((pod) => budgetsOf(pod, [budget]).length > 0)
    .map(({ name, unreadySinceMs: sinceMs }) => ({ name, ...(sinceMs !== undefined && { sinceMs }) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One that ends is none that is to become ready. */
function isUnready(pod: ClusterPod): boolean {
  return !pod.isReady && !pod.isTerminating && !isFinished(pod);
}

/**
 * What to say of them behind a reason: `, ledger-1 not ready for 38 s`; nothing where there are none.
 *
 * @param nowMs when it is said, in milliseconds since 1970.
 */
export function unreadyInWords(unready: readonly UnreadyPod[], nowMs: number): string {
  if (unready.length === 0) return "";
  const each = unready.map(({ name, sinceMs }) =>
    sinceMs === undefined
      ? `${name} not ready`
      : `${name} not ready for ${spanText((nowMs - sinceMs) / 1000)}`,
  );
  return `, ${listed(each, NAMED)}`;
}
