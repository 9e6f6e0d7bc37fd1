import { setTimeout as wait } from "node:timers/promises";

/** Time, handed in so that tests can make it pass. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Ends after a time.
   *
   * @throws the signal's reason, at once, when it is aborted.
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The time of this computer. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // The reason is what the caller knows, rather than the AbortError around it.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
