import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { PROGRAMS, type ProgramName } from "./programTable";

/** A program that does not even tell its version by then is none. */
const ANSWERS_WITHIN_MS = 20_000;

/** Where PATH has a program of the minor version that we need; it is asked, not believed. */
export async function findOnPath(
  name: ProgramName,
  path = process.env.PATH ?? "",
): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    if (folder !== "" && isExecutable(file) && (await isRightVersion(name, file))) return file;
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

async function isRightVersion(name: ProgramName, file: string): Promise<boolean> {
  const { versionArgs, version } = PROGRAMS[name];
  try {
    const { stdout } = await promisify(execFile)(file, versionArgs, { timeout: ANSWERS_WITHIN_MS });
    return version.test(stdout);
  } catch {
    return false;
  }
}
