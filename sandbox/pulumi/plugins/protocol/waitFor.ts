import { setTimeout as sleep } from "node:timers/promises";
import type { Act } from "./plugin";

/** How long between two looks, in milliseconds: short at first, since much is ready at once. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Looks again and again until there is an answer.
 *
 * @param what is named when it takes too long, for example `waiting for EC2 Subnet (subnet-1) create`.
 * @param look gives undefined as long as there is nothing to tell.
 * @throws Error after the act's timeout (or `defaultTimeoutMs`), and when the engine cancels.
 */
export async function waitFor<T>(
  what: string,
  act: Act,
  defaultTimeoutMs: number,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const timeoutMs = act.timeoutMs ?? defaultTimeoutMs;
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    act.signal.throwIfAborted();
    const answer = await look();
    if (answer !== undefined) return answer;
    if (performance.now() + pauseMs > deadline) {
      throw new Error(`${what}: timeout after ${timeoutMs / 1000} s`);
    }
    await sleep(pauseMs, undefined, { signal: act.signal });
  }
}
