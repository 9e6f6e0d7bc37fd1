import { systemClock, type Clock } from "../../../../sandbox/aws/clock";

/** The computer's own clock, which stands while a test looks at what lasts a moment only, however long its looks take. */
export function standingClock(): Clock & { standWhile<T>(act: () => Promise<T>): Promise<T> } {
  let stoodAt: number | undefined;
  return {
    ...systemClock,
    now: () => stoodAt ?? systemClock.now(),
    standWhile: async (act) => {
      stoodAt = systemClock.now();
      try {
        return await act();
      } finally {
        stoodAt = undefined;
      }
    },
  };
}
