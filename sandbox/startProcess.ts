import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
    child.unref();
  } finally {
    closeSync(log);
  }
}

/** Where a process of a sandbox writes to. */
export function logFile(folder: string, name: string): string {
  return join(folder, "logs", `${name}.log`);
}

/** What a process has written so far; empty when it was never started. */
export function logOf(folder: string, name: string): string {
  const file = logFile(folder, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Between two questions whether something is so. */
const POLL_MS = 50;
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
    if (ended !== undefined) throw endedError(folder, ended);
    if (elapsed > options.withinMs) {
      throw new SandboxError(
        `${what} did not happen within ${options.withinMs / 1000} s${lastLines(folder, options.needs)}`,
        "Try again when the computer is less busy.",
      );
    }
    await sleep(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

function endedError(folder: string, name: string): SandboxError {
  const last = lastLines(folder, [name]);
  return new SandboxError(
    last === "" ? `${name} ended without a word` : `${name} ended; its last lines:${last}`,
    "Try again. If it is about an address in use, another program was faster.",
  );
}

/** The end of what processes have written, for a message. */
export function lastLines(folder: string, names: readonly string[]): string {
  return names
    .map((name) => ({ name, lines: logOf(folder, name).trim().split("\n").slice(-10) }))
    .filter(({ lines }) => lines.join("") !== "")
    .map(({ name, lines }) => `\n${lines.map((line) => `  ${name}: ${line}`).join("\n")}`)
    .join("");
}
