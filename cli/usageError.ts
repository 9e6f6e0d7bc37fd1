import type { Problem } from "../planning/problem";

/** A problem of what a person gave, with its place where it is in a file. */
export interface UsageProblem extends Problem {
  /** The file that it is in; none for the command line. */
  readonly file?: string | undefined;
  /** Line and column from 1, as `14:7`. */
  readonly position?: string | undefined;
}

/** Wrong usage or configuration: exit code 2, with everything that is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(readonly problems: readonly UsageProblem[]) {
    super(problems.map(({ path, reason, fix }) => `${path}: ${reason} ${fix}`).join("\n"));
  }
}
