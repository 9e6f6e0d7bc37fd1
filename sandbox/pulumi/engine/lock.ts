import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface LockContent {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/** A stack is being updated by somebody else. */
export class StackLockedError extends Error {
  override readonly name = "StackLockedError";
}

/**
 * Takes a stack's lock: a file of its own for each who wants it, so that of two at the same moment both see the other
 * one and at most one goes on.
 *
 * As with Pulumi, a lock stays when its process is killed, until somebody says `pulumi cancel`: whether it still runs
 * can't be told from another computer.
 *
 * @param folder of the stack's locks.
 * @returns gives it back; so does the end of this process by itself.
 * @throws StackLockedError when somebody has it.
 */
export function takeLock(folder: string): () => void {
  refuseIfLocked(folder, undefined);
  mkdirSync(folder, { recursive: true });
  const name = `${randomUUID()}.json`;
  const content: LockContent = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  writeFileSync(join(folder, name), JSON.stringify(content), { mode: 0o600 });
  const release = () => {
    process.off("exit", release);
    rmSync(join(folder, name), { force: true });
  };
  process.on("exit", release);
  try {
    refuseIfLocked(folder, name);
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

/** Removes all locks of a stack, whoever has them. */
export function breakLocks(folder: string): number {
  const locks = locksIn(folder);
  for (const { name } of locks) rmSync(join(folder, name), { force: true });
  return locks.length;
}

function refuseIfLocked(folder: string, own: string | undefined): void {
  const others = locksIn(folder).filter(({ name }) => name !== own);
  if (others.length === 0) return;
  // Word for word Pulumi's, whose Automation API knows the case by them.
  const lines = others.map(({ name, content: { username, hostname, pid, timestamp } }) => {
    const url = `${pathToFileURL(join(folder, name)).href}?no_tmp_dir=true`;
    return `\n  ${url}: created by ${username}@${hostname} (pid ${pid}) at ${timestamp.replace(/\.\d+/, "")}`;
  });
  throw new StackLockedError(
    `the stack is currently locked by ${others.length} lock(s). Either wait for the other process(es) to end or ` +
      `delete the lock file with \`pulumi cancel\`.${lines.join("")}`,
  );
}

function locksIn(folder: string): { name: string; content: LockContent }[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      return [{ name, content: JSON.parse(readFileSync(join(folder, name), "utf8")) as LockContent }];
    } catch {
      // Given back between the two looks, or half written: its owner looks again after writing.
      return [];
    }
  });
}
