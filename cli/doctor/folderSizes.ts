import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The folders in a folder with what they hold, in bytes; none where it can't be read. */
export function folderSizes(folder: string): { readonly name: string; readonly bytes: number }[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, bytes: bytesIn(join(folder, name)) }));
}

function bytesIn(folder: string): number {
  return entriesOf(folder).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + bytesIn(path);
    // What goes while one looks, as in a sandbox that is up, holds nothing.
    return sum + (entry.isFile() ? (statSync(path, { throwIfNoEntry: false })?.size ?? 0) : 0);
  }, 0);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
