import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Run } from "./podnet";

/** podnet as it is installed: built, from dist. `npm test` builds it first. */
export const builtPodnet = join(__dirname, "..", "..", "dist", "cli", "podnet.js");

/** Runs podnet as a process of its own. */
export function podnetProcess(
  args: readonly string[],
  { env = {}, nodeArgs = [] }: { env?: Readonly<Record<string, string>>; nodeArgs?: readonly string[] } = {},
): Run {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [...nodeArgs, builtPodnet, ...args], {
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  if (error) throw error;
  return { code: status ?? -1, stdout, stderr };
}
