import { EngineService as EngineDefinition } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { Checkpoint } from "./checkpoint";
import { deleteResources } from "./deletion";
import type { Snapshot } from "./deploymentJson";
import { EngineService } from "./engineService";
import type { EventLog } from "./eventLog";
import { StoppedError } from "./failures";
import { Executor } from "./executor";
import { Ledger } from "./ledger";
import { planless, PlanGuard, PlanWriter, type Plan, type PlanKeeper } from "./plan";
import { startPlugin } from "./plugin";
import type { ProgramSettings } from "./program";
import { ProgramSession } from "./programSession";
import { Provider } from "./provider";
import { ProviderRegistry } from "./providerRegistry";
import { refreshResources } from "./refreshing";
import type { ResourceState } from "./resourceState";
import { serve } from "./server";
import type { Target } from "./updateContext";
import type { Urn } from "./urn";

/** What is to be done with a stack. */
export interface UpdateRequest {
  /** `update` runs the program and does what it says, `refresh` looks at what is there, `destroy` deletes all. */
  readonly kind: "update" | "refresh" | "destroy";
  /** Whether it is only told what would be done. */
  readonly preview: boolean;
  /** Whether an update or a destruction begins by looking at what is there. */
  readonly refresh: boolean;
  /** Whether nobody needs to be reminded any more of resources whose creation was interrupted. */
  readonly clearPendingCreates: boolean;
  /** Whether the outcome is to say what an update would do, for one to be held to. */
  readonly makesPlan: boolean;
  /** What an update is held to. */
  readonly plan?: Plan | undefined;
  /** How many things are done at once. */
  readonly parallel: number;
  readonly target: Target;
  readonly program: ProgramSettings;
  /** For the program and the plugins, which are found on its PATH. */
  readonly env: NodeJS.ProcessEnv;
  /** The stack before. */
  readonly before: Snapshot;
}

/** What came of it. */
export interface UpdateOutcome {
  readonly result: "succeeded" | "failed" | "interrupted";
  /** How many resources had what done to them. */
  readonly changes: Readonly<Record<string, number>>;
  /** Where one was wanted. */
  readonly plan?: Plan | undefined;
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
  const { changes, isUncertain, plan } = update;
  events.emit({
    summaryEvent: {
      maybeCorrupt: isUncertain,
      durationSeconds: Math.ceil((now() - begun) / 1000),
      resourceChanges: changes,
      PolicyPacks: {},
      isPreview: request.preview,
      result: result === "succeeded" ? "succeeded" : "failed",
    },
  });
  events.emit({ cancelEvent: {} });
  return { result, changes, plan };
}

/** Configuration for people's eyes. */
function shownConfig({ config }: Target): Record<string, string> {
  const shown = Object.entries(config.values).map(([key, value]) => [
    key,
    config.secretKeys.includes(key) ? "[secret]" : value,
  ]);
  return Object.fromEntries(shown) as Record<string, string>;
}

function keeperFor({ makesPlan, plan }: UpdateRequest): PlanKeeper {
  if (makesPlan) return new PlanWriter();
  return plan === undefined ? planless : new PlanGuard(plan);
}

class Update {
  readonly #request: UpdateRequest;
  readonly #outside: UpdateOutside;
  readonly #executor: Executor;
  readonly #registry: ProviderRegistry;
  readonly #engine: EngineService;
  readonly #plan: PlanKeeper;
  readonly #save: () => void;
  readonly #now: () => string;
  #engineAddress = "";

  constructor(request: UpdateRequest, outside: UpdateOutside) {
    const { events } = outside;
    const { preview, parallel } = request;
    this.#request = request;
    this.#outside = outside;
    this.#now = () => new Date(outside.now()).toISOString();
    const checkpoint = new Checkpoint(request.before, request.clearPendingCreates);
    this.#save = () => {
      if (!preview) outside.save(checkpoint.snapshot());
    };
    this.#plan = keeperFor(request);
    this.#executor = new Executor({
      preview,
      parallel,
      events,
      checkpoint,
      plan: this.#plan,
      save: this.#save,
    });
    this.#engine = new EngineService(events);
    this.#registry = new ProviderRegistry((name, urn, over) => this.#startProvider(name, urn, over));
  }

  get changes(): Readonly<Record<string, number>> {
    return this.#executor.changes;
  }

  /** What an update would do; undefined where nobody wants to know. */
  get plan(): Plan | undefined {
    return this.#plan instanceof PlanWriter ? this.#plan.plan : undefined;
  }

  get isUncertain(): boolean {
    return this.#executor.isUncertain;
  }

  async run(): Promise<UpdateOutcome["result"]> {
    const { signal, events } = this.#outside;
    const interrupt = () => {
      this.#executor.stop("interrupted");
      void this.#registry.cancel();
    };
    if (signal.aborted) interrupt();
    signal.addEventListener("abort", interrupt);
    const engineServer = await serve([[EngineDefinition, this.#engine.handlers]]);
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
    const { kind, refresh, before, target, program, parallel, env } = this.#request;
    const { events } = this.#outside;
    const [executor, registry, now] = [this.#executor, this.#registry, this.#now];
    const looksFirst = kind === "refresh" || refresh;
    if (!looksFirst) this.#warnOfPending();
    const olds = looksFirst
      ? await refreshResources(before.resources, {
          registry,
          executor,
          events,
          now,
          isAll: kind === "refresh",
        })
      : before.resources;
    if (kind === "refresh") return;
    const ledger = new Ledger(olds);
    if (kind === "destroy") {
      await this.#delete(olds, ledger);
      return;
    }
    const session = new ProgramSession({
      context: { target, ledger, registry, executor, events, plan: this.#plan, now },
      settings: program,
      parallel,
      env,
      engine: this.#engineAddress,
      save: this.#save,
    });
    try {
      await session.run();
      await this.#delete(ledger.leftovers(), ledger);
      for (const { urn, message } of this.#plan.missing(olds)) executor.fail(urn, message);
    } finally {
      await executor.idle();
      session.finish();
    }
  }

  async #delete(states: readonly ResourceState[], { olds, gone }: Ledger): Promise<void> {
    await deleteResources(states, { olds, gone, registry: this.#registry, executor: this.#executor });
  }

  /** What an interrupted update has left unknown, and how to find out; Pulumi warns of the same at the same moment. */
  #warnOfPending(): void {
    const { preview } = this.#request;
    const { pendingOperations } = this.#request.before;
    if (preview || pendingOperations.length === 0) return;
    const lines = pendingOperations.map(
      ({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}\n`,
    );
    this.#outside.events.diagnostic(
      "warning",
      `An earlier update was interrupted during ${pendingOperations.length} pending operations:\n${lines.join("")}` +
        "Look in AWS and in the cluster whether they were done. " +
        "Then `pulumi refresh --clear-pending-creates` clears the list.",
    );
  }

  async #startProvider(name: string, urn: Urn, signal: AbortSignal): Promise<Provider> {
    const { env, program } = this.#request;
    const process = await startPlugin({
      name,
      env,
      folder: program.root,
      engine: this.#engineAddress,
      signal,
      // What a plugin has for people it says to the engine; the rest is for those who look for mistakes in it.
      onOutput: (line) => {
        this.#outside.events.diagnostic("debug", line, urn);
      },
    });
    return Provider.connect(process, this.#engineAddress);
  }
}
