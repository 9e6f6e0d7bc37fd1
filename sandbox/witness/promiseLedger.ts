import type { BudgetState } from "./disruptionBudgets";

/** A time in which a budget's promise did not hold. */
export interface BrokenPromise {
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  /** `undefined` while it lasts. */
  readonly to: number | undefined;
  /** The fewest healthy pods in that time. */
  readonly healthyPods: number;
  /** The most that were promised in that time. */
  readonly desiredHealthy: number;
}

/**
 * Keeps account of promises over time.
 *
 * A promise counts from the first moment at which it is kept: workloads that have only just been made are not yet
 * what anybody relies on. Nor is a promise of no pods, which a budget makes while its workload has none.
 */
export class PromiseLedger {
  private readonly kept = new Set<string>();
  private readonly open = new Map<string, BrokenPromise>();
  private readonly closed: BrokenPromise[] = [];

  /**
   * Enters what is so from now on, for every budget that there is.
   *
   * @param at milliseconds since 1970; not before an earlier entry.
   */
  enter(states: readonly BudgetState[], at: number): void {
    const present = new Map(states.map((state) => [`${state.namespace}/${state.name}`, state]));
    for (const [key, state] of present) {
      if (state.healthyPods >= state.desiredHealthy) {
        if (state.desiredHealthy > 0) this.kept.add(key);
        this.close(key, at);
      } else if (this.kept.has(key)) {
        const { namespace, name } = state;
        const before = this.open.get(key);
        this.open.set(key, {
          namespace,
          name,
          from: before?.from ?? at,
          to: undefined,
          healthyPods: Math.min(before?.healthyPods ?? Infinity, state.healthyPods),
          desiredHealthy: Math.max(before?.desiredHealthy ?? 0, state.desiredHealthy),
        });
      }
    }
    // A budget that is gone promises nothing; one of the same name that comes later starts anew.
    for (const key of this.kept) {
      if (present.has(key)) continue;
      this.kept.delete(key);
      this.close(key, at);
    }
  }

  /** Everything that was broken so far, in the order in which it ended; what lasts comes last. */
  broken(): readonly BrokenPromise[] {
    return [...this.closed, ...this.open.values()];
  }

  /** How many budgets have kept their promise at least once. */
  keptAtLeastOnce(): number {
    return this.kept.size;
  }

  private close(key: string, at: number): void {
    const lasting = this.open.get(key);
    if (lasting === undefined) return;
    this.open.delete(key);
    // Of two entries at the same moment only the second was ever true for anybody.
    if (lasting.from < at) this.closed.push({ ...lasting, to: at });
  }
}
