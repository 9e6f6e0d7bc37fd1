import assert from "node:assert/strict";
import { InvalidInputError, type Problem } from "../../planning/problem";

/** The problems with which a function refuses its input; fails when it does not refuse. */
export function problemsOf(act: () => unknown): readonly Problem[] {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems;
    throw error;
  }
  return assert.fail("the input was not refused");
}

/** The paths of those problems, in their order. */
export function pathsOf(act: () => unknown): string[] {
  return problemsOf(act).map(({ path }) => path);
}
