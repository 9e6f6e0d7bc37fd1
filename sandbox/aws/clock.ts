import { setTimeout as after } from "node:timers/promises";

/** Time as the emulated AWS sees it; tests and rehearsals can let it run faster. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after that many milliseconds. @throws the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A clock on which every wait takes so many times as long, and the time of day is the same. */
export function patientClock(clock: Clock, factor: number): Clock {
  return { now: () => clock.now(), sleep: (ms, signal) => clock.sleep(ms * factor, signal) };
}

/** The computer's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await after(ms, undefined, { signal });
  },
};
