import { EngineService as engineDefinition } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService as monitorDefinition } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { Checkpoint } from "./checkpoint";
import { deleteResources } from "./deletion";
import type { Snapshot } from "./deploymentJson";
import { EngineService } from "./engineService";
import type { EventLog } from "./eventLog";
import { stepMetadata } from "./events";
import { Executor, StoppedError } from "./executor";
import { Monitor } from "./monitor";
import { startPlugin } from "./plugin";
import { REPORTED_ALREADY, startProgram, type ProgramSettings } from "./program";
import { Provider } from "./provider";
import { ProviderRegistry } from "./providerRegistry";
import type { PropertyMap } from "./propertyValues";
import { refreshResources } from "./refreshing";
import { Registrar, type Target } from "./registrar";
import type { ResourceState } from "./resourceState";
import { serve } from "./server";
import { STACK_TYPE, type Urn } from "./urn";

/** What is to be done with a stack. */
export interface UpdateRequest {
  /** `update` runs the program and does what it says, `refresh` looks at what is there, `destroy` deletes all. */
  readonly kind: "update" | "refresh" | "destroy";
  /** Whether it is only told what would be done. */
  readonly preview: boolean;
  /** Whether an update or a destruction begins by looking at what is there. */
  readonly refresh: boolean;
  /** How many things are done at once. */
  readonly parallel: number;
  readonly target: Target;
  readonly program: ProgramSettings;
  /** Where plugins are found. */
  readonly env: NodeJS.ProcessEnv;
  /** The stack before. */
  readonly before: Snapshot;
}

/** What came of it. */
export interface UpdateOutcome {
  readonly result: "succeeded" | "failed" | "interrupted";
  /** How many resources had what done to them. */
  readonly changes: Readonly<Record<string, number>>;
  /** The outputs of the stack; undefined when its program did not get that far or was not run. */
  readonly outputs: PropertyMap | undefined;
}

/** The outside of an update. */
export interface UpdateOutside {
  readonly events: EventLog;
  /** Writes the stack down. Not called in previews. */
  readonly save: (snapshot: Snapshot) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Aborted to begin nothing any more; what was begun is finished. */
  readonly signal: AbortSignal;
}

/** How long a program may take to end once it was told that the update is over. */
const ENDS_WITHIN_MS = 3_000;

/**
 * Updates, refreshes or destroys a stack, or tells what would be done.
 *
 * Whatever goes wrong is reported as an event; the outcome says that something did.
 */
export async function runUpdate(request: UpdateRequest, outside: UpdateOutside): Promise<UpdateOutcome> {
  const { events, now } = outside;
  const begun = now();
  events.emit({ preludeEvent: { config: shownConfig(request.target) } });
  const update = new Update(request, outside);
  const result = await update.run();
  const { changes } = update;
  events.emit({
    summaryEvent: {
      maybeCorrupt: update.isUncertain,
      durationSeconds: Math.ceil((now() - begun) / 1000),
      resourceChanges: changes,
      PolicyPacks: {},
      isPreview: request.preview,
      result: result === "succeeded" ? "succeeded" : "failed",
    },
  });
  events.emit({ cancelEvent: {} });
  return { result, changes, outputs: update.outputs };
}

/** Configuration for people's eyes. */
function shownConfig({ config }: Target): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config.values).map(([key, value]) => [
      key,
      config.secretKeys.includes(key) ? "[secret]" : value,
    ]),
  );
}

class Update {
  readonly #request: UpdateRequest;
  readonly #outside: UpdateOutside;
  readonly #checkpoint: Checkpoint;
  readonly #executor: Executor;
  readonly #registry: ProviderRegistry;
  readonly #engine: EngineService;
  readonly #save: () => void;
  #engineAddress = "";
  #outputs: PropertyMap | undefined;

  constructor(request: UpdateRequest, outside: UpdateOutside) {
    const { events, now } = outside;
    this.#request = request;
    this.#outside = outside;
    this.#checkpoint = new Checkpoint(request.before, { forgetPending: request.kind === "refresh" });
    this.#save = () => {
      if (!request.preview) outside.save(this.#checkpoint.snapshot());
    };
    this.#executor = new Executor({
      preview: request.preview,
      parallel: request.parallel,
      events,
      checkpoint: this.#checkpoint,
      save: this.#save,
      now: () => new Date(now()).toISOString(),
    });
    this.#engine = new EngineService(events);
    this.#registry = new ProviderRegistry((name, urn) => this.#startProvider(name, urn));
  }

  get changes(): Readonly<Record<string, number>> {
    return this.#executor.changes;
  }

  get isUncertain(): boolean {
    return this.#executor.isUncertain;
  }

  get outputs(): PropertyMap | undefined {
    return this.#outputs;
  }

  async run(): Promise<UpdateOutcome["result"]> {
    const { signal, events } = this.#outside;
    const interrupt = () => {
      this.#executor.stop("interrupted");
      void this.#registry.cancel();
    };
    if (signal.aborted) interrupt();
    signal.addEventListener("abort", interrupt);
    const engineServer = await serve([[engineDefinition, this.#engine.handlers]]);
    this.#engineAddress = engineServer.address;
    try {
      await this.#work();
    } catch (error) {
      if (!(error instanceof StoppedError))
        this.#executor.fail("", error instanceof Error ? error.message : String(error));
    } finally {
      signal.removeEventListener("abort", interrupt);
      await this.#executor.idle();
      await this.#registry.close();
      engineServer.close();
    }
    this.#save();
    const { stopped, hasFailures } = this.#executor;
    const kind = this.#request.preview ? "preview" : "update";
    // Whatever else stopped it has been said in its own words.
    if (stopped === "interrupted") events.diagnostic("error", `${kind} canceled`);
    else if (hasFailures) events.diagnostic("error", `${kind} failed`);
    return stopped ?? (hasFailures ? "failed" : "succeeded");
  }

  async #work(): Promise<void> {
    const { kind, refresh, before } = this.#request;
    const { events, now } = this.#outside;
    const executor = this.#executor;
    const registry = this.#registry;
    this.#warnOfPending();
    let olds = before.resources;
    if (kind === "refresh" || refresh)
      olds = await refreshResources(olds, {
        registry,
        executor,
        events,
        now: () => new Date(now()).toISOString(),
      });
    if (kind === "refresh") return;
    if (kind === "destroy") {
      await this.#delete(olds, olds, new Set());
      return;
    }
    const registrar = new Registrar({
      target: this.#request.target,
      olds,
      registry,
      executor,
      events,
      now: () => new Date(now()).toISOString(),
    });
    try {
      await this.#runProgram(registrar);
      await this.#delete(registrar.leftovers(), olds, registrar.gone);
    } finally {
      await executor.idle();
      this.#finishStack(registrar);
    }
  }

  async #delete(
    states: readonly ResourceState[],
    olds: readonly ResourceState[],
    gone: Set<Urn>,
  ): Promise<void> {
    await deleteResources(states, {
      olds: new Map(olds.filter((old) => !old.delete).map((old) => [old.urn, old])),
      gone,
      registry: this.#registry,
      executor: this.#executor,
    });
  }

  /** Runs the program to its end; throws when it fails or the update is stopped. */
  async #runProgram(registrar: Registrar): Promise<void> {
    const { target, program, preview, parallel, env } = this.#request;
    const { events } = this.#outside;
    const executor = this.#executor;
    const monitor = new Monitor({
      registrar,
      registry: this.#registry,
      executor,
      events,
      onOutputs: (urn, outputs) => {
        this.#takeOutputs(registrar, urn, outputs);
      },
    });
    const server = await serve([[monitorDefinition, monitor.handlers]]);
    try {
      const running = startProgram({
        settings: program,
        target,
        preview,
        parallel,
        monitor: server.address,
        engine: this.#engineAddress,
        env,
        onOutput: (line, stream) => {
          events.diagnostic(stream === "stdout" ? "info" : "info#err", line, this.#stackUrn(registrar));
        },
      });
      const outOfTime = executor.stopping().then(async () => {
        // What runs is finished first: its outcome may still be of use to the program's own messages.
        await executor.idle();
        await delay(ENDS_WITHIN_MS, running.ended);
        running.kill();
      });
      const code = await running.ended;
      if (executor.stopped !== undefined) {
        await outOfTime;
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

  #stackUrn(registrar: Registrar): Urn {
    const { stack, project } = this.#request.target;
    const urn = `urn:pulumi:${stack}::${project}::${STACK_TYPE}::${project}-${stack}`;
    return registrar.stateOf(urn) === undefined ? "" : urn;
  }

  /** Outputs of a component are there at once, those of the stack when all the rest is done. */
  #takeOutputs(registrar: Registrar, urn: Urn, outputs: PropertyMap): void {
    const state = registrar.stateOf(urn);
    if (state === undefined) return;
    if (state.type === STACK_TYPE) {
      this.#outputs = outputs;
      return;
    }
    state.outputs = outputs;
    this.#save();
    this.#reportOutputs(registrar, urn);
  }

  #finishStack(registrar: Registrar): void {
    const urn = this.#stackUrn(registrar);
    const state = registrar.stateOf(urn);
    if (state === undefined || this.#outputs === undefined) return;
    // After a failure outputs that did not come may still be right.
    const before = this.#executor.stopped === undefined ? {} : (registrar.stepOf(urn)?.old?.outputs ?? {});
    state.outputs = { ...before, ...this.#outputs };
    this.#reportOutputs(registrar, urn);
  }

  #reportOutputs(registrar: Registrar, urn: Urn): void {
    const step = registrar.stepOf(urn);
    if (step === undefined) return;
    const { preview } = this.#request;
    this.#outside.events.emit({
      resOutputsEvent: { metadata: stepMetadata(step), ...(preview && { planning: true }) },
    });
  }

  #warnOfPending(): void {
    const { before, kind, preview } = this.#request;
    if (preview || kind === "refresh" || before.pendingOperations.length === 0) return;
    const lines = before.pendingOperations.map(
      ({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}`,
    );
    this.#outside.events.diagnostic(
      "warning",
      "Attempting to deploy or update resources with pending operations from previous deployment.\n" +
        `${lines.join("\n")}\nThese resources are in an unknown state because the Pulumi CLI was interrupted while ` +
        "waiting for changes to these resources to complete. You should confirm whether or not the operations " +
        "listed completed successfully by checking the state of the appropriate provider.\n" +
        "Run `pulumi refresh --clear-pending-creates` once that is done.",
    );
  }

  async #startProvider(name: string, urn: Urn): Promise<Provider> {
    const { env, program } = this.#request;
    const process = await startPlugin({
      name,
      searchPath: env.PATH ?? "",
      folder: program.root,
      engine: this.#engineAddress,
      onOutput: (line, stream) => {
        this.#outside.events.diagnostic(stream === "stdout" ? "info" : "info#err", line, urn);
      },
    });
    return Provider.connect(process, this.#engineAddress);
  }
}

/** Resolves after a time, or when something else happens before. */
async function delay(milliseconds: number, unless: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([time, unless]);
  clearTimeout(timer);
}
