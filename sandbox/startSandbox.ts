import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { installMoto } from "./aws/installMoto";
import { motoArguments, motoEndpointIn } from "./aws/moto";
import { cacheFolder } from "./cacheFolder";
import type { ControlPlanePorts } from "./controlPlane/components";
import { startControlPlane } from "./controlPlane/controlPlane";
import { readPorts } from "./controlPlane/portsFile";
import { ensurePrograms } from "./controlPlane/programs";
import { daemonEndpointIn } from "./daemonProtocol";
import { pulumiState } from "./environment";
import { endedError } from "./ending";
import { withLock } from "./lock";
import { lastLines, logOf } from "./logs";
import { PART_NAMES } from "./parts";
import { takePorts } from "./ports";
import { ownProcesses } from "./processes";
import type { SandboxProgress } from "./progress";
import { writeRecord, type SandboxRecord } from "./record";
import { SandboxError } from "./sandboxError";
import { keptFiles } from "./snapshot/keptFiles";
import { snapshotKey } from "./snapshot/snapshotKey";
import { dropSnapshot, restoreSnapshot } from "./snapshot/snapshots";
import { takeSnapshot } from "./snapshot/takeSnapshot";
import { startProcess, waitUntil } from "./startProcess";
import { sandboxStatus } from "./status";
import { whileWhole } from "./whileWhole";
import { worlds, type World, type WorldName } from "./worlds";

/** moto's imports alone take 3 seconds on an idle computer. */
const LISTENS_WITHIN_MS = 60_000;
/** It loads the AWS SDK, and is compiled on the way when it runs from its sources. */
const DAEMON_READY_WITHIN_MS = 120_000;

/** The ports that an earlier sandbox had. */
export interface WantedPorts {
  readonly controlPlane: ControlPlanePorts | undefined;
  readonly front: number | undefined;
}

interface Outside {
  /** Ports that are taken where they are free. */
  readonly wantedPorts?: WantedPorts | undefined;
  /** Builds its world anew, also where it was kept. */
  readonly fresh?: boolean | undefined;
  readonly progress: SandboxProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts everything of a sandbox whose folder and record are there.
 *
 * @returns its record once it is ready.
 * @throws SandboxError when a part does not start, the signal's reason when it is aborted; what was started by then is
 *   the caller's to stop.
 */
export async function startSandbox(given: SandboxRecord, outside: Outside): Promise<SandboxRecord> {
  const { folder } = given;
  const { progress, signal } = outside;
  let record = given;
  const learn = (what: Partial<SandboxRecord>) => {
    const processes = ownProcesses(folder).map(({ name, pid }) => ({ name, pid }));
    record = { ...record, ...what, processes };
    writeRecord(record);
  };

  const programs = await ensurePrograms(outside);
  const python = await withLock(
    join(cacheFolder(), "moto.lock"),
    () =>
      installMoto((line) => {
        progress.step(line);
      }, signal),
    { signal },
  );
  signal?.throwIfAborted();

  progress.step("starting the control plane and the emulated AWS");
  const [frontPort] = await takePorts(1, { wanted: [outside.wantedPorts?.front], signal });
  learn({ frontPort });
  mkdirSync(pulumiState(folder), { recursive: true });
  const { load, nodes: isKept }: World = worlds[record.world as WorldName];
  const key = isKept === undefined ? undefined : snapshotKey(record, programs);
  if (key !== undefined && outside.fresh === true) await dropSnapshot(key, signal);
  const isRestored = key !== undefined && (await restoreSnapshot(key, folder, signal));
  if (isRestored) progress.say(`the world ${record.world} as it was kept when it was first built`);
  startDaemon(folder);
  startMoto(folder, python);
  const controlPlane = await startControlPlane(folder, {
    programs,
    kwokConfig: join(__dirname, "dataPlane", "kwok.yaml"),
    clusterName: record.clusterName,
    wantedPorts: outside.wantedPorts?.controlPlane ?? (isRestored ? readPorts(folder) : undefined),
    progress,
    signal,
  });
  const motoEndpoint = await waitUntil(
    folder,
    "a listening moto",
    () => motoEndpointIn(logOf(folder, "moto")),
    {
      needs: ["moto"],
      withinMs: LISTENS_WITHIN_MS,
      signal,
    },
  );
  learn({
    server: controlPlane.server,
    kubeconfig: controlPlane.kubeconfig,
    kubectl: programs.kubectl,
    motoEndpoint,
  });
  progress.show(["waiting for the front of AWS and the data plane"]);
  const awsEndpoint = await waitUntil(
    folder,
    "a ready front of AWS",
    () => daemonEndpointIn(logOf(folder, "daemon")),
    { needs: PART_NAMES, withinMs: DAEMON_READY_WITHIN_MS, signal },
  );
  learn({ awsEndpoint });

  if (load !== undefined && !isRestored) {
    progress.step(`building the world ${record.world}`);
    const { region, kubeconfig, nodes } = record;
    const log = (line: string) => {
      progress.say(line);
    };
    await whileWhole(folder, signal, (untilLoss) =>
      load()({ awsEndpoint, region, kubeconfig, nodes, log, signal: untilLoss }),
    );
  }
  await requireWell(record);
  if (key !== undefined && !isRestored) await keep(key, record, outside);
  learn({ state: "ready" });
  return record;
}

/** So that the next start takes seconds; without it this one is as good. */
async function keep(key: string, record: SandboxRecord, { progress, signal }: Outside): Promise<void> {
  progress.step(`keeping the world ${record.world} for the next start`);
  try {
    await takeSnapshot(key, record, signal);
  } catch (error) {
    signal?.throwIfAborted();
    progress.say(`it is not kept: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What died while the world was built must not pass for ready. */
async function requireWell({ folder }: SandboxRecord): Promise<void> {
  const status = await sandboxStatus({ folder });
  const dead = status?.components.find(({ problem }) => problem !== undefined);
  if (dead === undefined) return;
  if (!dead.isRunning) throw endedError(folder, dead.name);
  throw new SandboxError(
    `${dead.name} ${dead.problem ?? ""}${lastLines(folder, [dead.name])}`,
    "Try again when the computer is less busy.",
  );
}

function startMoto(folder: string, python: string): void {
  // Python passes over -X options that it does not know: this one says whose process it is.
  const args = ["-X", `sandbox=${folder}`, ...motoArguments(join(folder, keptFiles.moto))];
  startProcess(folder, { name: "moto", file: python, args });
}

function startDaemon(folder: string): void {
  const script = join(__dirname, __filename.endsWith(".ts") ? "daemon.ts" : "daemon.js");
  // From the sources it is compiled as it is loaded; from dist it is there.
  const loader = script.endsWith(".ts")
    ? ["--require", require.resolve("ts-node/register/transpile-only")]
    : [];
  startProcess(folder, {
    name: "daemon",
    file: process.execPath,
    args: [...loader, script, folder],
    // It works in the sandbox's folder, where there is no tsconfig.json.
    env: { TS_NODE_PROJECT: join(__dirname, "..", "tsconfig.json") },
  });
}
