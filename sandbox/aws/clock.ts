import { setTimeout as after } from "node:timers/promises";

/** Time as the emulated AWS sees it; tests and rehearsals can let it run faster. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after that many milliseconds. @throws the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The computer's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await after(ms, undefined, { signal });
  },
};
