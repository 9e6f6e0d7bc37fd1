import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PodNetworkArgs } from "../../components";
import { sandboxEnv, type SandboxRecord } from "../../sandbox/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";
import type { Engine } from "./engines";
import { outcomeOf, withoutIds } from "./outcome";
import { configure, STACK, writeProject } from "./project";
import { pulumiCli, type PulumiCli } from "./pulumiCli";

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
    this.cli = pulumiCli(this.folder, {
      ...sandboxEnv(record),
      PATH: engine.path,
      HOME: this.folder,
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
    writeFileSync(join(this.folder, `Pulumi.${STACK}.yaml`), "config: {}\n");
    const { exitCode, stderr } = await this.cli.command(["stack", "init", STACK]);
    if (exitCode !== 0) throw new Error(`pulumi stack init of the ${this.engine.name} engine: ${stderr}`);
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
    this.note(name, outcomeOf(run));
  }

  /** A command that runs no engine. */
  async command(name: string, args: readonly string[]): Promise<void> {
    const { exitCode } = await this.cli.command(args);
    this.note(name, { exitCode });
  }

  /** The outputs of the stack. */
  async outputs(name: string): Promise<void> {
    const { exitCode, stdout } = await this.cli.command(["stack", "output", "--json"]);
    this.note(name, { exitCode, outputs: JSON.parse(withoutIds(stdout)) as unknown });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private note(name: string, what: unknown): void {
    if (name in this.found) throw new Error(`two steps are called ${name}`);
    this.found[name] = what;
  }
}
