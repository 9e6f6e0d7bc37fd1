import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { standInPulumiRoot } from "../sandbox/pulumi/root";
import { downSandbox, SANDBOX_ENV_UNSET, sandboxEnv, upSandbox } from "../sandbox/sandbox";
import { figuresOf, line, milliseconds } from "./measure";

const root = join(__dirname, "..");
/** Enough for a median that holds; a pair takes some seconds. */
const PAIRS = 9;

/**
 * `pulumi preview` of the program of an existing cluster, on the sandbox, against an empty TypeScript program: what a
 * person waits for besides Pulumi itself. In pairs, one after the other, so that a machine that is busy is so for both.
 *
 * The engine is the `pulumi` on the PATH, where there is one, and the stand-in otherwise; the plugins that are not on
 * the PATH are the stand-ins.
 */
export async function preview(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "podnet-bench-"));
  try {
    const sandbox = join(folder, "sandbox");
    const progress = { step: () => undefined, say: () => undefined, show: () => undefined };
    const record = await upSandbox({ folder: sandbox, world: "small", progress });
    try {
      measure(folder, environment(sandboxEnv(record)));
    } finally {
      await downSandbox({ folder: sandbox });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function environment(ofSandbox: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...ofSandbox, PULUMI_SKIP_UPDATE_CHECK: "true" };
  for (const name of SANDBOX_ENV_UNSET) Reflect.deleteProperty(env, name);
  env.PATH = [process.env.PATH, join(standInPulumiRoot(), "bin")].join(delimiter);
  return env;
}

function measure(folder: string, env: NodeJS.ProcessEnv): void {
  const pulumi = (cwd: string, ...args: string[]) =>
    execFileSync("pulumi", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const previewOf = (cwd: string) => () => {
    const start = performance.now();
    pulumi(cwd, "preview", "--stack", "sandbox", "--non-interactive");
    return performance.now() - start;
  };
  const empty = emptyProject(folder);
  const program = existingCluster(folder);
  for (const cwd of [empty, program]) pulumi(cwd, "stack", "init", "sandbox", "--non-interactive");

  const [ofEmpty, ofProgram] = [previewOf(empty), previewOf(program)];
  // One of each that does not count.
  ofEmpty();
  ofProgram();
  const pairs = Array.from({ length: PAIRS }, (_, index) => {
    // Each is the first one in turn.
    if (index % 2 === 0) return { empty: ofEmpty(), program: ofProgram() };
    const program = ofProgram();
    return { empty: ofEmpty(), program };
  });
  line("engine", execFileSync("which", ["pulumi"], { env, encoding: "utf8" }).trim());
  line("preview of an empty program", milliseconds(figuresOf(pairs.map((pair) => pair.empty))));
  line(
    "preview of stacks/existingCluster, small world",
    milliseconds(figuresOf(pairs.map((pair) => pair.program))),
  );
  line("more, in pairs", milliseconds(figuresOf(pairs.map((pair) => pair.program - pair.empty))));
}

/** An empty program with the options of ours. */
function emptyProject(folder: string): string {
  const project = join(folder, "empty");
  mkdirSync(project);
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  writeFileSync(
    join(project, "Pulumi.yaml"),
    "name: empty\nmain: index.ts\nruntime: { name: nodejs, options: { packagemanager: npm } }\n",
  );
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ extends: join(root, "stacks", "tsconfig.json") }),
  );
  writeFileSync(join(project, "index.ts"), 'import "@pulumi/pulumi";\n');
  return project;
}

/** Our project under a folder of its own, in which Pulumi may write what it makes of a stack. */
function existingCluster(folder: string): string {
  const project = join(folder, "project");
  mkdirSync(project);
  for (const name of ["components", "node_modules", "package.json", "planning", "stacks", "tsconfig.json"])
    symlinkSync(join(root, name), join(project, name));
  symlinkSync(join(root, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
  return project;
}
