import { accessSync, constants, statSync, type Stats } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import type { Problem } from "../../planning/problem";
import { quotedForSh } from "../../planning/shellWord";

/** A migration says on standard output what came of it: the page of its report is to be elsewhere. */
const NO_FILE: Problem = {
  path: "output",
  reason: "- is no file, which the report of a migration is.",
  fix: "Give a file, or leave it out; podnet report -o - prints the page alone.",
};

/**
 * Why the report of a migration can't go there; empty where it can. It is looked at before the first step: found at the
 * end, everything would be done and the report of it missing.
 */
export function migrationReportProblems(output: string): Problem[] {
  return output === "-" ? [NO_FILE] : reportFileProblems(output);
}

/**
 * Why a report can't be written to a file, as far as that can be told without writing it; empty where it can. Nothing is
 * made: a file that is there stays as it is until the report is ready.
 */
export function reportFileProblems(file: string): Problem[] {
  const found = obstacle(file);
  if (found === undefined) return [];
  return [{ path: "output", reason: `${file || '""'} can't be written: ${found.why}.`, fix: found.fix }];
}

interface Obstacle {
  readonly why: string;
  readonly fix: string;
}

const ELSEWHERE = "Give a file in a folder that you may write to.";

function obstacle(file: string): Obstacle | undefined {
  const path = resolve(file);
  const there = lookAt(path);
  if (there === "unseen") return { why: `one may not look at ${path}`, fix: ELSEWHERE };
  if (there?.isDirectory() === true || file.endsWith(sep)) {
    return { why: `${path} is the name of a folder`, fix: "Give the name of a file." };
  }
  if (there === undefined) return folderObstacle(dirname(path));
  return mayWrite(path) ? undefined : { why: "one may not write it", fix: ELSEWHERE };
}

/** What keeps a new file out of a folder. */
function folderObstacle(folder: string): Obstacle | undefined {
  const there = lookAt(folder);
  if (there === undefined) {
    const fix = `Make it (mkdir -p ${quotedForSh(folder)}), or give a file in a folder that is there.`;
    return { why: `there is no folder ${folder}`, fix };
  }
  if (there === "unseen") return { why: `one may not look at ${folder}`, fix: ELSEWHERE };
  if (!there.isDirectory()) return { why: `${folder} is no folder`, fix: ELSEWHERE };
  return mayWrite(folder) ? undefined : { why: `one may not write into ${folder}`, fix: ELSEWHERE };
}

/** What is at a path; none where nothing is. */
function lookAt(path: string): Stats | "unseen" | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // Below a file there is nothing either.
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : "unseen";
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
