import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Target } from "./updateContext";

/** How a project's programs are run; from its Pulumi.yaml. */
export interface ProgramSettings {
  /** The folder of Pulumi.yaml. */
  readonly root: string;
  /** The program's folder or file, relative to the root; the root itself when it is not given. */
  readonly main: string | undefined;
  /** Whether TypeScript is compiled on the way. */
  readonly typescript: boolean;
  /** Relative to the folder that Pulumi works in. */
  readonly tsconfig: string | undefined;
  readonly nodeargs: readonly string[];
}

/** A program that runs. */
export interface RunningProgram {
  /** Resolves with its exit code; with null when it was killed. */
  readonly ended: Promise<number | null>;
  readonly kill: () => void;
}

/** The exit code by which a program says that what went wrong is reported already. */
export const REPORTED_ALREADY = 32;

/** The folder in which a program is run, and what of it is run there. */
export function whereToRun(settings: ProgramSettings): { folder: string; entry: string } {
  const path = resolve(settings.root, settings.main ?? ".");
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder === undefined)
    throw new Error(
      `failed to get main: could not find ${path}; it is \`main\` of Pulumi.yaml in ${settings.root}`,
    );
  // A file's own folder is where Pulumi would work as well.
  return isFolder ? { folder: path, entry: "." } : { folder: dirname(path), entry: path };
}

/**
 * Runs a program, as Pulumi's host for Node.js does.
 *
 * @param options.onOutput takes what it writes, a line at a time.
 * @throws Error when it has no @pulumi/pulumi to be run by.
 */
export function startProgram(options: {
  settings: ProgramSettings;
  target: Target;
  preview: boolean;
  parallel: number;
  monitor: string;
  engine: string;
  env: NodeJS.ProcessEnv;
  onOutput: (line: string, stream: "stdout" | "stderr") => void;
}): RunningProgram {
  const { settings, target, preview, parallel, monitor, engine, env, onOutput } = options;
  const { folder, entry } = whereToRun(settings);
  const args = [
    ...settings.nodeargs,
    runnerFor(folder),
    `--monitor=${monitor}`,
    `--engine=${engine}`,
    `--organization=${target.organization}`,
    `--root-directory=${settings.root}`,
    `--project=${target.project}`,
    `--stack=${target.stack}`,
    `--pwd=${folder}`,
    ...(preview ? ["--dry-run"] : []),
    `--parallel=${parallel}`,
    entry,
  ];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: {
      ...env,
      PULUMI_NODEJS_TYPESCRIPT: String(settings.typescript),
      ...(settings.tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: settings.tsconfig }),
      PULUMI_CONFIG: JSON.stringify(target.config.values),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(target.config.secretKeys),
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: Ctrl-C in a terminal is for the engine.
    detached: true,
  });
  return { ended: outcome(child, onOutput), kill: () => child.kill("SIGKILL") };
}

/** The script of the program's own SDK that runs it. */
function runnerFor(folder: string): string {
  try {
    return createRequire(join(folder, "noop.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new Error(
      `It looks like the Pulumi SDK has not been installed: there is no @pulumi/pulumi for ${folder}. Run npm install there`,
    );
  }
}

function outcome(
  child: ChildProcess,
  onOutput: (line: string, stream: "stdout" | "stderr") => void,
): Promise<number | null> {
  for (const stream of ["stdout", "stderr"] as const) {
    const input = child[stream];
    if (input)
      createInterface({ input }).on("line", (line) => {
        onOutput(line, stream);
      });
  }
  return new Promise((done, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      done(code);
    });
  });
}
