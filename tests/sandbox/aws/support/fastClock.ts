import { systemClock, type Clock } from "../../../../sandbox/aws/clock";

/** A clock on which that many seconds go by in each second. */
export function fastClock(factor: number): Clock {
  const start = systemClock.now();
  return {
    now: () => start + (systemClock.now() - start) * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}
