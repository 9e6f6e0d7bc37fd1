import { firstOf } from "./firstOf";
import type { Tools } from "./outside";

/**
 * Acts on several things at the same time. When one act fails, the others are ended and waited for, so that nothing
 * goes on acting while what was done is being undone.
 *
 * @throws what failed first.
 */
export async function together<T, R, S extends Pick<Tools, "signal">>(
  tools: S,
  items: readonly T[],
  act: (item: T, tools: S) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController();
  const signal = firstOf(tools.signal, failed.signal);
  const results = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await act(item, { ...tools, signal });
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    }),
  );
  // The first reason stays the signal's: those that it ended fail with it, or with words of their own.
  if (failed.signal.aborted) throw failed.signal.reason;
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}
