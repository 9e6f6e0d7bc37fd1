import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endedError, endingFile } from "./ending";
import { lastLines, logFile } from "./logs";
import { ownProcesses, pidFolder } from "./processes";
import { SandboxError } from "./sandboxError";

/** A program to run for a sandbox. */
export interface Program {
  /** As its pid file, its log and messages name it. */
  readonly name: string;
  readonly file: string;
  /** One of them has to name the sandbox's folder, by which the process is known to be ours. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Writes its own pid and becomes the program: there is no instant in which a process of ours runs without a pid file. */
const WITH_PID_FILE = 'echo $$ > "$1" && shift && exec "$@"';

/**
 * Starts a program that stays when we end. It works in the sandbox's folder, its output goes to logs/NAME.log, its pid
 * to pids/NAME.
 */
export function startProcess(folder: string, { name, file, args, env = {} }: Program): void {
  if (!args.some((arg) => arg.includes(folder)))
    throw new Error(`${name} would not be known as ours: ${args.join(" ")}`);
  mkdirSync(pidFolder(folder), { recursive: true });
  mkdirSync(join(folder, "logs"), { recursive: true });
  mkdirSync(dirname(endingFile(folder, name)), { recursive: true });
  const log = openSync(logFile(folder, name), "w");
  // There from now on, so that a process that ends before it has written its pid is missed.
  writeFileSync(join(pidFolder(folder), name), "");
  try {
    const child = spawn(
      "/bin/sh",
      ["-c", WITH_PID_FILE, "sh", join(pidFolder(folder), name), file, ...args],
      {
        cwd: folder,
        detached: true,
        stdio: ["ignore", log, log],
        env: { ...process.env, ...env },
      },
    );
    // What can't be started ends, which waitUntil tells.
    child.on("error", () => undefined);
    child.on("exit", (code, signal) => {
      noteEnding(folder, name, signal ?? `exit ${String(code)}`);
    });
    child.unref();
  } finally {
    closeSync(log);
  }
}

/** Why it ended is known here alone, and only while we are there. */
function noteEnding(folder: string, name: string, ending: string): void {
  const file = endingFile(folder, name);
  // Gone together with all the others, when the sandbox is stopped.
  if (!existsSync(dirname(file))) return;
  try {
    writeFileSync(file, ending);
  } catch {
    // For want of space, for instance, which is found out without it.
  }
}

/** The system tells us later than everybody how a process ended; a moment, unless it is very busy. */
async function sleepUntilNoted(folder: string, name: string): Promise<void> {
  for (let waited = 0; waited < NOTED_WITHIN_MS && !existsSync(endingFile(folder, name)); waited += POLL_MS) {
    await sleep(POLL_MS);
  }
}

/** Between two questions whether something is so. */
const POLL_MS = 50;
const NOTED_WITHIN_MS = 2_000;
/** Long enough for a shell to write its pid on a computer that is very busy. */
const PID_WITHIN_MS = 5_000;

/**
 * Asks again and again until there is an answer.
 *
 * @param ask answers undefined for not yet.
 * @param options.needs the processes without which there will never be one.
 * @throws SandboxError when one of them ends, with the end of its log, or when it takes longer than `withinMs`.
 */
export async function waitUntil<T>(
  folder: string,
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  options: {
    readonly needs: readonly string[];
    readonly withinMs: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<T> {
  const startedAt = Date.now();
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    const elapsed = Date.now() - startedAt;
    const isRunning = new Map(ownProcesses(folder).map((each) => [each.name, each.isRunning]));
    const ended = options.needs.find((name) => !(isRunning.get(name) ?? elapsed < PID_WITHIN_MS));
    if (ended !== undefined) {
      await sleepUntilNoted(folder, ended);
      throw endedError(folder, ended);
    }
    if (elapsed > options.withinMs) {
      throw new SandboxError(
        `${what} did not happen within ${options.withinMs / 1000} s${lastLines(folder, options.needs)}`,
        "Try again when the computer is less busy.",
      );
    }
    await sleep(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
