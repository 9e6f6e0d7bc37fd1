import type { Answer } from "../command";

/** A step of a migration: what the command of its name does. */
export interface MigrationStep {
  /** The command, as people type it: `up`. */
  readonly name: string;
  /**
   * Looks what the step would do, for somebody to say yes or no to it.
   *
   * None where the step changes nothing, and nobody is asked.
   */
  readonly look?: (() => Promise<StepAhead>) | undefined;
  /** Does it. What is done already it leaves as it is, so that it may be done at any time. */
  readonly run: () => Promise<Answer>;
  /** What it came to, where its answer is not no. */
  readonly cameTo: (answer: Answer) => CameTo;
}

/** What a step would do. */
export interface StepAhead {
  /** What is shown. */
  readonly answer: Answer;
  /**
   * `change`: something is changed, and somebody is asked. `settle`: nothing new is changed, and nobody is asked; the step
   * sees that what was begun before has ended. `nothing`: it is all done. `refused`: the step would refuse itself as things
   * are, and nobody is asked for what can't be had.
   */
  readonly todo: "change" | "settle" | "nothing" | "refused";
  /** That in a few words, as `nothing to change`. */
  readonly says: string;
  /** What somebody says yes or no to: `Bring prod up?` */
  readonly question: string;
}

/** What a step came to. */
export interface CameTo {
  /** Whether it found everything done. */
  readonly isUnchanged: boolean;
  /** In a few words, as `6 nodes rotated`. */
  readonly says: string;
}

/** What became of a step. */
export interface StepResult {
  readonly step: string;
  /**
   * `done`: by this process. `unchanged`: it was looked at, and was done before. `no`: its answer is no. `declined`:
   * somebody said no to it. `notBegun`: the migration ended before it.
   */
  readonly outcome: "done" | "unchanged" | "no" | "declined" | "notBegun";
  /** In a few words. */
  readonly says: string;
  /** The document of what it would do, as its command prints it with `--json`; none where nothing was looked at. */
  readonly ahead?: unknown;
  /** The document of its answer, likewise; none where it was not begun. */
  readonly answer?: unknown;
}

/** The document of a migration that was not cut off. */
export interface MigrationDocument {
  readonly environment: string;
  /** `no`: the answer of a step is no. `declined`: somebody said no to one. */
  readonly outcome: "done" | "no" | "declined";
  /** All of them, in their order. */
  readonly steps: readonly StepResult[];
  /** The command that goes on; none where all is done. */
  readonly next?: string;
}
