import { existsSync } from "node:fs";
import { readPorts } from "./controlPlane/portsFile";
import { startFresh } from "./freshSandbox";
import type { SandboxProgress } from "./progress";
import { nameWords, placeOf, readRecord, type SandboxPlace, type SandboxRecord } from "./record";
import { SandboxError } from "./sandboxError";
import { isSandboxFolder, removeSandbox, withSandboxLock } from "./sandboxFolder";
import { problemsOf, sandboxStatus } from "./status";
import { worlds, type World, type WorldName } from "./worlds";

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
 * @param options.nodes how many nodes it has; only where the world may have any number. @default the world's own
 * @param options.fresh builds a world anew that is kept once it was built. @default false
 * @param options.pace what the durations of EKS, Auto Scaling and the CNI are multiplied with. @default 1
 * @param options.recogniseAfter seconds until the control plane reaches a block that was associated later. @default 0
 * @throws SandboxError when it can't be started, or when there is one that is not what was asked for; the signal's
 *   reason when it is aborted. Nothing of what was started stays then.
 */
export async function upSandbox(
  options: SandboxPlace & {
    readonly world: WorldName;
    readonly nodes?: number | undefined;
    readonly fresh?: boolean | undefined;
    readonly pace?: number | undefined;
    readonly recogniseAfter?: number | undefined;
    readonly progress: SandboxProgress;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<SandboxRecord> {
  const { name, folder } = placeOf(options);
  const { progress, signal, world, pace, recogniseAfter } = options;
  const nodes = nodesOf(world, options.nodes);
  return await withSandboxLock(folder, options, async () => {
    const found = await usableSandbox({ name, folder }, { world, nodes, pace, recogniseAfter }, progress);
    if (found !== undefined) return found;
    return await startFresh(
      { name, folder, world, asked: { nodes, pace, recogniseAfter } },
      { progress, fresh: options.fresh, signal },
    );
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
    await removeSandbox(folder);
    return true;
  });
}

/**
 * Takes a sandbox back to its world as it was at the start: all that was done to it since is gone.
 *
 * It keeps its name, its options, and its ports as far as no other program has taken them meanwhile, so that a shell
 * with its environment finds it again.
 *
 * @param options.world another world to start with. @default the one that it has
 * @throws SandboxError when there is no such sandbox, which stays as it is then, or when it can't be started; the
 *   signal's reason when it is aborted. Nothing of the sandbox stays then.
 */
export async function resetSandbox(
  options: SandboxPlace & {
    readonly world?: WorldName | undefined;
    readonly progress: SandboxProgress;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<SandboxRecord> {
  const { name, folder } = placeOf(options);
  const { progress, signal } = options;
  return await withSandboxLock(folder, options, async () => {
    const record = existsSync(folder) ? readRecord(folder) : undefined;
    if (record === undefined) {
      throw new SandboxError(`there is no sandbox ${name}`, `podnet sandbox up${nameWords(name)} starts it.`);
    }
    const before = record.world as WorldName;
    const { world = before } = options;
    const nodes = nodesOf(world, world === before ? record.nodes : undefined);
    const wantedPorts = { controlPlane: readPorts(folder), front: record.frontPort };
    progress.step(`removing the sandbox ${name}`);
    await removeSandbox(folder);
    return await startFresh(
      {
        name,
        folder,
        world,
        asked: { nodes, pace: record.pace, recogniseAfter: record.recogniseAfter },
        wantedPorts,
      },
      { progress, signal },
    );
  });
}

/** How many nodes are asked for. @throws SandboxError where the world has a number of its own, or can't have as many. */
function nodesOf(world: WorldName, asked: number | undefined): number | undefined {
  const { nodes }: World = worlds[world];
  if (asked === undefined) return nodes?.usual;
  if (nodes === undefined) {
    throw new SandboxError(
      `the world ${world} has a number of nodes of its own, not ${asked}`,
      "Leave --nodes out, or give --world large.",
    );
  }
  if (asked < nodes.from || asked > nodes.to) {
    throw new SandboxError(
      `the world ${world} can't have ${asked} nodes`,
      `Give from ${nodes.from} to ${nodes.to}.`,
    );
  }
  return asked;
}

/** The sandbox that is there, where it is what was asked for; what is only half there is removed. */
async function usableSandbox(
  place: { readonly name: string; readonly folder: string },
  asked: Pick<SandboxRecord, "world" | "nodes" | "pace" | "recogniseAfter">,
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
    await removeSandbox(folder);
    return undefined;
  }
  const down = `podnet sandbox down${nameWords(place.name)}`;
  const problems = problemsOf(status);
  if (problems.length > 0) {
    throw new SandboxError(
      `the sandbox ${place.name} is not well: ${problems.join("; ")}`,
      `Run ${down}, then start it again.`,
    );
  }
  if (record.world !== asked.world || record.nodes !== asked.nodes) {
    throw new SandboxError(
      `the sandbox ${place.name} is up with the world ${inWords(record)}, not ${inWords(asked)}`,
      `Run ${down} first, or start another with --name.`,
    );
  }
  for (const [option, has, wants] of [
    ["--pace", record.pace ?? 1, asked.pace],
    ["--recognise-after", record.recogniseAfter ?? 0, asked.recogniseAfter],
  ] as const) {
    if (wants === undefined || wants === has) continue;
    throw new SandboxError(
      `the sandbox ${place.name} is up with ${option} ${has}, not ${wants}`,
      `Run ${down} first, or start another with --name.`,
    );
  }
  return record;
}

function inWords({ world, nodes }: Pick<SandboxRecord, "world" | "nodes">): string {
  return nodes === undefined ? world : `${world} with ${nodes} nodes`;
}
