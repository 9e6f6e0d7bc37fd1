import { endedError } from "./ending";
import { ownProcesses } from "./processes";

/** How often it is looked whether every process is there; one look takes less than a millisecond. */
const POLL_MS = 500;

/**
 * Does something with a sandbox that is up for as long as all of its processes live.
 *
 * @param work gets a signal that is aborted once one has ended, or when the outer one is.
 * @throws SandboxError that names the process that ended, whatever the work made of that; else what the work throws.
 */
export async function whileWhole<T>(
  folder: string,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = () => ownProcesses(folder).find(({ isRunning }) => !isRunning)?.name;
  const loss = new AbortController();
  const timer = setInterval(() => {
    if (ended() !== undefined) loss.abort();
  }, POLL_MS);
  try {
    return await work(AbortSignal.any(outer === undefined ? [loss.signal] : [loss.signal, outer]));
  } catch (error) {
    const name = ended();
    if (outer?.aborted === true || name === undefined) throw error;
    throw endedError(folder, name);
  } finally {
    clearInterval(timer);
  }
}
