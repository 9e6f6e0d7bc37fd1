import type { Clock } from "./clock";

/** Does something, and says how long it took, in milliseconds. @throws what it throws */
export async function timed<T>(
  clock: Pick<Clock, "now">,
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly tookMs: number }> {
  const beganAtMs = clock.now();
  const result = await act();
  return { result, tookMs: clock.now() - beganAtMs };
}
