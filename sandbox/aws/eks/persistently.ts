import { ApiException } from "@kubernetes/client-node";
import type { Clock } from "../clock";

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;

/**
 * Asks again when the API server could not answer: the connection broke, or it said 5xx. Six times within some seconds,
 * as EKS itself would not give up a node group for it.
 *
 * @throws what the last attempt threw, and at once what the API server refused.
 */
export async function persistently<T>(
  ask: () => Promise<T>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === ATTEMPTS || signal.aborted || !mayPass(error)) throw error;
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), signal);
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof ApiException) return error.code >= 500;
  // A broken connection has the system's code, such as ECONNRESET.
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
