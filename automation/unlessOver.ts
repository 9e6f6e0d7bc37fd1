/**
 * Waits for a result for as long as a limit allows: for what can't be ended itself.
 *
 * @throws the limit's reason when it comes first; what the result rejects with.
 */
export async function unlessOver<T>(result: Promise<T>, limit: AbortSignal): Promise<T> {
  const waiting = new AbortController();
  const over = new Promise<never>((_, reject) => {
    const end = () => {
      reject(limit.reason as Error);
    };
    if (limit.aborted) end();
    else limit.addEventListener("abort", end, { signal: waiting.signal });
  });
  try {
    return await Promise.race([result, over]);
  } finally {
    waiting.abort();
  }
}
