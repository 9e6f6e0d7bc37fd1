import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The command lines of processes, by pid; none for one that is no more. One that ended and that nobody has asked about
 * yet (a zombie) is no more.
 */
function commandLines(pids: readonly number[]): Map<number, string> {
  const found = process.platform === "linux" ? pids.map(fromProc) : fromPs(pids);
  return new Map(found.filter(([, line]) => line !== ""));
}

/** Loading a program that is not in memory yet can take a while, and on a busy disk a long one. */
const LOADS_WITHIN_MS = 2_000;

function fromProc(pid: number): [number, string] {
  try {
    for (let waited = 0; waited < LOADS_WITHIN_MS; waited++) {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      if (line !== "") return [pid, line];
      // It has none while it becomes another program, and for ever once it has ended.
      if (/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) break;
      Atomics.wait(NEVER_WOKEN, 0, 0, 1);
    }
  } catch {
    // It is no more.
  }
  return [pid, ""];
}

const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4));

function fromPs(pids: readonly number[]): [number, string][] {
  if (pids.length === 0) return [];
  // It fails when one of them is no more, and tells the others all the same.
  const asked = ["-ww", "-o", "pid=,stat=,command=", "-p", pids.join(",")];
  const { stdout } = spawnSync("ps", asked, { encoding: "utf8" });
  return stdout.split("\n").flatMap((row): [number, string][] => {
    const [, pid, state, line = ""] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(row) ?? [];
    return pid === undefined || state?.startsWith("Z") === true ? [] : [[Number(pid), line]];
  });
}

/** Whether there is a process of this pid. */
export function isRunning(pid: number): boolean {
  return commandLines([pid]).has(pid);
}

/** Bytes of memory that a process takes; none for one that is no more. */
export function memoryOf(pid: number): number | undefined {
  const said =
    process.platform === "linux"
      ? /^VmRSS:\s+(\d+) kB$/m.exec(readIfThere(`/proc/${pid}/status`))?.[1]
      : spawnSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
  return said === undefined || said === "" ? undefined : Number(said) * 1024;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** A process of a sandbox, as its pid file tells. */
export interface OwnProcess {
  readonly name: string;
  readonly pid: number;
  readonly isRunning: boolean;
}

/** Where the pid files of a sandbox are, one for each process by its name. */
export function pidFolder(folder: string): string {
  return join(folder, "pids");
}

/**
 * Every process that a sandbox has started, by its pid files.
 *
 * A pid is believed only while the process of that number names the sandbox's folder in its command line, which all of
 * them do: numbers are given again, after a restart of the computer for instance.
 */
export function ownProcesses(folder: string): OwnProcess[] {
  if (!existsSync(pidFolder(folder))) return [];
  const pids = readdirSync(pidFolder(folder)).flatMap((name) => {
    const pid = Number(readFileSync(join(pidFolder(folder), name), "utf8"));
    // The pid file is made before there is anything in it.
    return pid > 0 ? [{ name, pid }] : [];
  });
  const lines = commandLines(pids.map(({ pid }) => pid));
  return pids.map(({ name, pid }) => ({
    name,
    pid,
    isRunning: lines.get(pid)?.includes(folder) === true,
  }));
}

/** How long the system may take to end what was killed; it is milliseconds. */
const ENDS_WITHIN_MS = 10_000;

/**
 * Ends every process of a sandbox and waits until they are gone. Nothing of a sandbox is kept, so that none is asked
 * to end in good order.
 */
export async function stopProcesses(folder: string): Promise<void> {
  const deadline = Date.now() + ENDS_WITHIN_MS;
  for (;;) {
    const running = ownProcesses(folder).filter((each) => each.isRunning);
    if (running.length === 0) return;
    for (const { pid } of running) kill(pid);
    if (Date.now() > deadline) {
      throw new Error(
        `processes do not end: ${running.map(({ name, pid }) => `${name} (${pid})`).join(", ")}`,
      );
    }
    await sleep(20);
  }
}

/** Ends a process, or with a negative number a process group; one that is no more is as good. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
