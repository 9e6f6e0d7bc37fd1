import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../cacheFolder";
import { causeIn } from "../failureCause";
import { kill } from "../processes";
import { SandboxError } from "../sandboxError";
import { diskFullError, MORE_MEMORY } from "../waysOut";
import { PROGRAMS, type ProgramName } from "./programTable";

const TOOLS = join(__dirname, "tools");
/** As the go.mod files say. */
const GO_AT_LEAST = [1, 26] as const;

/** Nothing but the pinned modules decides what is built: no workspace around us, no version control. */
const goEnv = () => ({ ...process.env, GOWORK: "off", GOFLAGS: "-buildvcs=false" });

/** Where a program is once it is built. Another version of its module, or another way to build it, is another place. */
export function builtProgram(name: ProgramName): string {
  const { module } = PROGRAMS[name];
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(TOOLS, module, file)));
  hash.update(linkerFlags(module)).update(process.arch);
  return join(cacheFolder(), "programs", `${module}-${hash.digest("hex").slice(0, 12)}`, name);
}

/**
 * Makes sure that there is a Go that can build them.
 *
 * @throws SandboxError when there is none, or when it is too old.
 */
export async function requireGo(): Promise<void> {
  const wanted = GO_AT_LEAST.join(".");
  const fix = `Install Go ${wanted} or newer from https://go.dev/dl/, or put etcd 3.6, Kubernetes 1.36 and kwok 0.7 on PATH.`;
  let said: string;
  try {
    // Asked where a module is, so that a Go that can fetch the toolchain which the module names does so.
    said = (await promisify(execFile)("go", ["env", "GOVERSION"], { cwd: join(TOOLS, "etcd"), env: goEnv() }))
      .stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new SandboxError(
        "there is no go on PATH, and the programs of a control plane have to be built",
        fix,
      );
    }
    throw new SandboxError(`go can't build here: ${(error as Error).message.trim()}`, fix, { cause: error });
  }
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(said) ?? [];
  const isNewEnough =
    Number(major) > GO_AT_LEAST[0] || (Number(major) === GO_AT_LEAST[0] && Number(minor) >= GO_AT_LEAST[1]);
  if (!isNewEnough) throw new SandboxError(`go on PATH is ${said.trim()}, which is too old`, fix);
}

/**
 * Builds a program from its pinned module.
 *
 * It is built beside its place and moved there whole: whoever finds it, finds it complete. Callers see to it that
 * nobody else builds it meanwhile.
 *
 * @throws SandboxError with what Go said.
 */
export async function buildProgram(name: ProgramName, signal?: AbortSignal): Promise<void> {
  const source = PROGRAMS[name];
  const place = builtProgram(name);
  const attempt = join(dirname(place), `.${name}.${process.pid}`);
  mkdirSync(dirname(place), { recursive: true });
  // What those left that were killed while they built; there is only one at a time.
  for (const left of readdirSync(dirname(place)).filter((file) => file.startsWith(`.${name}.`))) {
    rmSync(join(dirname(place), left), { force: true });
  }
  try {
    const args = [
      "build",
      "-trimpath",
      "-ldflags",
      linkerFlags(source.module),
      "-o",
      attempt,
      source.package,
    ];
    await go(args, join(TOOLS, source.module), signal);
    renameSync(attempt, place);
  } finally {
    rmSync(attempt, { force: true });
  }
}

/** Without debug information, which nobody reads; Kubernetes takes its version from the linker and refuses none. */
function linkerFlags(module: string): string {
  if (module !== "kubernetes") return "-s -w";
  const version = kubernetesVersion();
  const [major = "", minor = ""] = version.slice(1).split(".");
  const values = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
  };
  const set = Object.entries(values).map(
    ([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`,
  );
  return ["-s -w", ...set].join(" ");
}

function kubernetesVersion(): string {
  const module = readFileSync(join(TOOLS, "kubernetes", "go.mod"), "utf8");
  const [, version] = /^\tk8s\.io\/kubernetes (v[\d.]+)/m.exec(module) ?? [];
  if (version === undefined) throw new Error("tools/kubernetes/go.mod does not require k8s.io/kubernetes");
  return version;
}

/** What is kept of Go's output for an error; it tells first what is wrong. */
const KEPT_OUTPUT = 4_000;

function go(args: readonly string[], cwd: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // In a process group of its own, because go leaves its compilers running when it alone is stopped.
    const child = spawn("go", args, {
      cwd,
      env: goEnv(),
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      if (said.length < KEPT_OUTPUT) said += chunk.toString();
    });
    const stop = () => {
      if (child.pid !== undefined) kill(-child.pid);
    };
    signal?.addEventListener("abort", stop, { once: true });
    child.once("error", reject);
    child.once("close", (code) => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (code === 0) resolve();
      else reject(buildFailure(`go ${args.join(" ")} failed (exit ${String(code)}): ${said.trim()}`));
    });
  });
}

function buildFailure(message: string): SandboxError {
  switch (causeIn(message)) {
    case "disk full":
      return diskFullError(
        cacheFolder(),
        `${message}\nGo's own cache, about 5 GB, is where go env GOCACHE says.`,
      );
    case "no memory":
      return new SandboxError(message, MORE_MEMORY);
    case "no network":
      return new SandboxError(
        message,
        "The first time it needs a Go module proxy: check the network, or name one that you reach in GOPROXY.",
      );
    default:
      return new SandboxError(
        message,
        "It needs a Go module proxy the first time (GOPROXY), and about 5 GB for Go's own cache.",
      );
  }
}
