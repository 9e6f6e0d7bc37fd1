import { existsSync } from "node:fs";
import { controlPlaneHealth, notRunning, type ComponentHealth } from "./controlPlane/controlPlane";
import { OWN_PATHS } from "./daemonProtocol";
import { ownProcesses } from "./processes";
import { placeOf, readRecord, type SandboxPlace, type SandboxRecord } from "./record";

/** How a sandbox does. */
export interface SandboxStatus {
  readonly record: SandboxRecord;
  /** Every process of it, asked just now. */
  readonly components: readonly ComponentHealth[];
}

/** How a sandbox does; none where there is none. */
export async function sandboxStatus(place: SandboxPlace): Promise<SandboxStatus | undefined> {
  const { folder } = placeOf(place);
  const record = existsSync(folder) ? readRecord(folder) : undefined;
  if (record === undefined) return undefined;
  const components = await Promise.all([
    controlPlaneHealth(folder),
    httpHealth(folder, "moto", record.motoEndpoint, "/moto-api/"),
    httpHealth(folder, "daemon", record.awsEndpoint, OWN_PATHS.health),
  ]);
  return { record, components: components.flat() };
}

/** What is wrong with a sandbox, a phrase each; none when it is well. */
export function problemsOf({ record, components }: SandboxStatus): string[] {
  return [
    ...(record.state === "ready" ? [] : ["it was not started to its end"]),
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
