import type { FlagSpec, Given } from "./flags";

/** The outside of a command. */
export interface Outside {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** A command of the stand-in. */
export interface Command {
  readonly summary: string;
  /** Its own flags, without their dashes. */
  readonly flags: Readonly<Record<string, FlagSpec>>;
  /**
   * Does it.
   *
   * @returns the exit code.
   * @throws Error whose message tells people what went wrong; the exit code is 1 then.
   */
  readonly run: (given: Given, outside: Outside) => number | Promise<number>;
}
