import type { NotSeen } from "../../planning/preflight/finding";
import { KubernetesError } from "../kubernetes";

/** AWS's ways to say that somebody may not; EC2 has one of its own. */
const REFUSALS: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "UnauthorizedOperation",
]);

/** Whether AWS said that the caller may not. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSALS.has(error.name);
}

/**
 * Looks at a part of the picture. What may not be looked at, and a cluster that does not answer, are no failure of a
 * preflight: it says what it did not see.
 *
 * @param what is looked at, as people name it: `the security groups of the VPC`.
 * @throws everything else.
 */
export async function seen<T>(what: string, look: () => Promise<T>): Promise<T | NotSeen> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof KubernetesError) return { notSeen: `${what}: ${error.message}` };
    if (isRefusal(error)) return { notSeen: `${what}: ${error.message}` };
    throw error;
  }
}
