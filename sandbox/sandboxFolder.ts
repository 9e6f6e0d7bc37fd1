import { existsSync, readdirSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { releaseControlPlane } from "./controlPlane/controlPlane";
import { withLock } from "./lock";
import { releasePorts } from "./ports";
import { stopProcesses } from "./processes";
import type { SandboxProgress } from "./progress";
import { readRecord } from "./record";
import { SandboxError } from "./sandboxError";
import { explained } from "./waysOut";

/** Whether all that is in a folder may be removed: it is empty or a sandbox's. */
export function isSandboxFolder(folder: string): boolean {
  const content = readdirSync(folder);
  return content.length === 0 || content.some((name) => name.startsWith("sandbox.json"));
}

/** Ends every process of a sandbox, gives its ports back and removes its folder. */
export async function removeSandbox(folder: string): Promise<void> {
  releaseControlPlane(folder);
  releasePorts(frontPortOf(folder));
  // What is just being started writes its pid at any moment, and fails once the folder is gone.
  for (let attempt = 1; existsSync(folder); attempt++) {
    await stopProcesses(folder);
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(50);
    }
  }
}

/**
 * Does something with a sandbox while no other process of this computer starts or stops it.
 *
 * @throws SandboxError when the system lets nothing be written, and what the work throws.
 */
export async function withSandboxLock<T>(
  folder: string,
  options: { readonly progress?: SandboxProgress | undefined; readonly signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const onWait = (holder: number) => {
    options.progress?.say(`waiting for process ${holder}, which starts or stops this sandbox`);
  };
  try {
    return await withLock(`${folder}.lock`, work, { onWait, signal: options.signal });
  } catch (error) {
    throw explained(error);
  }
}

function frontPortOf(folder: string): number[] {
  try {
    const port = readRecord(folder)?.frontPort;
    return port === undefined ? [] : [port];
  } catch (error) {
    // A record of another version of podnet: its port is free again in ten minutes by itself.
    if (error instanceof SandboxError || error instanceof SyntaxError) return [];
    throw error;
  }
}
