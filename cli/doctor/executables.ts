import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** Where a PATH has a program; none where it has none. */
export function onPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Whether a file is there that may be run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

const ANSWERS_WITHIN_MS = 20_000;

/** The first line that a program answers with, or why it does not. */
export async function askProgram(
  file: string,
  args: readonly string[],
): Promise<{ readonly said: string } | { readonly failure: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, { timeout: ANSWERS_WITHIN_MS });
    return { said: firstLine(stdout.trim() === "" ? stderr : stdout) };
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    return { failure: firstLine(stderr.trim() === "" ? message : stderr) };
  }
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
