import { CommandError, ConcurrentUpdateError, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import type { Clock } from "./clock";
import { PulumiError, pulumiError } from "./pulumiError";
import { eventReader, type StackEvent, type StackResult } from "./pulumiEvents";
import { describeLock, isOrphaned, stackLocksIn } from "./stackLock";

/** The outside of an operation on a stack. */
export interface StackOutside {
  readonly clock: Clock;
  readonly onEvent: (event: StackEvent) => void;
  /** Ends the operation gracefully: what was begun is finished and recorded. */
  readonly signal: AbortSignal;
  /** How long to wait for another update of the stack to end; 0 is refused at once. @default 600 */
  readonly lockTimeoutSeconds?: number;
}

const LOCK_TIMEOUT_SECONDS = 600;
const BETWEEN_ATTEMPTS_MS = 5_000;

/** What the Automation API's operations take of us. */
interface OperationOptions {
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
  /**
   * Always: a worker group is sized by others, and an update of any other part of its scaling sends the size that the
   * state remembers. One from before a rotation would end workers without a drain.
   */
  readonly refresh: true;
}

/**
 * Runs an operation on a stack, and answers what it said besides what its events say; while another update of it is running, it waits, and says so.
 * An update that was killed leaves its lock behind. That is never taken away here: who knows that nothing of it runs
 * any more is a person.
 *
 * @throws the signal's reason, once Pulumi has ended; PulumiError otherwise, at once where a lock's process is gone.
 */
export async function runOnStack<T>(
  stack: Stack,
  operation: "preview" | "up",
  run: (options: OperationOptions) => Promise<T>,
  { clock, onEvent, signal, lockTimeoutSeconds = LOCK_TIMEOUT_SECONDS }: StackOutside,
): Promise<{ readonly result: StackResult; readonly answer: T }> {
  const what = `pulumi ${operation} of stack ${stack.name}`;
  const began = clock.now();
  for (;;) {
    signal.throwIfAborted();
    const reader = eventReader(onEvent, { isPlanned: operation === "preview", signal });
    try {
      const answer = await run({ onEvent: reader.read, signal, refresh: true });
      return { result: reader.result(), answer };
    } catch (error) {
      signal.throwIfAborted();
      const stderr = stderrOf(error);
      if (!(error instanceof ConcurrentUpdateError)) {
        throw pulumiError(what, { stderr, until: reader.result() }, error);
      }
      const locks = stackLocksIn(stderr);
      if (locks.some(isOrphaned)) {
        throw new PulumiError(
          what,
          `an update of it was killed and has left it locked: ${locks.filter(isOrphaned).map(describeLock).join(", ")}.`,
          `pulumi cancel --stack ${stack.name} takes the lock away; the next update says what is there and not known to the stack.`,
          { cause: error },
        );
      }
      const holder = locks.length > 0 ? `It was begun by ${locks.map(describeLock).join(", ")}.` : "";
      const seconds = Math.round((clock.now() - began) / 1000);
      if (seconds >= lockTimeoutSeconds) {
        throw new PulumiError(
          what,
          `another update of it ${lockTimeoutSeconds === 0 ? "runs" : `still runs after ${seconds} s`}. ${holder}`.trim(),
          `Wait for it; if nothing runs any more, pulumi cancel --stack ${stack.name} takes its lock away.`,
          { cause: error },
        );
      }
      onEvent({ kind: "waiting", seconds, reason: holder });
      await clock.sleep(BETWEEN_ATTEMPTS_MS, signal);
    }
  }
}

/** What a failed command wrote on stderr. */
export function stderrOf(error: unknown): string {
  if (!(error instanceof CommandError)) return error instanceof Error ? error.message : String(error);
  // The Automation API keeps the result to itself, but for the words of its message; and puts the command line, which
  // always ends with this flag, before what the command wrote.
  const stderr = /stderr: ([\s\S]*?)\n\s*(?:err\?: |$)/.exec(error.message)?.[1] ?? error.message;
  return stderr.split(/ --non-interactive(?:\n|$)/).at(-1) ?? stderr;
}
