import { existsSync } from "node:fs";
import { join } from "node:path";
import { countOf } from "./controlPlane/componentHealth";
import { files } from "./controlPlane/components";
import { controlPlaneHealth, notRunning, type ComponentHealth } from "./controlPlane/controlPlane";
import { readPorts } from "./controlPlane/portsFile";
import { OWN_PATHS } from "./daemonProtocol";
import { isDiskFull } from "./diskSpace";
import { whyEnded } from "./ending";
import { PART_NAMES, PARTS, type PartName } from "./parts";
import { memoryOf, ownProcesses } from "./processes";
import { placeOf, readRecord, type SandboxPlace, type SandboxRecord } from "./record";

/** A process of a sandbox, and how it does. */
export interface SandboxPart extends ComponentHealth {
  /** What it is there for. */
  readonly purpose: string;
  /** Where it answers: an address with its port, or the path of a socket; none while it does not. */
  readonly address: string | undefined;
  /** Bytes of memory that it takes; none when it does not run. */
  readonly memoryBytes: number | undefined;
}

/** How a sandbox does. */
export interface SandboxStatus {
  readonly record: SandboxRecord;
  /** Every process of it, asked just now. */
  readonly components: readonly SandboxPart[];
  /** How many nodes and pods there are; none where the API server does not tell. */
  readonly contents: { readonly nodes: number; readonly pods: number } | undefined;
  /** Whether the disk that it is on is full, so that it can't go on for long. */
  readonly isDiskFull: boolean;
}

/** How a sandbox does; none where there is none. */
export async function sandboxStatus(place: SandboxPlace): Promise<SandboxStatus | undefined> {
  const { folder } = placeOf(place);
  const record = existsSync(folder) ? readRecord(folder) : undefined;
  if (record === undefined) return undefined;
  const [components, contents] = await Promise.all([partsOf(record), contentsOf(folder)]);
  return { record, components, contents, isDiskFull: isDiskFull(folder) };
}

async function partsOf(record: SandboxRecord): Promise<SandboxPart[]> {
  const { folder } = record;
  const health = (
    await Promise.all([
      controlPlaneHealth(folder),
      httpHealth(folder, "moto", record.motoEndpoint, "/moto-api/"),
      httpHealth(folder, "daemon", record.awsEndpoint, OWN_PATHS.health),
    ])
  ).flat();
  const addresses = addressesOf(record);
  return PART_NAMES.flatMap((name) =>
    health
      .filter((part) => part.name === name)
      .map((part) => ({
        ...part,
        problem: part.problem === "ended" ? endedProblem(folder, name) : part.problem,
        purpose: PARTS[name],
        address: addresses[name],
        memoryBytes: part.isRunning && part.pid !== undefined ? memoryOf(part.pid) : undefined,
      })),
  );
}

function endedProblem(folder: string, name: string): string {
  const why = whyEnded(folder, name);
  return why === undefined ? "ended" : `ended: ${why}`;
}

function addressesOf({
  folder,
  motoEndpoint,
  awsEndpoint,
}: SandboxRecord): Partial<Record<PartName, string>> {
  const ports = readPorts(folder);
  return {
    ...(ports === undefined
      ? {}
      : {
          etcd: join(folder, files.etcdSocket),
          "kube-apiserver": `https://127.0.0.1:${ports.apiServer}`,
          "kube-controller-manager": `https://127.0.0.1:${ports.controllerManager}`,
          "kube-scheduler": `https://127.0.0.1:${ports.scheduler}`,
          kwok: `http://127.0.0.1:${ports.kwok}`,
        }),
    ...(motoEndpoint === "" ? {} : { moto: motoEndpoint }),
    ...(awsEndpoint === "" ? {} : { daemon: awsEndpoint }),
  };
}

async function contentsOf(folder: string): Promise<SandboxStatus["contents"]> {
  const ports = readPorts(folder);
  if (ports === undefined) return undefined;
  try {
    const [nodes, pods] = await Promise.all([
      countOf("nodes", folder, ports),
      countOf("pods", folder, ports),
    ]);
    return { nodes, pods };
  } catch {
    // What is wrong with the API server is told with the parts.
    return undefined;
  }
}

/** What is wrong with a sandbox, a phrase each; none when it is well. */
export function problemsOf({ record, components, isDiskFull }: Omit<SandboxStatus, "contents">): string[] {
  return [
    ...(record.state === "ready" ? [] : ["it was not started to its end"]),
    ...(isDiskFull ? [`the disk of ${record.folder} is full`] : []),
    ...components.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name} ${problem}`])),
  ];
}

/** One that does not answer by then is not well. */
const ANSWERS_WITHIN_MS = 5_000;

async function httpHealth(
  folder: string,
  name: string,
  endpoint: string,
  path: string,
): Promise<ComponentHealth> {
  const own = ownProcesses(folder).find((each) => each.name === name);
  if (own?.isRunning !== true) return notRunning(name, own);
  return { name, pid: own.pid, isRunning: true, problem: await httpProblem(endpoint, path) };
}

async function httpProblem(endpoint: string, path: string): Promise<string | undefined> {
  if (endpoint === "") return "does not listen yet";
  try {
    const { status } = await fetch(endpoint + path, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    return status === 200 ? undefined : `answers ${status}`;
  } catch (error) {
    return `does not answer: ${String((error as Error).cause ?? error)}`;
  }
}
