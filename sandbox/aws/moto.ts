import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cacheFolder } from "../cacheFolder";

const requirements = join(__dirname, "requirements.txt");

/** An emulated AWS that runs. */
export interface Moto {
  /** For AWS_ENDPOINT_URL; always on 127.0.0.1. */
  readonly endpoint: string;
  /** Ends it, and everything that it emulates with it. */
  readonly stop: () => Promise<void>;
}

/** How moto is started on a free port of 127.0.0.1, once {@link installMoto} has put it somewhere. */
export function motoArguments(): string[] {
  return ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"];
}

/** Where it listens, in a line or more of what it writes to stderr; none where they don't tell. */
export function motoEndpointIn(text: string): string | undefined {
  return /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
}

/**
 * Starts moto on a free port of 127.0.0.1.
 *
 * The first time on a machine it is installed into the user's cache folder from PyPI, which takes about a minute and
 * needs python3 with venv.
 *
 * @param log takes a line of progress at a time.
 * @throws Error when it can't be installed or does not start, with what it said.
 */
export async function startMoto(log: (line: string) => void): Promise<Moto> {
  const python = await installMoto(log);
  const server = spawn(python, motoArguments(), { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise<void>((resolve) => {
    server.once("exit", () => {
      resolve();
    });
  });
  const stop = async () => {
    server.kill("SIGKILL");
    await ended;
  };
  try {
    return { endpoint: await endpointOf(server), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The python of a virtual environment that has moto in the pinned version.
 *
 * @throws Error when it can't be installed, with what python or pip said.
 */
export async function installMoto(log: (line: string) => void): Promise<string> {
  const version = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(cacheFolder(), `moto-${version}`);
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return python;

  // Made beside its place and moved there whole: whoever finds it, finds it complete.
  const attempt = `${folder}.${process.pid}`;
  mkdirSync(cacheFolder(), { recursive: true });
  try {
    log(`installing moto (${readFileSync(requirements, "utf8").trim()}), once, about a minute`);
    await succeed("python3", ["-m", "venv", attempt]);
    await succeed(join(attempt, "bin", "python"), ["-m", "pip", "install", "--quiet", "-r", requirements]);
    // Another process may have been faster; its result is as good.
    if (!existsSync(python)) renameSync(attempt, folder);
  } finally {
    rmSync(attempt, { recursive: true, force: true });
  }
  return python;
}

function succeed(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ${args.join(" ")} failed (exit ${String(code)}): ${said.trim()}`));
    });
  });
}

/** Its imports alone take 3 seconds on an idle machine. */
const STARTS_WITHIN_MS = 60_000;

/** Waits for the line in which the server says where it listens. */
function endpointOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (what: string) => {
      reject(new Error(`moto ${what}: ${said.join("\n")}`));
    };
    const deadline = setTimeout(() => {
      fail(`did not listen within ${STARTS_WITHIN_MS / 1000} s`);
    }, STARTS_WITHIN_MS);
    if (server.stderr === null) throw new Error("moto was started without a pipe");
    // Read to its end, or the server would wait once the pipe is full.
    createInterface({ input: server.stderr }).on("line", (line) => {
      const endpoint = motoEndpointIn(line);
      if (endpoint !== undefined) {
        clearTimeout(deadline);
        resolve(endpoint);
      } else if (said.length < 100) {
        said.push(line);
      }
    });
    server.once("error", (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    server.once("exit", (code) => {
      clearTimeout(deadline);
      fail(`ended before it listened (exit ${String(code)})`);
    });
  });
}
