import {
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cacheFolder";
import { withLock } from "../lock";
import { keptFiles } from "./keptFiles";

/** Of 200 nodes it has 0.2 GB. */
const KEPT_AT_MOST = 3;

function snapshotFolder(): string {
  return join(cacheFolder(), "snapshots");
}

/** One at a time: what is copied must not be removed meanwhile. */
function inTurn<T>(work: () => T, signal: AbortSignal | undefined): Promise<T> {
  return withLock(join(cacheFolder(), "snapshots.lock"), work, { signal });
}

/**
 * Puts the content of a snapshot into the folder of a sandbox that is about to start.
 *
 * @returns whether there is one.
 */
export async function restoreSnapshot(key: string, folder: string, signal?: AbortSignal): Promise<boolean> {
  return await inTurn(() => {
    const kept = join(snapshotFolder(), key);
    if (!existsSync(kept)) return false;
    copy(kept, folder);
    const now = new Date();
    utimesSync(kept, now, now);
    return true;
  }, signal);
}

/** Removes a snapshot, if it is there. */
export async function dropSnapshot(key: string, signal?: AbortSignal): Promise<void> {
  await inTurn(() => {
    rmSync(join(snapshotFolder(), key), { recursive: true, force: true });
  }, signal);
}

/**
 * Keeps what is in the folder of a sandbox at rest under a key. Those of the same kind, which nobody can start any more,
 * go, and of all others the three stay that were used last.
 *
 * @param kind what the key and those that it replaces begin with.
 */
export async function keepSnapshot(
  { key, kind }: { readonly key: string; readonly kind: string },
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  await inTurn(() => {
    const attempt = join(snapshotFolder(), `.${process.pid}`);
    mkdirSync(attempt, { recursive: true, mode: 0o700 });
    try {
      copy(folder, attempt);
      const kept = join(snapshotFolder(), key);
      rmSync(kept, { recursive: true, force: true });
      // Whole, or not there.
      renameSync(attempt, kept);
    } finally {
      rmSync(attempt, { recursive: true, force: true });
    }
    prune(key, kind);
  }, signal);
}

function prune(key: string, kind: string): void {
  const others = readdirSync(snapshotFolder())
    .filter((name) => name !== key)
    .map((name) => ({ name, usedAt: statSync(join(snapshotFolder(), name)).mtimeMs }))
    .sort((one, other) => other.usedAt - one.usedAt);
  const replaced = others.filter(({ name }) => name.startsWith(`${kind}-`));
  const rest = others.filter((one) => !replaced.includes(one)).slice(KEPT_AT_MOST - 1);
  for (const { name } of [...replaced, ...rest]) {
    rmSync(join(snapshotFolder(), name), { recursive: true, force: true });
  }
}

/** Without copying a byte, where the file system can. */
function copy(from: string, to: string): void {
  for (const name of Object.values(keptFiles)) {
    cpSync(join(from, name), join(to, name), { recursive: true, mode: constants.COPYFILE_FICLONE });
  }
}
