import { LeaseLostError, type HeldLease } from "../../../automation/rotation/lease";

/**
 * A lease in hand.
 *
 * @param acts where each look at it is written down, as `held`.
 * @param isLost whether another holds it by now.
 */
export function playedLease(acts: string[] = [], isLost = () => false): HeldLease {
  const { signal } = new AbortController();
  return {
    lost: signal,
    pauseAsked: signal,
    assertHeld: () => {
      if (isLost()) return Promise.reject(new LeaseLostError("another holds it"));
      acts.push("held");
      return Promise.resolve();
    },
    release: () => Promise.resolve(),
  };
}
