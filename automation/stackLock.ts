import { hostname } from "node:os";

/** A lock of a stack in a backend for files: who took it, and when. */
export interface StackLock {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** Date and time in RFC 3339. */
  readonly since: string;
}

/** The locks that Pulumi names where it refuses to operate on a stack; none of backends that name nobody. */
export function stackLocksIn(stderr: string): StackLock[] {
  return [...stderr.matchAll(/created by ([^\n@]+)@([^\s@]+) \(pid (\d+)\) at (\S+)/g)].map(
    ([, user = "", host = "", pid = "", since = ""]) => ({ user, host, pid: Number(pid), since }),
  );
}

/** Whether the process that took a lock is known to be gone. Those of other computers may always be there. */
export function isOrphaned({ host, pid }: StackLock): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Such as `root@build-7 (pid 4711) at 2026-11-21T22:43:42Z`. */
export function describeLock({ user, host, pid, since }: StackLock): string {
  return `${user}@${host} (pid ${pid}) at ${since}`;
}
