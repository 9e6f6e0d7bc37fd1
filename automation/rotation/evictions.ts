import { classifyEviction } from "../../planning/rotation/evictionAnswer";
import { budgetFinder } from "../../planning/rotation/budgets";
import { nextEvictions, type WaitingPod } from "../../planning/rotation/nextEvictions";
import { podName, type ClusterPod, type DisruptionBudget } from "../../planning/rotation/observation";
import type { VerdictOptions } from "../../planning/rotation/podVerdict";
import { KubernetesError } from "../kubernetes";
import { adaptiveLimit, isOverload } from "./adaptiveLimit";
import type { ActingTools } from "./outside";

/**
 * Longer than the 10 s for which the API server itself tries where the pod is Pending and another one by now. An
 * eviction that is given up in the middle may have taken its budget's allowance and deleted nothing; the budget then
 * allows nothing for 2 minutes.
 */
const TIMEOUT_MS = 15_000;

/** How long a granted eviction may take to show in what is seen of its budget. */
const SHOWS_WITHIN_MS = 2_000;

/** How long one look at the lease is good for: for evictions that wait until the API server takes more at once. */
const LOOKED_AT_LEASE_MS = 1_000;

/** How long a pod that was refused is let be: the budgets tell sooner when it may go, a webhook tells nothing. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Evicts the pods of all nodes that are being drained. */
export interface Evictions {
  /**
   * Asks for the evictions that the budgets grant now, and does not wait for the answers. Where they are more than the
   * API server takes at once, the next one is asked for as soon as one is answered.
   *
   * @param pods every pod on the nodes, as seen now; the first ones go first.
   * @param seen pods by what is on their nodes now, and budgets.
   * @returns the pods that stay for now.
   * @throws LeaseLostError; KubernetesError for an earlier refusal that no time heals, such as a missing permission.
   */
  next(pods: readonly ClusterPod[], budgets: readonly DisruptionBudget[]): Promise<readonly WaitingPod[]>;
  /** Learns of a version of a budget: it may name a pod that it counts as evicted for no longer than a moment. */
  hear(budget: DisruptionBudget): void;
  /** Waits for the answers that are outstanding. An eviction that was begun is finished, whatever the signal says. */
  finished(): Promise<void>;
}

/** An eviction that was asked for. */
interface Asked {
  readonly pod: ClusterPod;
  /** None while the answer is awaited. */
  grantedAtMs: number | undefined;
  /** Whether its budget has been seen to count it. */
  isCounted: boolean;
}

interface Refusal {
  readonly because: string;
  readonly times: number;
  readonly untilMs: number;
}

/** How pods are evicted. */
export interface EvictionOptions extends VerdictOptions {
  /** How long a pod may take to end. @default its own */
  readonly gracePeriodSeconds?: number | undefined;
}

/** The evictions of a run. */
export function evictionsOf(tools: ActingTools, options: EvictionOptions): Evictions {
  const { kubernetes, clock, emit, lease, signal } = tools;
  const asked = new Map<string, Asked>();
  const refusals = new Map<string, Refusal>();
  const limit = adaptiveLimit(clock);
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let queue: ClusterPod[] = [];
  let lookedAtLeaseMs = -Infinity;

  const granted = (pod: ClusterPod) => {
    const isCounted = asked.get(pod.uid)?.isCounted ?? false;
    asked.set(pod.uid, { pod, grantedAtMs: clock.now(), isCounted });
  };

  const ask = async (pod: ClusterPod): Promise<void> => {
    const answer = await kubernetes.evict(pod, TIMEOUT_MS, options.gracePeriodSeconds);
    const outcome = classifyEviction(answer);
    const named = { node: pod.nodeName ?? "", pod: podName(pod) };
    limit.answered(answer);
    switch (outcome.kind) {
      case "evicted":
        refusals.delete(pod.uid);
        granted(pod);
        emit({ type: "evicted", ...named });
        return;
      case "gone":
        granted(pod);
        return;
      case "blocked":
      case "retry": {
        asked.delete(pod.uid);
        emit({ type: "evictionRefused", ...named, because: outcome.because });
        // It waits with all others, and for nothing of its own.
        if (isOverload(answer)) return;
        const times = (refusals.get(pod.uid)?.times ?? 0) + 1;
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (times - 1), LONGEST_PAUSE_MS);
        refusals.set(pod.uid, { because: outcome.because, times, untilMs: clock.now() + pauseMs });
        return;
      }
      case "fatal":
        failures.push(
          new KubernetesError(`eviction of ${podName(pod)}`, answer.status, answer.message, answer),
        );
    }
  };

  const askMore = () => {
    while (failures.length === 0 && !signal.aborted && limit.room(underWay.size) > 0) {
      if (clock.now() - lookedAtLeaseMs > LOOKED_AT_LEASE_MS) return;
      const pod = queue.shift();
      if (pod === undefined) return;
      asked.set(pod.uid, { pod, grantedAtMs: undefined, isCounted: false });
      const asking = ask(pod)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => {
          underWay.delete(asking);
          askMore();
        });
      underWay.add(asking);
    }
  };

  const forgetWhatShows = (pods: readonly ClusterPod[], budgets: readonly DisruptionBudget[]) => {
    const staying = new Set(pods.filter(({ isTerminating }) => !isTerminating).map(({ uid }) => uid));
    const budgetsOf = budgetFinder(budgets);
    for (const [uid, one] of asked) {
      if (one.grantedAtMs === undefined) continue;
      const { name } = one.pod;
      one.isCounted ||= budgetsOf(one.pod).every(({ disruptedPods }) => disruptedPods.includes(name));
      const isLate = clock.now() - one.grantedAtMs > SHOWS_WITHIN_MS;
      if ((!staying.has(uid) && one.isCounted) || isLate) asked.delete(uid);
    }
  };

  const refusedNow = (): ReadonlyMap<string, string> => {
    const now = clock.now();
    return new Map(
      [...refusals].flatMap(([uid, { because, untilMs }]) =>
        untilMs > now ? [[uid, because] as const] : [],
      ),
    );
  };

  return {
    next: async (pods, budgets) => {
      if (failures.length > 0) throw failures[0];
      forgetWhatShows(pods, budgets);
      const { evict, waiting } = nextEvictions(pods, budgets, options, {
        asked: [...asked.values()].map(({ pod }) => pod),
        counted: new Set([...asked].flatMap(([uid, { isCounted }]) => (isCounted ? [uid] : []))),
        refused: refusedNow(),
      });
      queue = [];
      if (evict.length > 0 && limit.room(underWay.size) > 0) {
        await lease.assertHeld();
        signal.throwIfAborted();
        lookedAtLeaseMs = clock.now();
        queue = [...evict];
        askMore();
      }
      return [
        ...waiting,
        ...evict
          .filter(({ uid }) => !asked.has(uid))
          .map((pod) => ({ pod, budgets: [], because: "the API server takes no more requests at once" })),
      ];
    },
    hear: ({ namespace, disruptedPods }) => {
      if (disruptedPods.length === 0) return;
      for (const one of asked.values()) {
        if (one.pod.namespace === namespace && disruptedPods.includes(one.pod.name)) one.isCounted = true;
      }
    },
    finished: async () => {
      queue = [];
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
