import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** A provider plugin that runs. */
export interface PluginProcess {
  readonly name: string;
  /** The executable. */
  readonly path: string;
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Ends it; it is gone when this resolves. */
  readonly stop: () => Promise<void>;
}

/** How long a plugin may take until it says its port; real ones are large and slow to load. */
const STARTS_WITHIN_MS = 60_000;

/** How long a plugin may take to end after it was asked to. */
const ENDS_WITHIN_MS = 2_000;

/**
 * Finds a plugin on the PATH.
 *
 * @throws Error when there is none; nothing is ever downloaded.
 */
export function findPlugin(name: string, searchPath: string): string {
  for (const folder of searchPath.split(delimiter)) {
    if (folder === "") continue;
    const path = join(folder, `pulumi-resource-${name}`);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this one.
    }
  }
  throw new Error(
    `no resource plugin 'pulumi-resource-${name}' found on your $PATH. The stand-in for Pulumi takes plugins from ` +
      `there alone and installs none; put an executable of that name on the PATH, or use the real Pulumi`,
  );
}

/**
 * Starts a plugin and waits until it listens.
 *
 * @param options.engine address of the engine, which the plugin logs to.
 * @param options.onOutput takes what the plugin writes, a line at a time.
 * @throws Error when it ends or says nothing in time, with what it wrote.
 */
export async function startPlugin(options: {
  name: string;
  env: NodeJS.ProcessEnv;
  folder: string;
  engine: string;
  onOutput: (line: string) => void;
  /** Aborted when nobody wants it any more before it listens. */
  signal: AbortSignal;
}): Promise<PluginProcess> {
  const { name, env, folder, engine, onOutput, signal } = options;
  const path = findPlugin(name, env.PATH ?? "");
  // A group of its own: Ctrl-C in a terminal is for the engine, which lets it finish what it does.
  const child = spawn(path, [engine], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      resolve();
    });
    child.once("error", () => {
      resolve();
    });
  });
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };
  try {
    const port = await portOf(child, name, onOutput, signal);
    return { name, path, address: `127.0.0.1:${port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first line that a plugin writes is its port. */
function portOf(
  child: ChildProcess,
  name: string,
  onOutput: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    let listens = false;
    const fail = (what: string) => {
      clearTimeout(deadline);
      reject(new Error(`the plugin ${name} ${what}${said.length > 0 ? `:\n${said.join("\n")}` : ""}`));
    };
    const deadline = setTimeout(() => {
      fail(`did not say its port within ${STARTS_WITHIN_MS / 1000} s`);
    }, STARTS_WITHIN_MS);
    signal.addEventListener("abort", () => {
      fail("is not needed any more");
    });
    const lines = (stream: "stdout" | "stderr") => (line: string) => {
      const port = stream === "stdout" && !listens && /^\d+$/.test(line.trim()) ? Number(line) : undefined;
      if (port !== undefined) {
        listens = true;
        clearTimeout(deadline);
        resolve(port);
      } else if (listens) onOutput(line);
      else said.push(line);
    };
    // Read to their end, or the plugin would wait once a pipe is full.
    if (child.stdout) createInterface({ input: child.stdout }).on("line", lines("stdout"));
    if (child.stderr) createInterface({ input: child.stderr }).on("line", lines("stderr"));
    child.once("error", (error) => {
      fail(`can't be started: ${error.message}`);
    });
    child.once("close", (code) => {
      if (!listens) fail(`ended before it listened (exit ${String(code)})`);
    });
  });
}
