import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { releaseControlPlane } from "./controlPlane/controlPlane";
import { withLock } from "./lock";
import { stopProcesses } from "./processes";
import type { SandboxProgress } from "./progress";
import { placeOf, readRecord, writeRecord, type SandboxPlace, type SandboxRecord } from "./record";
import { SandboxError } from "./sandboxError";
import { startSandbox } from "./startSandbox";
import { problemsOf, sandboxStatus } from "./status";
import { worlds, type WorldName } from "./worlds";

export { sandboxEnv, SANDBOX_ENV_UNSET } from "./environment";
export type { SandboxPlace, SandboxRecord } from "./record";
export { sandboxStatus, type SandboxStatus } from "./status";
export type { WorldName } from "./worlds";

/**
 * Starts a sandbox: a control plane, an emulated AWS and what stands between them, as processes that stay.
 *
 * One that is up and well is left as it is. One that somebody began to start and that died is removed first.
 *
 * @param options.world what is in it at the start.
 * @throws SandboxError when it can't be started, or when there is one that is not what was asked for; the signal's
 *   reason when it is aborted. Nothing of what was started stays then.
 */
export async function upSandbox(
  options: SandboxPlace & {
    readonly world: WorldName;
    readonly progress: SandboxProgress;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<SandboxRecord> {
  const { name, folder } = placeOf(options);
  const { progress, signal, world } = options;
  return await withSandboxLock(folder, options, async () => {
    const found = await usableSandbox({ name, folder }, world, progress);
    if (found !== undefined) return found;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const record: SandboxRecord = {
      name,
      world,
      folder,
      region: "us-west-2",
      accountId: "123456789012",
      clusterName: worlds[world].clusterName,
      server: "",
      awsEndpoint: "",
      motoEndpoint: "",
      kubeconfig: "",
      kubectl: "",
      processes: [],
      startedAt: new Date().toISOString(),
      state: "starting",
    };
    // Before anything is started, so that whoever comes after us knows what the folder is.
    writeRecord(record);
    try {
      return await startSandbox(record, { progress, signal });
    } catch (error) {
      await remove(folder);
      throw error;
    }
  });
}

/**
 * Stops a sandbox and removes everything of it.
 *
 * @returns whether there was one.
 */
export async function downSandbox(
  options: SandboxPlace & {
    readonly progress?: SandboxProgress | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<boolean> {
  const { folder } = placeOf(options);
  return await withSandboxLock(folder, options, async () => {
    if (!existsSync(folder) || !isSandboxFolder(folder)) return false;
    await remove(folder);
    return true;
  });
}

/** The sandbox that is there, where it is what was asked for; what is only half there is removed. */
async function usableSandbox(
  place: { readonly name: string; readonly folder: string },
  world: WorldName,
  progress: SandboxProgress,
): Promise<SandboxRecord | undefined> {
  const { folder } = place;
  if (!existsSync(folder)) return undefined;
  if (!isSandboxFolder(folder)) {
    throw new SandboxError(`${folder} is in use, and not by a sandbox`, "Give an empty folder.");
  }
  const record = readRecord(folder);
  const status = await sandboxStatus(place);
  const isOver = status === undefined || status.components.every(({ isRunning }) => !isRunning);
  if (record?.state !== "ready" || isOver) {
    if (record !== undefined)
      progress.say("removing an earlier sandbox of which nothing runs, or that never became ready");
    await remove(folder);
    return undefined;
  }
  const down = `podnet sandbox down${place.name === "default" ? "" : ` --name ${place.name}`}`;
  const problems = problemsOf(status);
  if (problems.length > 0) {
    throw new SandboxError(
      `the sandbox ${place.name} is not well: ${problems.join("; ")}`,
      `Run ${down}, then start it again.`,
    );
  }
  if (record.world !== world) {
    throw new SandboxError(
      `the sandbox ${place.name} is up with the world ${record.world}, not ${world}`,
      `Run ${down} first, or start another with --name.`,
    );
  }
  return record;
}

/** Whether all that is in a folder may be removed: it is empty or a sandbox's. */
function isSandboxFolder(folder: string): boolean {
  const content = readdirSync(folder);
  return content.length === 0 || content.some((name) => name.startsWith("sandbox.json"));
}

async function remove(folder: string): Promise<void> {
  releaseControlPlane(folder);
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

function withSandboxLock<T>(
  folder: string,
  options: { readonly progress?: SandboxProgress | undefined; readonly signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const onWait = (holder: number) => {
    options.progress?.say(`waiting for process ${holder}, which starts or stops this sandbox`);
  };
  return withLock(`${folder}.lock`, work, { onWait, signal: options.signal });
}
