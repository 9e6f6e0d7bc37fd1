import type { Clock } from "../clock";

/** Requests at once, at first and at the most. */
const MOST = 30;

/** How many requests may be under way at once, by how the API server bears them. */
export interface AdaptiveLimit {
  /** How many more may be begun now. */
  room(underWay: number): number;
  /** Learns of an answer. */
  answered(answer: LimitedAnswer): void;
}

/** Of an answer, what tells whether the API server had enough. */
export interface LimitedAnswer {
  readonly status: number;
  readonly causes?: readonly { readonly reason: string }[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** Whether the API server had enough of us; a 429 that a disruption budget gave is about the pod, not about the load. */
export function isOverload({ status, causes = [] }: LimitedAnswer): boolean {
  return status === 429 && !causes.some(({ reason }) => reason === "DisruptionBudget");
}

/**
 * Halves with each refusal for too many requests, and grows by one with as many answers as it lets through: what TCP
 * does.
 *
 * (https://kubernetes.io/docs/concepts/cluster-administration/flow-control/)
 */
export function adaptiveLimit(clock: Clock): AdaptiveLimit {
  let limit = MOST;
  let untilMs = 0;
  return {
    room: (underWay) => (clock.now() < untilMs ? 0 : Math.max(0, Math.floor(limit) - underWay)),
    answered: ({ status, causes = [], retryAfterSeconds = 1 }) => {
      if (!isOverload({ status, causes })) {
        limit = Math.min(MOST, limit + 1 / limit);
        return;
      }
      // Several refusals of the same moment are one.
      if (clock.now() >= untilMs) limit = Math.max(1, limit / 2);
      untilMs = clock.now() + retryAfterSeconds * 1000;
    },
  };
}
