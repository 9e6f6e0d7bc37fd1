import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CommandError,
  LocalWorkspace,
  PulumiCommand,
  type EngineEvent,
  type Stack,
} from "@pulumi/pulumi/automation";
import { standInPulumiRoot } from "../../../../sandbox/pulumi/root";

const checkout = join(__dirname, "..", "..", "..", "..");

/** What every program of these tests begins with. */
const prelude = `
const pulumi = require("@pulumi/pulumi");
class File extends pulumi.CustomResource {
  constructor(name, args = {}, opts) {
    super("folder:index:File", name, { made: undefined, echo: undefined, ...args }, opts);
  }
}
class Group extends pulumi.ComponentResource {
  constructor(name, args = {}, opts) {
    super("test:index:Group", name, {}, opts);
    this.inner = new File(name + "-inner", args, { parent: this });
    this.registerOutputs({ made: this.inner.made });
  }
}
class FolderProvider extends pulumi.ProviderResource {
  constructor(name, args, opts) { super("folder", name, args, opts); }
}
`;

/** What came of an operation. */
export interface Ran {
  /** What went wrong; undefined when nothing did. */
  readonly error: Error | undefined;
  readonly stdout: string;
  readonly events: readonly EngineEvent[];
  /** What was done and with what, in the order in which it was finished: `create a`. Default providers aside. */
  readonly steps: readonly string[];
  /** Messages of errors, in their order. */
  readonly errors: readonly string[];
  readonly changes: Readonly<Record<string, number | undefined>>;
}

/** A project with a program, a stack and a provider whose world is a folder. */
export class TestProject {
  readonly folder: string;
  readonly world: string;
  readonly env: Record<string, string>;
  readonly pulumi: PulumiCommand;
  stack!: Stack;

  private constructor(pulumi: PulumiCommand) {
    this.pulumi = pulumi;
    this.folder = mkdtempSync(join(tmpdir(), "pulumi-stand-in-"));
    this.world = join(this.folder, "world");
    for (const part of ["bin", "home", "state", "world", "project"]) mkdirSync(join(this.folder, part));
    const plugin = join(this.folder, "bin", "pulumi-resource-folder");
    const main = join(checkout, "tests", "support", "testProvider", "main.ts");
    // The plugin is compiled by the checkout's own settings, wherever it is started.
    const register = require.resolve("ts-node/register/transpile-only");
    const settings = join(checkout, "tsconfig.json");
    writeFileSync(
      plugin,
      `#!/bin/sh\nTS_NODE_PROJECT="${settings}" exec "${process.execPath}" --require "${register}" "${main}" "$@"\n`,
    );
    chmodSync(plugin, 0o755);
    symlinkSync(join(checkout, "node_modules"), join(this.projectFolder, "node_modules"));
    this.write("Pulumi.yaml", "name: tiny\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n");
    this.write("package.json", "{}");
    this.env = {
      PATH: `${join(this.folder, "bin")}:${process.env.PATH ?? ""}`,
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase",
      TEST_PROVIDER_FOLDER: this.world,
    };
  }

  /** Makes one with a new stack `dev`. */
  static async make(program = ""): Promise<TestProject> {
    const pulumi = await PulumiCommand.get({ root: standInPulumiRoot() });
    const project = new TestProject(pulumi);
    project.program(program);
    project.stack = await project.open("dev");
    return project;
  }

  get projectFolder(): string {
    return join(this.folder, "project");
  }

  /** Makes or selects a stack. */
  open(name: string): Promise<Stack> {
    return LocalWorkspace.createOrSelectStack(
      { stackName: name, workDir: this.projectFolder },
      { envVars: this.env, pulumiCommand: this.pulumi },
    );
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.projectFolder, path), text);
  }

  /** Replaces the program. */
  program(body: string): void {
    this.write("index.js", prelude + body);
  }

  preview(program?: string, options: Parameters<Stack["preview"]>[0] = {}): Promise<Ran> {
    return this.#ran(program, (outside) => this.stack.preview({ ...options, ...outside }));
  }

  up(program?: string, options: Parameters<Stack["up"]>[0] = {}): Promise<Ran> {
    return this.#ran(program, (outside) => this.stack.up({ ...options, ...outside }));
  }

  refresh(options: Parameters<Stack["refresh"]>[0] = {}): Promise<Ran> {
    return this.#ran(undefined, (outside) => this.stack.refresh({ ...options, ...outside }));
  }

  destroy(options: Parameters<Stack["destroy"]>[0] = {}): Promise<Ran> {
    return this.#ran(undefined, (outside) => this.stack.destroy({ ...options, ...outside }));
  }

  async #ran(
    program: string | undefined,
    operate: (outside: {
      onEvent: (event: EngineEvent) => void;
      onOutput: (text: string) => void;
    }) => Promise<unknown>,
  ): Promise<Ran> {
    if (program !== undefined) this.program(program);
    const events: EngineEvent[] = [];
    let stdout = "";
    let error: Error | undefined;
    try {
      await operate({ onEvent: (event) => events.push(event), onOutput: (text) => (stdout += text) });
    } catch (thrown) {
      if (!(thrown instanceof CommandError)) throw thrown;
      error = thrown;
    }
    return {
      error,
      stdout,
      events,
      steps: events.flatMap(({ resOutputsEvent }) => {
        const { op, urn, type } = resOutputsEvent?.metadata ?? { op: "", urn: "", type: "" };
        const isEngines = type === "pulumi:pulumi:Stack" || urn.endsWith("::default");
        return op === "" || isEngines ? [] : [`${op} ${urn.slice(urn.lastIndexOf("::") + 2)}`];
      }),
      errors: events.flatMap(({ diagnosticEvent }) =>
        diagnosticEvent?.severity === "error" ? [diagnosticEvent.message.trim()] : [],
      ),
      changes:
        events.find(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent?.resourceChanges ?? {},
    };
  }

  /** What the provider was asked since the last time: `create a`. */
  calls(): string[] {
    const path = join(this.world, "log.txt");
    try {
      const lines = readFileSync(path, "utf8").trim().split("\n");
      rmSync(path);
      return lines;
    } catch {
      return [];
    }
  }

  /** The resources that there are, by the names in their IDs. */
  resources(): string[] {
    return readdirSync(this.world)
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.replace(/-[0-9a-f]{8}\.json$/, ""))
      .sort();
  }

  /** The state of the stack as it is written down. */
  state(): {
    resources?: StateOfResource[];
    pending_operations?: { type: string; resource: StateOfResource }[];
  } {
    const path = join(this.folder, "state", ".pulumi", "stacks", "tiny", "dev.json");
    const { checkpoint } = JSON.parse(readFileSync(path, "utf8")) as {
      checkpoint: { latest: ReturnType<TestProject["state"]> };
    };
    return checkpoint.latest;
  }

  /** What is written down of one resource. */
  stateOf(name: string): StateOfResource {
    const state = this.state().resources?.find(({ urn }) => urn.endsWith(`::${name}`));
    if (state === undefined) throw new Error(`no ${name} in the state`);
    return state;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface StateOfResource {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly [key: string]: unknown;
}

/** How long a test with a few operations may take; each is a handful of processes. */
export const TAKES_MS = 120_000;

/** Makes a project before each test of a `describe`, hands it over, and removes it afterwards. */
export function eachWithProject(use: (project: TestProject) => void): void {
  let project: TestProject;
  beforeEach(async () => {
    project = await TestProject.make();
    use(project);
  });
  afterEach(() => {
    project.remove();
  });
}
