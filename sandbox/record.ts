import { existsSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { cacheFolder } from "./cacheFolder";
import { SandboxError } from "./sandboxError";

const recordSchema = z.object({
  name: z.string(),
  /** What it started with: empty, small. */
  world: z.string(),
  /** How many nodes it started with; only of worlds that may have any number. */
  nodes: z.number().int().optional(),
  /** What the durations of EKS, Auto Scaling and the CNI are multiplied with; none for 1. */
  pace: z.number().int().optional(),
  /** Seconds until the control plane reaches a block that was associated with its VPC later; none for at once. */
  recogniseAfter: z.number().int().optional(),
  /** Absolute. Everything of the sandbox is in it. */
  folder: z.string(),
  region: z.string(),
  accountId: z.string(),
  /** The EKS cluster of its world. */
  clusterName: z.string(),
  /** The API server's address; empty until it listens. */
  server: z.string(),
  /** The port that the front is to listen on; none before it was taken. */
  frontPort: z.number().int().optional(),
  /** For AWS_ENDPOINT_URL; empty until the front listens. */
  awsEndpoint: z.string(),
  /** What stands behind the front, for the front alone; empty until it listens. */
  motoEndpoint: z.string(),
  /** Path of a kubeconfig file with every right. */
  kubeconfig: z.string(),
  /** A kubectl of the right version; empty until there is one. */
  kubectl: z.string(),
  processes: z.array(z.object({ name: z.string(), pid: z.number().int() })),
  /** Date and time in ISO 8601. */
  startedAt: z.string(),
  state: z.enum(["starting", "ready"]),
});

/** What is known of a sandbox; kept in its folder as sandbox.json. */
export type SandboxRecord = z.infer<typeof recordSchema>;

/** Which sandbox: by its name among those of the user, or by its folder. */
export interface SandboxPlace {
  /** @default "default" */
  readonly name?: string | undefined;
  /** @default sandboxes/NAME in the user's cache folder */
  readonly folder?: string | undefined;
}

/** Its name and its folder, which is always written in the same way: processes are known by it. */
export function placeOf({ name = "default", folder }: SandboxPlace): { name: string; folder: string } {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) {
    throw new SandboxError(
      `${JSON.stringify(name)} can't be the name of a sandbox`,
      "Give up to 40 lowercase letters, digits and hyphens.",
    );
  }
  return { name, folder: withoutLinks(resolve(folder ?? join(cacheFolder(), "sandboxes", name))) };
}

/** A path without symbolic links, as far as there is anything. */
function withoutLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(withoutLinks(parent), basename(path));
}

/** The record in a folder; none where there is no sandbox, or not yet one. */
export function readRecord(folder: string): SandboxRecord | undefined {
  const file = join(folder, "sandbox.json");
  if (!existsSync(file)) return undefined;
  const read = recordSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (read.success) return read.data;
  throw new SandboxError(
    `${file} is not what this version writes: ${z.prettifyError(read.error)}`,
    "podnet sandbox down removes it.",
  );
}

/** Writes it whole or not at all: whoever reads it finds a record, the old or the new. */
export function writeRecord(record: SandboxRecord): void {
  const file = join(record.folder, "sandbox.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The words that choose a sandbox in a command that is told to people. */
export function nameWords(name: string): string {
  return name === "default" ? "" : ` --name ${name}`;
}
