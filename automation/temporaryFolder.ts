import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Those that are in use. */
const folders = new Set<string>();

/**
 * Does something with a folder of its own for temporary files, which only its owner may read, and removes it at the end;
 * also where the process ends before.
 *
 * @param prefix of its name: `podnet-plan-`.
 */
export async function withTemporaryFolder<T>(
  prefix: string,
  act: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  if (folders.size === 0) process.on("exit", removeAll);
  folders.add(folder);
  try {
    return await act(folder);
  } finally {
    remove(folder);
    if (folders.size === 0) process.removeListener("exit", removeAll);
  }
}

function removeAll(): void {
  folders.forEach(remove);
}

function remove(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}
