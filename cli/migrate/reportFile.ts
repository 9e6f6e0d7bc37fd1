import type { Problem } from "../../planning/problem";

/** A migration says on standard output what came of it: the page of its report is to be elsewhere. */
export const NO_FILE: Problem = {
  path: "output",
  reason: "- is no file, which the report of a migration is.",
  fix: "Give a file, or leave it out; podnet report -o - prints the page alone.",
};
