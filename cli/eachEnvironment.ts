import {
  nextEnvironments,
  type EnvironmentProgress,
  type HeldEnvironment,
  type OrderedEnvironment,
} from "../planning/environmentOrder";
import { exitCode } from "./exitCode";
import type { Io } from "./io";
import { startPodnet, type StartPodnet } from "./startPodnet";

/** What became of one environment in a run of many. */
export type EnvironmentRun = FinishedRun | UnbegunRun;

/** It ran in a process of its own, which has ended. */
export interface FinishedRun {
  readonly environment: string;
  readonly outcome: "done" | "no" | "failed" | "interrupted";
  readonly exitCode: number;
  /** What it printed: its answer, which is one document where JSON was asked for. */
  readonly stdout: string;
}

/** It was not begun. */
export interface UnbegunRun {
  readonly environment: string;
  readonly outcome: "notBegun";
  /** Whether one before it failed, a person has to say yes, or the run was interrupted. */
  readonly because: HeldEnvironment["kind"] | "interruption";
  /** The environment that failed or needs the yes: itself, or the one that it comes after. */
  readonly of: string;
}

/** A run of one command over several environments. */
export interface ManyRun {
  /** Such as `preview`. */
  readonly command: string;
  /** What is handed on to each behind its name, `--json` among it where documents are wanted. */
  readonly args: readonly string[];
  /** In the order of the file. */
  readonly environments: readonly OrderedEnvironment[];
  /**
   * Whether it changes them: then they go in the order of `after`, one that fails stops those after it, and one that
   * needs approval is not begun without. Otherwise none waits for another.
   */
  readonly isChange: boolean;
  /** Names of environments to which somebody has said yes. @default none */
  readonly approved?: readonly string[];
  /** How many run at once, from 1 up. */
  readonly concurrency: number;
}

/**
 * Runs a command of podnet for each of several environments, each in a process of its own, and answers what became of
 * every one of them, in the order of the file. What they say on the way is written to stderr behind their names, and how
 * many of them have ended.
 *
 * When the signal is aborted, those that run are asked to stop, and none is begun any more.
 *
 * @param start what runs podnet. @default as a process of its own
 */
export async function eachEnvironment(
  { command, args, environments, isChange, approved = [], concurrency }: ManyRun,
  { stderr, signal }: Pick<Io, "stderr" | "signal">,
  start: StartPodnet = startPodnet,
): Promise<EnvironmentRun[]> {
  const ordered = isChange ? environments : environments.map(({ name }) => ({ name }));
  const width = Math.max(0, ...environments.map(({ name }) => name.length));
  const progress = new Map<string, EnvironmentProgress>();
  const finished = new Map<string, FinishedRun>();
  const underWay = new Map<string, Promise<void>>();

  const run = async (name: string) => {
    const onLine = (line: string) => {
      stderr(`${`${name.padEnd(width)}  ${line}`.trimEnd()}\n`);
    };
    const { code, stdout } = await start([command, name, ...args], { onLine, signal });
    const outcome = outcomeOf(code);
    finished.set(name, { environment: name, outcome, exitCode: code, stdout });
    progress.set(name, outcome === "done" || !isChange ? "done" : "failed");
    underWay.delete(name);
    onLine(`${OUTCOME_WORDS[outcome]} (${finished.size} of ${environments.length})`);
  };

  for (;;) {
    const next = nextEnvironments(ordered, progress, { approved, concurrency });
    for (const name of signal.aborted ? [] : next.start) {
      progress.set(name, "running");
      underWay.set(name, run(name));
    }
    if (underWay.size === 0) {
      return environments.map(({ name }) => finished.get(name) ?? unbegun(name, next.held));
    }
    await Promise.race(underWay.values());
  }
}

/** What is said of one as it ends. An answer is told at the end, with its reasons, also where it is no. */
const OUTCOME_WORDS: Readonly<Record<FinishedRun["outcome"], string>> = {
  done: "ended",
  no: "ended",
  failed: "failed",
  interrupted: "interrupted",
};

function unbegun(environment: string, held: readonly HeldEnvironment[]): UnbegunRun {
  const hold = held.find(({ name }) => name === environment);
  return {
    environment,
    outcome: "notBegun",
    because: hold?.kind ?? "interruption",
    of: hold?.because ?? environment,
  };
}

function outcomeOf(code: number): FinishedRun["outcome"] {
  if (code === exitCode.done) return "done";
  if (code === exitCode.no) return "no";
  return code === exitCode.interrupted ? "interrupted" : "failed";
}

/** The exit code of a run of many: that of its worst part. */
export function exitCodeOf(runs: readonly EnvironmentRun[]): number {
  const codes = runs.map((run) => {
    if (run.outcome !== "notBegun") return run.exitCode;
    return run.because === "interruption" ? exitCode.interrupted : exitCode.no;
  });
  const { interrupted, outside, usage, no, done } = exitCode;
  if (codes.includes(interrupted)) return interrupted;
  return [outside, usage, no].find((code) => codes.includes(code)) ?? done;
}

/** The document that an environment's process printed; none where it was not begun, or ended before it could. */
export function documentOf(run: EnvironmentRun): unknown {
  if (run.outcome === "notBegun") return undefined;
  try {
    return JSON.parse(run.stdout) as unknown;
  } catch {
    return undefined;
  }
}
