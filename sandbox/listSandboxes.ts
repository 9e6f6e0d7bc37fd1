import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cacheFolder";
import { SandboxError } from "./sandboxError";
import { problemsOf, sandboxStatus, type SandboxStatus } from "./status";

/** A sandbox among those of the user. */
export interface ListedSandbox {
  readonly name: string;
  /** None where another version of podnet has written its record, or where it has none yet. */
  readonly status: SandboxStatus | undefined;
  readonly state: "ready" | "starting" | "not well" | "unknown";
}

/** Every sandbox of the user that has a name, and how it does. */
export async function listSandboxes(): Promise<ListedSandbox[]> {
  return await Promise.all(sandboxNames().map(listed));
}

/** The names of the user's sandboxes, in alphabetical order. */
export function sandboxNames(): string[] {
  const folder = join(cacheFolder(), "sandboxes");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function listed(name: string): Promise<ListedSandbox> {
  try {
    const status = await sandboxStatus({ name });
    return { name, status, state: status === undefined ? "unknown" : stateOf(status) };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return { name, status: undefined, state: "unknown" };
  }
}

function stateOf(status: SandboxStatus): ListedSandbox["state"] {
  if (status.components.some(({ problem }) => problem === "ended")) return "not well";
  if (status.record.state === "starting") return "starting";
  return problemsOf(status).length === 0 ? "ready" : "not well";
}
