import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PodNetworkArgs } from "../../components";
import { sandboxEnv, type SandboxRecord } from "../../sandbox/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";
import type { Engine } from "./engines";
import { outcomeOf, withoutIds } from "./outcome";
import { configure, STACK, writeProject } from "./project";
import { pulumiCli, type CliRun, type PulumiCli } from "./pulumiCli";

/** How an operation is to end, so that no engine passes by failing at everything. */
export type End = "succeeds" | "fails";

/** One engine going through a scenario: what it does, and what came of each step. */
export class Trial {
  /** By the name of each step. */
  readonly found: Record<string, unknown> = {};
  private readonly folder = temporaryFolder();
  private readonly cli: PulumiCli;

  constructor(
    readonly engine: Engine,
    readonly record: SandboxRecord,
  ) {
    writeProject(this.folder);
    const state = join(this.folder, "state");
    mkdirSync(state);
    this.cli = pulumiCli(this.folder, {
      ...sandboxEnv(record),
      PATH: engine.path,
      HOME: this.folder,
      // Its own, so that two engines have a stack of the same name in one sandbox.
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Without it the real one has no --event-log; the Automation API sets it as well.
      PULUMI_DEBUG_COMMANDS: "true",
      // Found or not: an engine that downloads one compares nothing.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    });
  }

  /** A stack without anything, in place of one that may be there. */
  async newStack(): Promise<void> {
    writeFileSync(this.settingsFile, "config: {}\n");
    await this.must(["stack", "init", STACK]);
  }

  /** Forgets the stack; what it has made stays. */
  forgetStack(name: string): Promise<void> {
    return this.command(name, ["stack", "rm", STACK, "--yes", "--force"]);
  }

  preview(name: string, settings: PodNetworkArgs, end: End = "succeeds"): Promise<void> {
    return this.operate(name, ["preview"], end, settings);
  }

  up(name: string, settings: PodNetworkArgs, end: End = "succeeds"): Promise<void> {
    return this.operate(name, ["up", "--yes", "--skip-preview"], end, settings);
  }

  /** preview, up, refresh or destroy with flags. @throws Error when it ends otherwise than the scenario says. */
  async operate(
    name: string,
    args: readonly string[],
    end: End = "succeeds",
    settings?: PodNetworkArgs,
  ): Promise<void> {
    if (settings !== undefined) configure(this.folder, this.record.region, settings);
    const run = await this.cli.operate(args);
    if ((run.exitCode === 0) !== (end === "succeeds")) {
      throw new Error(
        `${name}: pulumi ${args.join(" ")} ended with ${run.exitCode}:\n${run.stdout}${run.stderr}`,
      );
    }
    this.note(name, {
      ...outcomeOf(run),
      ...(run.events.length === 0 && { said: this.without(run.stderr) }),
    });
  }

  /** Begins an `up` and kills it, with every process of it, once something has come about. */
  async killedUp(settings: PodNetworkArgs, cameAbout: () => Promise<unknown>): Promise<void> {
    configure(this.folder, this.record.region, settings);
    await this.cli.killed(["up", "--yes", "--skip-preview"], cameAbout);
  }

  /** What the state says was under way when it was written. */
  async pendingOperations(name: string): Promise<void> {
    const { stdout } = await this.must(["stack", "export"]);
    interface Exported {
      readonly deployment: {
        readonly pending_operations?: readonly {
          readonly type: string;
          readonly resource: { readonly urn: string };
        }[];
      };
    }
    const { pending_operations: pending = [] } = (JSON.parse(stdout) as Exported).deployment;
    this.note(name, pending.map(({ type, resource }) => `${type} ${resource.urn}`).sort());
  }

  /** A command that runs no engine, or never comes to it. */
  async command(name: string, args: readonly string[]): Promise<void> {
    const { exitCode, stderr } = await this.cli.command(args);
    this.note(name, { exitCode, said: this.without(stderr) });
  }

  /** The outputs of the stack. */
  async outputs(name: string): Promise<void> {
    const { exitCode, stdout } = await this.cli.command(["stack", "output", "--json"]);
    this.note(name, { exitCode, outputs: JSON.parse(withoutIds(stdout)) as unknown });
  }

  /** The same stack with another engine, which imports what this one exports. */
  async handOverTo(engine: Engine): Promise<Trial> {
    const other = new Trial(engine, this.record);
    copyFileSync(this.settingsFile, other.settingsFile);
    await other.must(["stack", "init", STACK]);
    const exported = join(other.folder, "exported.json");
    await this.must(["stack", "export", "--file", exported]);
    await other.must(["stack", "import", "--file", exported]);
    return other;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get settingsFile(): string {
    return join(this.folder, `Pulumi.${STACK}.yaml`);
  }

  /** What somebody was told, without what differs from run to run. */
  private without(text: string): string {
    return withoutIds(text.replaceAll(this.folder, "FOLDER"))
      .replace(/created by \S+ \(pid \d+\)/g, "created by USER@HOST (pid PID)")
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)/g, "TIME");
  }

  private async must(args: readonly string[]): Promise<CliRun> {
    const run = await this.cli.command(args);
    if (run.exitCode === 0) return run;
    throw new Error(`pulumi ${args.join(" ")} of the ${this.engine.name} engine: ${run.stderr}`);
  }

  private note(name: string, what: unknown): void {
    if (name in this.found) throw new Error(`two steps are called ${name}`);
    this.found[name] = what;
  }
}
