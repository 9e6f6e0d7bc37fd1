import type { AskedEnv } from "../planning/awsNode/askedEnv";
import type { EnvironmentPreview } from "../planning/preview/environmentPreview";
import type { Explanation } from "../planning/rotation/explanation";
import { reportModel, type ReportModel } from "../planning/report/reportModel";
import type { RotationPlan } from "../planning/rotation/rotationPlan";
import { bringUp, type BringUpEvent, type BringUpOptions, type BroughtUp } from "./bringUp";
import { checkedAws, checkedOutside, type ClusterOutside, type GivenOutside } from "./connect";
import { describeStackEvent } from "./describeStackEvent";
import { readDrift, type Drift } from "./drift/readDrift";
import { InvalidFileError, type Environment } from "./environments";
import { podNetworkOutputs, type PodNetworkOutputs } from "./podNetworkOutputs";
import { preflight, type ClusterPreflight } from "./preflight/preflight";
import { preflightRequest } from "./preflight/preflightRequest";
import { previewEnvironment } from "./previewEnvironment";
import { readReport } from "./report/readReport";
import { describeStep, type RollbackEvent, type RollbackStep } from "./rollback/events";
import {
  lookAsRollback,
  previewRollback,
  rollback,
  type RollbackOptions,
  type RollbackResult,
} from "./rollback/rollback";
import type { RollbackPlan } from "./rollback/rollbackPlan";
import { abortRotation, type AbortResult } from "./rotation/abort";
import { describeRotationEvent } from "./rotation/describeEvent";
import type { RotationEvent } from "./rotation/events";
import { explainCluster } from "./rotation/explain";
import { pauseRotation, type PauseResult } from "./rotation/pause";
import type { RotationResult } from "./rotation/result";
import { previewRotation, rotate } from "./rotation/rotate";
import type { GivenRotationOptions } from "./rotation/rotationOptions";
import { begin, type Run } from "./run";
import { openExistingStack, openStack, type StackOptions } from "./stack";
import { readStatus, type EnvironmentStatus } from "./status/readStatus";
import { describeVerificationEvent, type VerificationEvent } from "./verification/verificationEvent";
import { verify, type EnvironmentVerification, type VerifyOptions } from "./verify";

/** What a runner runs with; everything outside is handed in, or taken as the tools of this process take it. */
export interface RunnerOptions extends StackOptions, GivenOutside {
  /** Takes what happens as lines for a log, as a pipeline shows them. @default nothing does */
  readonly log?: (line: string) => void;
  /** Stops every run: gracefully, with a state that the next one goes on from. @default nothing does */
  readonly signal?: AbortSignal;
}

/** What happens while an environment is worked on. */
export type RunnerEvent =
  /** Of its stack, and of what follows from it. */
  | { readonly type: "stack"; readonly event: BringUpEvent }
  | { readonly type: "rotation"; readonly event: RotationEvent }
  | { readonly type: "verification"; readonly event: VerificationEvent }
  /** A step of the way back begins; what happens in it is told as of the stack and of a rotation. */
  | { readonly type: "rollback"; readonly event: { readonly step: RollbackStep } };

/** How an environment is brought up: what is allowed, and what is waited for. */
export type UpOptions = Pick<BringUpOptions, "allow" | "controlPlane">;

/**
 * Takes environments through the procedure, as `podnet` does, step by step; for programs of one's own.
 *
 * Prints nothing, ends no process, and keeps nothing but its options, so that several may work side by side in one process.
 * Each method begins at once and answers a {@link Run}: an async iterable of events, and a result.
 *
 * @example
 *   const runner = new Runner({ workDir: ".", pulumi: await PulumiCommand.get() });
 *   const run = runner.rotate(environmentNamed("prod", readEnvironments("stacks/environments.yaml")));
 *   for await (const { type, event } of run) console.log(type, event);
 *   const { outcome } = await run.result;
 */
export class Runner {
  readonly #options: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Says what would go wrong, before anything is changed; reads AWS and the cluster, and not Pulumi.
   *
   * @param all environments of the file: those that are to have some of the same addresses are looked at, where they are
   *   connected. @default none but this one
   *
   * The result rejects with InvalidFileError, InvalidInputError, KubeConfigError, NoProfileError, WrongAccountError, and with
   * what AWS answers. A cluster that does not answer is no failure, nor is a kubeconfig that is not there: what was not seen
   * is named.
   */
  preflight(environment: Environment, all: readonly Environment[] = []): Run<RunnerEvent, ClusterPreflight> {
    return this.#beginWith(checkedAws, environment, async ({ outside }) => {
      const { workDir, connect } = this.#options;
      return preflight(preflightRequest(environment, workDir, all), { ...outside, connectOther: connect });
    });
  }

  /**
   * Says what bringing an environment up would change, and what that means for its pods.
   *
   * The result rejects as that of `preflight`, and with PulumiError.
   */
  preview(environment: Environment): Run<RunnerEvent, EnvironmentPreview> {
    return this.#begin(environment, async ({ outside, tell }) => {
      const stack = await openStack(environment, this.#options);
      return previewEnvironment(environment, stack, {
        ...outside,
        onEvent: stackTeller(tell),
      });
    });
  }

  /**
   * Brings an environment up: range, subnets, ENIConfigs, settings of the CNI, workers; and waits until they are in force.
   * What would take away from pods or nodes what they live on is refused, unless it is allowed: the outcome says so.
   *
   * The result rejects as that of `preview`; with UpdateFailedError and
   * UpdateInterruptedError, which say how far it came; BlockError, AwsNodeError,
   * ReachError and KubernetesError.
   */
  up(environment: Environment, options: UpOptions = {}): Run<RunnerEvent, BroughtUp> {
    return this.#begin(environment, ({ outside, tell }) =>
      bringUp(environment, { ...this.#options, ...options }, { ...outside, onEvent: stackTeller(tell) }),
    );
  }

  /** Says how far an environment is. The result rejects as that of `preflight`, and with PulumiError and KubernetesError. */
  status(environment: Environment): Run<RunnerEvent, EnvironmentStatus> {
    return this.#begin(environment, ({ outside }) => readStatus(environment, this.#options, outside));
  }

  /**
   * Says what is not as the stack has it, in AWS and in the cluster.
   *
   * The result rejects as that of `status`, and with MissingOutputsError where it was never brought up.
   */
  drift(environment: Environment): Run<RunnerEvent, Drift> {
    return this.#begin(environment, ({ outside, tell }) =>
      readDrift(environment, this.#options, {
        ...outside,
        onEvent: stackTeller(tell),
      }),
    );
  }

  /**
   * Explains nodes and pods by their names: what a rotation would do with each, and why; while a rollback is unfinished,
   * what that does. Changes nothing.
   *
   * @param names of nodes, or instance ids; pods as `namespace/name`.
   */
  explain(
    environment: Environment,
    names: readonly string[],
    options: GivenRotationOptions = {},
  ): Run<RunnerEvent, Explanation[]> {
    return this.#begin(environment, async ({ outside }) => {
      const stack = await openExistingStack(environment, this.#options);
      const outputs = await podNetworkOutputs(stack);
      return explainCluster(outputs, { ...environment.rotation, ...options }, names, outside, (tools) =>
        lookAsRollback(stack, this.#rollbackOptions(environment, options), tools),
      );
    });
  }

  /** Says which nodes a rotation would replace, in which batches; changes nothing. */
  planRotation(environment: Environment, options: GivenRotationOptions = {}): Run<RunnerEvent, RotationPlan> {
    return this.#begin(environment, async ({ outside }) => {
      const outputs = await this.#outputsOf(environment);
      return previewRotation(outputs, { ...environment.rotation, ...options }, outside);
    });
  }

  /**
   * Replaces old nodes, batch by batch, under the disruption budgets.
   *
   * @param options besides the environment's own.
   * The result rejects with LeaseHeldError, LeaseLostError, RotationError, and as `verify` does.
   */
  rotate(environment: Environment, options: GivenRotationOptions = {}): Run<RunnerEvent, RotationResult> {
    return this.#begin(environment, async ({ outside, tell }) => {
      const outputs = await this.#outputsOf(environment);
      return rotate(
        outputs,
        { ...environment.rotation, ...options },
        {
          ...outside,
          onEvent: (event) => {
            tell({ type: "rotation", event });
          },
        },
      );
    });
  }

  /**
   * Has the rotation that runs, on whichever computer, begin no further node; the next `rotate` goes on.
   *
   * The result rejects with WrongAccountError, KubeConfigError and KubernetesError.
   */
  pauseRotation(environment: Environment): Run<RunnerEvent, PauseResult> {
    return this.#begin(environment, ({ outside }) => pauseRotation(outside));
  }

  /**
   * Takes back what a rotation that was stopped has left: nodes are in service, old groups as before. Nodes that were
   * replaced stay so.
   *
   * The result rejects as that of `rotate`.
   */
  abortRotation(
    environment: Environment,
    options: Pick<GivenRotationOptions, "nodeTimeoutSeconds"> = {},
  ): Run<RunnerEvent, AbortResult> {
    return this.#begin(environment, async ({ outside, tell }) => {
      const onEvent = (event: RotationEvent) => {
        tell({ type: "rotation", event });
      };
      const outputs = await this.#outputsOf(environment);
      return abortRotation(outputs, { ...environment.rotation, ...options }, { ...outside, onEvent });
    });
  }

  /**
   * Looks whether every pod is in the pod subnets, and the pod network as its stack made it.
   *
   * @param options whether new pods are tried as well, and ipamd of each node is asked. @default neither
   * The result rejects with PulumiError and MissingOutputsError, KubeConfigError and KubernetesError, and with what AWS
   * answers.
   */
  verify(environment: Environment, options: VerifyOptions = {}): Run<RunnerEvent, EnvironmentVerification> {
    return this.#begin(environment, async ({ outside, tell }) => {
      const outputs = await this.#outputsOf(environment);
      const onEvent = (event: VerificationEvent) => {
        tell({ type: "verification", event });
      };
      const asked = askedOfAwsNode(environment, this.#options.workDir);
      return verify(outputs, { ...outside, onEvent }, options, { environment: environment.name, asked });
    });
  }

  /**
   * Gathers all that tells how an environment moved: addresses, the rotation, findings, what was changed. Changes nothing;
   * `reportHtml` makes a page of it. A cluster that does not answer is no failure: what was not seen is named.
   *
   * @param all environments of the file, as `preflight` takes them: its findings are part of the report. @default none but
   *   this one
   *
   * The result rejects as that of `preflight`, and with PulumiError.
   */
  report(environment: Environment, all: readonly Environment[] = []): Run<RunnerEvent, ReportModel> {
    return this.#beginWith(checkedAws, environment, async ({ outside }) => {
      const connectOther = this.#options.connect;
      return reportModel(await readReport(environment, this.#options, { ...outside, connectOther }, all));
    });
  }

  /**
   * Says what taking an environment back would do; changes nothing. None where nothing is left to take back.
   *
   * The result rejects as that of `rollback`.
   */
  planRollback(
    environment: Environment,
    options: GivenRotationOptions = {},
  ): Run<RunnerEvent, RollbackPlan | undefined> {
    return this.#begin(environment, ({ outside }) =>
      previewRollback(environment, this.#rollbackOptions(environment, options), outside),
    );
  }

  /**
   * Takes an environment back to how it was before `up`: the CNI's settings, the workers, and then all that the stack has
   * made. What the stack took over from others stays.
   *
   * @param options of rotating the workers back, besides the environment's own.
   * The result rejects as that of `rotate`, and with AddOnError, AwsNodeError and PulumiError.
   */
  rollback(environment: Environment, options: GivenRotationOptions = {}): Run<RunnerEvent, RollbackResult> {
    return this.#begin(environment, ({ outside, tell }) =>
      rollback(environment, this.#rollbackOptions(environment, options), {
        ...outside,
        onEvent: rollbackTeller(tell),
      }),
    );
  }

  #rollbackOptions(environment: Environment, options: GivenRotationOptions): RollbackOptions {
    const rotation = { ...environment.rotation, ...options };
    return { ...this.#options, rotation, asked: askedOfAwsNode(environment, this.#options.workDir) };
  }

  /** Begins something with an environment, once it is sure that the credentials are of its account. */
  #begin<R>(environment: Environment, act: Act<ClusterOutside, R>): Run<RunnerEvent, R> {
    return this.#beginWith(checkedOutside, environment, act);
  }

  #beginWith<Outside, R>(
    connected: (environment: Environment, stop: AbortSignal, given: GivenOutside) => Promise<Outside>,
    environment: Environment,
    act: Act<Outside, R>,
  ): Run<RunnerEvent, R> {
    const { log, signal = never() } = this.#options;
    return begin<RunnerEvent, R>(async (queue, stop) => {
      const tell = (event: RunnerEvent) => {
        queue(event);
        const line = describeRunnerEvent(event);
        if (line !== undefined) log?.(`${environment.name}: ${line}`);
      };
      stop.throwIfAborted();
      return act({ outside: await connected(environment, stop, this.#options), tell });
    }, signal);
  }

  async #outputsOf(environment: Environment): Promise<PodNetworkOutputs> {
    return podNetworkOutputs(await openExistingStack(environment, this.#options));
  }
}

/** Variables that the configuration of an environment's stack sets on aws-node; a program of one's own has its own. */
function askedOfAwsNode(environment: Environment, workDir: string): AskedEnv {
  try {
    const { cni: { env = {}, initEnv = {} } = {} } = preflightRequest(environment, workDir);
    return { env, initEnv };
  } catch (error) {
    if (error instanceof InvalidFileError) return { env: {}, initEnv: {} };
    throw error;
  }
}

/** What is done with an environment. */
type Act<Outside, R> = (work: {
  readonly outside: Outside;
  readonly tell: (event: RunnerEvent) => void;
}) => Promise<R>;

/** An event as one line for a log; none for what only a picture shows, or a result tells better. */
export function describeRunnerEvent(happened: RunnerEvent): string | undefined {
  switch (happened.type) {
    case "stack":
      return describeStackEvent(happened.event);
    case "rotation":
      return describeRotationEvent(happened.event);
    case "verification":
      return describeVerificationEvent(happened.event);
    case "rollback":
      return describeStep(happened.event.step);
  }
}

function stackTeller(tell: (event: RunnerEvent) => void): (event: BringUpEvent) => void {
  return (event) => {
    tell({ type: "stack", event });
  };
}

function rollbackTeller(tell: (event: RunnerEvent) => void): (event: RollbackEvent) => void {
  return (happened) => {
    switch (happened.kind) {
      case "step":
        tell({ type: "rollback", event: { step: happened.step } });
        break;
      case "awsNode":
        tell({ type: "stack", event: happened });
        break;
      case "rotation":
        tell({ type: "rotation", event: happened.event });
        break;
      case "stack":
        tell({ type: "stack", event: happened.event });
    }
  };
}

function never(): AbortSignal {
  return new AbortController().signal;
}
