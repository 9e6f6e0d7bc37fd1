import type { Checkpoint } from "./checkpoint";
import type { PendingOperation } from "./deploymentJson";
import type { EventLog } from "./eventLog";
import { stepMetadata } from "./events";
import type { PlanKeeper } from "./plan";
import { equal, isSecret, secret, withSecrets, type PropertyMap } from "./propertyValues";
import { UncertainError } from "./provider";
import { differs, type ResourceState } from "./resourceState";
import { ResourceFailure, StoppedError } from "./failures";
import { stateOf, type Operation, type Step } from "./step";
import { isDefaultProvider } from "./urn";

/** How a step failed, in Pulumi's numbers. */
enum FailureStatus {
  nothingDone = 0,
  /** The resource exists, but is not ready. */
  partial = 1,
  /** Nobody knows. */
  uncertain = 2,
}

interface Failure {
  readonly status: FailureStatus;
  readonly message: string;
}

const pendingTypes: Partial<Record<Operation, PendingOperation["type"]>> = {
  create: "creating",
  "create-replacement": "creating",
  update: "updating",
  delete: "deleting",
  "delete-replaced": "deleting",
  read: "reading",
  "read-replacement": "reading",
  import: "importing",
  "import-replacement": "importing",
};

/** How and with what steps are done. */
export interface ExecutorOptions {
  readonly preview: boolean;
  readonly parallel: number;
  readonly events: EventLog;
  readonly checkpoint: Checkpoint;
  readonly plan: PlanKeeper;
  /** Writes the checkpoint down. */
  readonly save: () => void;
}

/**
 * Does steps: so many at once, each announced, noted in the checkpoint before and after, and reported.
 *
 * After a failure or an interruption nothing new is begun; what was begun is finished.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #stopped: "failed" | "interrupted" | undefined;
  readonly #onStop: (() => void)[] = [];
  readonly #onIdle: (() => void)[] = [];
  readonly #changes = new Map<Operation, number>();
  #isUncertain = false;
  #hasFailedSteps = false;
  #hasComplaints = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  get preview(): boolean {
    return this.#options.preview;
  }

  get stopped(): "failed" | "interrupted" | undefined {
    return this.#stopped;
  }

  /** How many resources had what done to them. */
  get changes(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#changes);
  }

  /** Whether something may have been done of which the state says nothing. */
  get isUncertain(): boolean {
    return this.#isUncertain;
  }

  /** Whether a step failed, or something was said that makes a preview a failure. */
  get hasFailures(): boolean {
    return this.#hasFailedSteps || this.#hasComplaints;
  }

  /** Reports something because of which nothing can come of this, but goes on: a preview shows all that it can. */
  complain(urn: string, message: string): void {
    this.#options.events.diagnostic("error", message, urn);
    this.#hasComplaints = true;
  }

  /** Begins nothing any more. */
  stop(why: "failed" | "interrupted"): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = why;
    for (const resume of this.#waiting.splice(0)) resume();
    for (const listener of this.#onStop.splice(0)) listener();
  }

  /** Resolves when nothing is begun any more. */
  stopping(): Promise<void> {
    if (this.#stopped !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#onStop.push(resolve));
  }

  /** Resolves when nothing is being done. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Reports that something can't be done, and stops. */
  fail(urn: string, message: string): void {
    this.#options.events.diagnostic("error", message, urn);
    this.stop("failed");
  }

  /**
   * Does a step.
   *
   * @param work fills in the step's new state. An existing resource that did not become ready has `initErrors` there.
   * @param countedAs what it is counted and reported as, when that shows only afterwards.
   * @throws StoppedError when it was not begun or failed; the failure is reported by then.
   */
  async run(step: Step, work: () => Promise<void>, countedAs?: () => Operation): Promise<void> {
    await this.#take();
    const { events, checkpoint, preview } = this.#options;
    this.#holdAgainstPlan(step);
    const isInternal = step.op === "remove-pending-replace" || isDefaultProvider(step.urn);
    try {
      events.emit({
        resourcePreEvent: { metadata: stepMetadata(step), ...(preview && { planning: true }) },
      });
      const pending = pendingTypes[step.op];
      if (pending !== undefined && !preview) {
        checkpoint.begin({ resource: stateOf(step), type: pending });
        this.#options.save();
      }
      const failure = await this.#attempt(step, work);
      checkpoint.end(stateOf(step));
      if (failure === undefined || failure.status === FailureStatus.partial) this.#note(step);
      if (failure !== undefined) {
        this.#reportFailure(step, failure, isInternal);
        throw new StoppedError();
      }
      const op = countedAs?.() ?? step.op;
      const isRefresh = step.op === "refresh";
      if ((countedAs !== undefined || isCounted(step)) && !isInternal)
        this.#changes.set(op, (this.#changes.get(op) ?? 0) + 1);
      if (preview || isRefresh || stateOf(step).custom || step.op === "delete")
        events.emit({
          resOutputsEvent: { metadata: stepMetadata(step, op), ...(preview && { planning: true }) },
        });
    } finally {
      this.#release();
    }
  }

  /** @throws StoppedError when the plan has it otherwise; that is reported by then. */
  #holdAgainstPlan({ urn, op }: Step): void {
    try {
      this.#options.plan.does(urn, op);
    } catch (error) {
      this.#release();
      if (!(error instanceof ResourceFailure)) throw error;
      this.fail(urn, error.message);
      throw new StoppedError();
    }
  }

  /** @returns what went wrong. */
  async #attempt(step: Step, work: () => Promise<void>): Promise<Failure | undefined> {
    try {
      await work();
    } catch (error) {
      const status = error instanceof UncertainError ? FailureStatus.uncertain : FailureStatus.nothingDone;
      return { status, message: error instanceof Error ? error.message : String(error) };
    }
    if (step.new === undefined) return undefined;
    step.new.outputs = withSecrets(
      secretWhereInputsAre(step.new.outputs, step.new.inputs),
      step.new.additionalSecretOutputs,
    );
    if (!isPartial(step)) return undefined;
    // It exists, but not as the new inputs have it: the next update has to try them again.
    if (step.op === "update" && step.old !== undefined) step.new.inputs = step.old.inputs;
    return { status: FailureStatus.partial, message: listed(step.new.initErrors) };
  }

  #reportFailure(step: Step, { status, message }: Failure, isInternal: boolean): void {
    const { events, preview } = this.#options;
    this.#hasFailedSteps = true;
    this.fail(isInternal ? "" : step.urn, preview ? `Preview failed: ${message}` : message);
    if (preview) return;
    this.#isUncertain ||= status === FailureStatus.uncertain;
    const steps = [...this.#changes.values()].reduce((sum, count) => sum + count, 0);
    events.emit({ resOpFailedEvent: { metadata: stepMetadata(step), status, steps } });
  }

  /** Notes in the checkpoint what came of a step, and writes it down unless nothing worth it did. */
  #note(step: Step): void {
    const { checkpoint, preview } = this.#options;
    if (preview) return;
    const { op, old, new: now } = step;
    if (op === "replace") return;
    if (op === "refresh" && old !== undefined) {
      checkpoint.refresh(old, now);
      this.#options.save();
      return;
    }
    const isReplacement = op.endsWith("-replacement");
    // What is replaced stays until it is deleted, unless it was deleted before.
    if (old !== undefined && !(isReplacement && !old.pendingReplacement) && !awaitsReplacement(op, old))
      checkpoint.remove(old);
    if (now !== undefined) checkpoint.add(now);
    if (op !== "same" || old === undefined || now === undefined || differs(old, now)) this.#options.save();
  }

  /** Waits for a place. Whoever was woken looks again: somebody else may have been faster. */
  async #take(): Promise<void> {
    while (this.#stopped === undefined && this.#running >= this.#options.parallel)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#stopped !== undefined) throw new StoppedError();
    this.#running++;
  }

  #release(): void {
    this.#running--;
    this.#waiting.shift()?.();
    if (this.#running === 0) for (const resume of this.#onIdle.splice(0)) resume();
  }
}

/** Whether a step is something that people want to know the number of. Reading is, when it brought something new. */
function isCounted({ op, logical, old, new: now }: Step): boolean {
  if (op === "read") return old !== undefined && now !== undefined && !equal(old.outputs, now.outputs);
  return logical;
}

/** Whether a resource came to be, but not quite. */
function isPartial(step: Step): step is Step & { new: ResourceState } {
  return (
    step.op !== "same" && step.op !== "refresh" && step.new !== undefined && step.new.initErrors.length > 0
  );
}

/** Errors as Pulumi lists them. */
function listed(errors: readonly string[]): string {
  const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
  return `${count} occurred:\n${errors.map((error) => `\t* ${error}`).join("\n")}`;
}

/** Whether something that was deleted stays noted, because what replaces it is still to come. */
function awaitsReplacement(op: Operation, old: ResourceState): boolean {
  return op === "delete-replaced" && old.pendingReplacement;
}

/** Outputs that have the name of a secret input are secrets: most providers give inputs back as outputs. */
function secretWhereInputsAre(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, isSecret(inputs[key]) ? secret(value) : value]),
  );
}
