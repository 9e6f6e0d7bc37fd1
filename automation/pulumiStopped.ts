import { constants } from "node:os";
import { setImmediate, setTimeout } from "node:timers/promises";
import { CommandError } from "@pulumi/pulumi/automation";

/**
 * A process of pulumi was ended by a signal. Of what it had written nothing is said: that is cut off in the middle, and may
 * hold values of the stack.
 */
export class PulumiStoppedError extends Error {
  override readonly name = "PulumiStoppedError";

  /** @param signal such as `SIGTERM`. */
  constructor(signal: string) {
    super(`pulumi was ended by ${signal}`);
  }
}

/** How a process says that it was ended by a signal: 128 and the signal's number, as a shell does. */
export const ENDED_BY_SIGNAL = 128;

/**
 * How long a signal may take from one process of a group to the next, in milliseconds: who stops a job may end its
 * processes one after the other.
 */
const GRACE_MS = 200;

/**
 * The same error; of a command that a signal has ended, one that says so, a moment later. Ctrl-C and a job that is
 * cancelled reach a whole group of processes, and pulumi may be gone before this process has heard of it. By then it has:
 * whoever gets the error sees by a signal of his own whether he is stopped as well.
 *
 * @param error of a command of the Automation API.
 */
export async function stoppedOrNot(error: unknown): Promise<unknown> {
  const signal = error instanceof CommandError ? signalIn(error.message) : undefined;
  if (signal === undefined) return error;
  await setTimeout(GRACE_MS);
  // Signals that came while this process was busy are heard before this.
  await setImmediate();
  return new PulumiStoppedError(signal);
}

/** The signal that has ended a command, by the words of the Automation API, which keeps the result to itself. */
function signalIn(message: string): string | undefined {
  const [, name, code] =
    /\n stderr: Command (?:was killed with (SIG\w+)|failed with exit code (\d{1,3}))/.exec(message) ?? [];
  if (name !== undefined) return name;
  const number = Number(code ?? 0) - ENDED_BY_SIGNAL;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
