import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { killTree } from "./killTree";

/** What one command of a CLI came to. */
export interface CliRun {
  readonly exitCode: number;
  /** What its engine told, in its order; none of commands that run no engine. */
  readonly events: readonly EngineEvent[];
  readonly stdout: string;
  readonly stderr: string;
}

/** A pulumi CLI, whichever it is, in a project. */
export interface PulumiCli {
  /** A command that runs no engine, such as `stack output --json`. */
  readonly command: (args: readonly string[]) => Promise<CliRun>;
  /** preview, up, refresh or destroy, with flags. */
  readonly operate: (args: readonly string[]) => Promise<CliRun>;
  /** Begins one of these and kills it, with every process of it, once something has come about. */
  readonly killed: (args: readonly string[], cameAbout: () => Promise<unknown>) => Promise<void>;
}

/** Longer than any of them takes; one that hangs fails its test and not the whole run. */
const ENDS_WITHIN_MS = 180_000;

/** A CLI is whatever is called `pulumi` first on the PATH of `env`. */
export function pulumiCli(workDir: string, env: Readonly<Record<string, string>>): PulumiCli {
  const run = (args: readonly string[]) =>
    new Promise<Omit<CliRun, "events">>((resolve, reject) => {
      const child = execFile(
        "pulumi",
        [...args, "--non-interactive", "--color=never"],
        { cwd: workDir, env, maxBuffer: 2 ** 28, timeout: ENDS_WITHIN_MS, killSignal: "SIGKILL" },
        (error, stdout, stderr) => {
          // A code in words is the system's: there was no pulumi to run.
          if (error !== null && typeof error.code === "string") reject(new Error(error.message));
          else resolve({ exitCode: child.exitCode ?? -1, stdout, stderr });
        },
      );
    });
  return {
    command: async (args) => ({ ...(await run(args)), events: [] }),
    operate: async (args) => {
      const folder = mkdtempSync(join(tmpdir(), "podnet-parity-"));
      const log = join(folder, "events.json");
      try {
        const ended = await run([...args, "--event-log", log]);
        return { ...ended, events: readEvents(log) };
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    killed: async (args, cameAbout) => {
      const child = spawn("pulumi", [...args, "--non-interactive"], { cwd: workDir, env, stdio: "ignore" });
      const ended = once(child, "exit");
      try {
        await cameAbout();
      } finally {
        killTree(child.pid ?? 0);
      }
      const [, signal] = (await ended) as [number | null, string | null];
      if (signal !== "SIGKILL") throw new Error(`pulumi ${args.join(" ")} ended before it was killed`);
    },
  };
}

/** None where the command was refused before there was an engine. */
function readEvents(log: string): EngineEvent[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as EngineEvent);
}
