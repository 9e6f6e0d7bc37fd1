import { CommandError, ConcurrentUpdateError, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { PulumiError, pulumiError } from "./pulumiError";
import { eventReader, type StackEvent, type StackResult } from "./pulumiEvents";
import { PulumiStoppedError } from "./pulumiStopped";
import { describeLock, isOrphaned, stackLocksIn } from "./stackLock";

/** The outside of an operation on a stack. */
export interface StackOutside {
  readonly onEvent: (event: StackEvent) => void;
  /** Ends the operation gracefully: what was begun is finished and recorded. */
  readonly signal: AbortSignal;
}

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
 * Runs an operation on a stack, and answers what it said besides what its events say. While another update of the stack
 * runs, it is refused: two who change one stack at the same time know nothing of each other, and the second decides. An
 * update that was killed leaves its lock behind; that is never taken away here, as who knows that nothing of it runs any
 * more is a person.
 *
 * @throws the signal's reason, once Pulumi has ended; PulumiError otherwise.
 */
export async function runOnStack<T>(
  stack: Stack,
  operation: "preview" | "up" | "destroy",
  run: (options: OperationOptions) => Promise<T>,
  { onEvent, signal }: StackOutside,
): Promise<{ readonly result: StackResult; readonly answer: T }> {
  const what = `pulumi ${operation} of stack ${stack.name}`;
  signal.throwIfAborted();
  const reader = eventReader(onEvent, { isPlanned: operation === "preview", signal });
  try {
    const answer = await run({ onEvent: reader.read, signal, refresh: true });
    return { result: reader.result(), answer };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ConcurrentUpdateError) throw lockedError(what, stack.name, error);
    throw pulumiError(what, { stderr: stderrOf(error), until: reader.result() }, error);
  }
}

/**
 * Asks a stack for something that is no operation on it, as for its outputs.
 *
 * @param what is asked, such as `reading the outputs of stack prod`.
 * @throws PulumiError when pulumi can't say it.
 */
export async function askedOfStack<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof PulumiStoppedError)) throw error;
    throw pulumiError(what, { stderr: stderrOf(error) }, error);
  }
}

/** Who has the stack, and what to do about it. */
function lockedError(what: string, stack: string, cause: ConcurrentUpdateError): PulumiError {
  const locks = stackLocksIn(stderrOf(cause));
  const orphaned = locks.filter(isOrphaned);
  if (orphaned.length > 0) {
    return new PulumiError(
      what,
      `an update of it was killed and has left it locked: ${orphaned.map(describeLock).join(", ")}.`,
      `pulumi cancel --stack ${stack} takes the lock away; the next update says what is there and not known to the stack.`,
      { cause },
    );
  }
  const holder = locks.length > 0 ? ` It was begun by ${locks.map(describeLock).join(", ")}.` : "";
  return new PulumiError(
    what,
    `another update of it runs.${holder}`,
    `Wait for it; if nothing runs any more, pulumi cancel --stack ${stack} takes its lock away.`,
    { cause },
  );
}

/** Before what a command wrote on stderr, in the words of the Automation API. */
const STDERR = "stderr: ";

/** What a failed command wrote on stderr. */
export function stderrOf(error: unknown): string {
  if (!(error instanceof CommandError)) return error instanceof Error ? error.message : String(error);
  // The Automation API keeps the result to itself, but for the words of its message; and puts the command line, which
  // always ends with this flag, before what the command wrote.
  const { message } = error;
  const from = message.indexOf(STDERR);
  const until = message.lastIndexOf("\n err?: ");
  const stderr =
    from < 0 ? message : message.slice(from + STDERR.length, until < from ? undefined : until).trimEnd();
  return stderr.split(/ --non-interactive(?:\n|$)/).at(-1) ?? stderr;
}
