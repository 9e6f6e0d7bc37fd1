import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ProgramPaths } from "../controlPlane/programs";
import type { SandboxRecord } from "../record";

/**
 * The name of the snapshot of a world: another one as soon as anything is other that decides what is in it, which is the
 * whole sandbox and the programs that it runs.
 */
export function snapshotKey(
  { world, nodes, clusterName, region, accountId }: SandboxRecord,
  programs: ProgramPaths,
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ world, nodes, clusterName, region, accountId }));
  for (const path of Object.values(programs)) {
    const { size, mtimeMs } = statSync(path);
    hash.update(JSON.stringify({ path, size, mtimeMs }));
  }
  for (const file of sources(join(__dirname, ".."))) hash.update(file).update(readFileSync(file));
  return `${snapshotKind(world, nodes)}-${hash.digest("hex").slice(0, 16)}`;
}

/** What all snapshots of a world with that number of nodes begin with, whatever else they depend on. */
export function snapshotKind(world: string, nodes: number | undefined): string {
  return nodes === undefined ? world : `${world}-${nodes}`;
}

/** Every file of the sandbox itself, in the same order each time. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.d\.ts$|\.map$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
