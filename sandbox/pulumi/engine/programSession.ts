import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { stepMetadata } from "./events";
import { ResourceFailure, StoppedError } from "./failures";
import { Monitor } from "./monitor";
import { REPORTED_ALREADY, startProgram, type ProgramSettings } from "./program";
import type { PropertyMap } from "./propertyValues";
import { Registrar } from "./registrar";
import { serve } from "./server";
import type { UpdateContext } from "./updateContext";
import { STACK_TYPE, type Urn } from "./urn";

/** How long a program may take to end once it was told that the update is over. */
const ENDS_WITHIN_MS = 3_000;

/** How a program is run for an update. */
export interface ProgramSessionOptions {
  readonly context: UpdateContext;
  readonly settings: ProgramSettings;
  /** How many things it may do at once. */
  readonly parallel: number;
  readonly env: NodeJS.ProcessEnv;
  /** Where it finds the engine: `127.0.0.1:PORT`. */
  readonly engine: string;
  /** Writes the stack down. */
  readonly save: () => void;
}

/** A program, run for an update: what it registers is brought about, what it exports is kept for the end. */
export class ProgramSession {
  readonly #options: ProgramSessionOptions;
  /** What the program exported; undefined until it does. */
  #outputs: PropertyMap | undefined;

  constructor(options: ProgramSessionOptions) {
    this.#options = options;
  }

  /**
   * Runs the program to its end.
   *
   * @throws StoppedError when it fails, which is reported by then, or the update is over before.
   */
  async run(): Promise<void> {
    const { context, settings, parallel, env, engine } = this.#options;
    const { executor, events, target } = context;
    const monitor = new Monitor({
      context,
      registrar: new Registrar(context),
      onOutputs: (urn, outputs) => {
        this.#takeOutputs(urn, outputs);
      },
    });
    const server = await serve([[ResourceMonitorService, monitor.handlers]]);
    try {
      const program = startProgram({
        settings,
        target,
        preview: executor.preview,
        parallel,
        monitor: server.address,
        engine,
        env,
        onOutput: (line, stream) => {
          events.diagnostic(stream === "stdout" ? "info" : "info#err", line);
        },
      });
      const over = executor.stopping().then(async () => {
        // What runs is finished first: its outcome may still be of use to the program's own messages.
        await executor.idle();
        await within(ENDS_WITHIN_MS, program.ended);
        program.kill();
      });
      const code = await program.ended;
      if (executor.stopped !== undefined) {
        await over;
        throw new StoppedError();
      }
      if (code === 0) return;
      if (code !== REPORTED_ALREADY)
        events.diagnostic("error", `Program exited with non-zero exit code: ${String(code)}`);
      executor.stop("failed");
      throw new StoppedError();
    } finally {
      server.close();
    }
  }

  /** Gives the stack the outputs that the program exported, at the very end. */
  finish(): void {
    const { ledger, executor } = this.#options.context;
    const state = ledger.stateOf(this.#stackUrn);
    if (state === undefined || this.#outputs === undefined) return;
    // After a failure outputs that did not come may still be right.
    const before = executor.stopped === undefined ? {} : (ledger.stepOf(state.urn)?.old?.outputs ?? {});
    state.outputs = { ...before, ...this.#outputs };
    if (executor.stopped === undefined) this.#holdAgainstPlan(state.urn, state.outputs);
    this.#report(state.urn);
  }

  /** The stack as a resource; empty until it is one. */
  get #stackUrn(): Urn {
    const { target, ledger } = this.#options.context;
    const { stack, project } = target;
    const urn = `urn:pulumi:${stack}::${project}::${STACK_TYPE}::${project}-${stack}`;
    return ledger.stateOf(urn) === undefined ? "" : urn;
  }

  /** Outputs of a component count at once, those of the stack when all the rest is done. */
  #takeOutputs(urn: Urn, outputs: PropertyMap): void {
    const state = this.#options.context.ledger.stateOf(urn);
    if (state === undefined) return;
    if (state.type === STACK_TYPE) {
      this.#outputs = outputs;
      return;
    }
    this.#holdAgainstPlan(urn, outputs);
    state.outputs = outputs;
    this.#options.save();
    this.#report(urn);
  }

  /** What the plan has otherwise is a failure of its own; that the outputs are so stays true. */
  #holdAgainstPlan(urn: Urn, outputs: PropertyMap): void {
    const { plan, ledger, executor } = this.#options.context;
    try {
      plan.puts(urn, ledger.olds.get(urn)?.outputs ?? {}, outputs);
    } catch (error) {
      if (!(error instanceof ResourceFailure)) throw error;
      executor.fail(urn, error.message);
    }
  }

  #report(urn: Urn): void {
    const { ledger, events, executor } = this.#options.context;
    const step = ledger.stepOf(urn);
    if (step === undefined) return;
    const planning = executor.preview && { planning: true };
    events.emit({ resOutputsEvent: { metadata: stepMetadata(step), ...planning } });
  }
}

/** Resolves after a time, or when something else happens before. */
async function within(milliseconds: number, event: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([time, event]);
  clearTimeout(timer);
}
