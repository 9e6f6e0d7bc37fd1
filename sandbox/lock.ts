import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "./processes";

/** How often it is looked whether a lock has become free. */
const POLL_MS = 50;
/** A file without a process in it was left by one that died while it wrote; that takes microseconds. */
const TORN_AFTER_MS = 5_000;

/**
 * Does something while no other process of this computer does something under the same lock.
 *
 * The lock is a file with the holder's pid, made in one step. One whose holder died is taken over.
 *
 * @param file is there only while the lock is held.
 * @param options.onWait is told once, when somebody else holds it.
 * @throws the signal's reason when it is aborted before it has the lock.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T> | T,
  options: { readonly onWait?: (holder: number) => void; readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  let hasTold = false;
  while (!tryTake(file)) {
    options.signal?.throwIfAborted();
    const holder = holderOf(file);
    if (holder === "dead") {
      breakLock(file);
      continue;
    }
    if (typeof holder === "number" && !hasTold) {
      hasTold = true;
      options.onWait?.(holder);
    }
    await sleep(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryTake(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The pid that holds it; "dead" when that process is no more; none when it has just become free, or is being taken. */
function holderOf(file: string): number | "dead" | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    if (pid === 0) return Date.now() - statSync(file).mtimeMs > TORN_AFTER_MS ? "dead" : undefined;
    return isRunning(pid) ? pid : "dead";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Removes a dead holder's file. One at a time, or the second would remove the lock that the first has just taken. */
function breakLock(file: string): void {
  const breaking = `${file}.breaking`;
  if (!tryTake(breaking)) {
    // Left by one that died in the few microseconds in between.
    if (holderOf(breaking) === "dead") rmSync(breaking, { force: true });
    return;
  }
  try {
    if (holderOf(file) === "dead") rmSync(file, { force: true });
  } finally {
    rmSync(breaking, { force: true });
  }
}
