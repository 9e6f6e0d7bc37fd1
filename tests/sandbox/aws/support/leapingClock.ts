import { systemClock, type Clock } from "../../../../sandbox/aws/clock";

/** The computer's own clock, which goes ahead when a test says so: deadlines pass, and sleeps last as long as before. */
export function leapingClock(): Clock & { leap(ms: number): void } {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    leap: (ms) => {
      ahead += ms;
    },
  };
}
