import { spawn, spawnSync, type ChildProcess } from "node:child_process";
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

/**
 * podnet as a process of its own that runs, and can be sent signals; and what it did once it has ended.
 *
 * @param detached whether it leads a group of processes, as at a terminal. @default false
 */
export function startedPodnet(
  args: readonly string[],
  { env = {}, detached = false }: { env?: Readonly<Record<string, string>>; detached?: boolean } = {},
): { readonly process: ChildProcess; readonly ended: Promise<Run> } {
  const podnet = spawn(process.execPath, [builtPodnet, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached,
  });
  let stdout = "";
  let stderr = "";
  podnet.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  podnet.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Run>((resolve, reject) => {
    podnet.on("error", reject);
    // Not as soon as it exits: what it has written may still be on its way.
    podnet.on("close", (code) => {
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
  return { process: podnet, ended };
}
