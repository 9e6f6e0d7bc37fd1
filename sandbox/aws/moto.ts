import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { installMoto } from "./installMoto";

/** An emulated AWS that runs. */
export interface Moto {
  /** For AWS_ENDPOINT_URL; always on 127.0.0.1. */
  readonly endpoint: string;
  /** Ends it, and everything that it emulates with it. */
  readonly stop: () => Promise<void>;
}

/**
 * How moto is started on a free port of 127.0.0.1, once it is installed.
 *
 * @param state a file with what it holds from the start, if there is one, that it writes on SIGUSR1. @default it has none
 */
export function motoArguments(state?: string): string[] {
  const server = state === undefined ? ["-m", "moto.server"] : [join(__dirname, "motoServer.py"), state];
  return [...server, "-H", "127.0.0.1", "-p", "0"];
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
