import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { cacheFolder } from "../cacheFolder";
import { causeIn } from "../failureCause";
import { kill } from "../processes";
import { SandboxError } from "../sandboxError";
import { diskFullError, MORE_MEMORY } from "../waysOut";

const requirements = join(__dirname, "requirements.txt");

/** The python of the virtual environment with moto in the pinned version, once it is installed. */
export function motoPython(): string {
  const version = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  return join(cacheFolder(), `moto-${version}`, "bin", "python");
}

/**
 * Sees to it that moto is installed, from PyPI into the user's cache folder; that takes about a minute. Callers see to
 * it that nobody else does so meanwhile.
 *
 * @returns {@link motoPython}
 * @throws SandboxError when it can't be installed, with what python or pip said; the signal's reason when it is aborted.
 *   Nothing half installed stays.
 */
export async function installMoto(log: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const python = motoPython();
  if (existsSync(python)) return python;
  const folder = dirname(dirname(python));
  // Made beside its place and moved there whole: whoever finds it, finds it complete.
  const attempt = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  removeAttempts(folder);
  try {
    log(`installing moto (${readFileSync(requirements, "utf8").trim()}), once, about a minute`);
    await succeed("python3", ["-m", "venv", attempt], signal);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
    await succeed(join(attempt, "bin", "python"), pip, signal);
    renameSync(attempt, folder);
  } finally {
    rmSync(attempt, { recursive: true, force: true });
  }
  return python;
}

/** What those left that were killed while they installed. */
function removeAttempts(folder: string): void {
  const prefix = `${basename(folder)}.`;
  for (const left of readdirSync(dirname(folder)).filter((name) => name.startsWith(prefix))) {
    rmSync(join(dirname(folder), left), { recursive: true, force: true });
  }
}

/** What is kept of a program's output for an error. */
const KEPT_OUTPUT = 4_000;

function succeed(program: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // In a process group of its own, because pip builds packages in processes of their own.
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    let said = "";
    const keep = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    // venv tells what it lacks on stdout.
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const stop = () => {
      if (child.pid !== undefined) kill(-child.pid);
    };
    signal?.addEventListener("abort", stop, { once: true });
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? noPython() : error);
    });
    child.once("close", (code, killedBy) => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (code === 0) resolve();
      else reject(failure([program, ...args].join(" "), killedBy ?? `exit ${String(code)}`, said.trim()));
    });
  });
}

const INSTALL_PYTHON =
  "Install Python 3.10 or newer with venv and pip: apt-get install python3-venv on Debian and Ubuntu, https://www.python.org/downloads elsewhere.";

function noPython(): SandboxError {
  return new SandboxError(
    "there is no python3 on PATH, and moto, which plays EC2, has to be installed",
    INSTALL_PYTHON,
  );
}

function failure(commandLine: string, ending: string, said: string): SandboxError {
  const message = `${commandLine} failed (${ending})${said === "" ? "" : `: ${said}`}`;
  if (/ensurepip|No module named ['"]?(venv|pip)\b/.test(said))
    return new SandboxError(message, INSTALL_PYTHON);
  switch (ending === "SIGKILL" ? "no memory" : causeIn(said)) {
    case "disk full":
      return diskFullError(cacheFolder(), message);
    case "no memory":
      return new SandboxError(message, MORE_MEMORY);
    default:
      return new SandboxError(
        message,
        "It needs PyPI the first time, or a mirror of it (PIP_INDEX_URL), and Python 3.10 or newer.",
      );
  }
}
