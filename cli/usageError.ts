import type { Problem } from "../planning/problem";

/** A problem of what a person gave, with the place in a file where there is one. */
export interface UsageProblem extends Problem {
  /** Line and column from 1, as `14:7`. */
  readonly position?: string | undefined;
}

/** Wrong usage or configuration: exit code 2, with everything that is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  /** @param file the file that is not usable, where the problems are in one. */
  constructor(
    readonly problems: readonly UsageProblem[],
    readonly file?: string,
  ) {
    super(problems.map(({ path, reason, fix }) => `${path}: ${reason} ${fix}`).join("\n"));
  }
}
