import type { Stack } from "@pulumi/pulumi/automation";
import type { Env } from "../../planning/awsNode/env";
import type { AskedEnv } from "../../planning/awsNode/askedEnv";
import { askedOfCni } from "../../planning/podNetwork/cniSettings";
import type { Problem } from "../../planning/problem";
import { leftInPodSubnets } from "../../planning/rollback/leftInPodSubnets";
import { stackRemoval } from "../../planning/rollback/stackRemoval";
import { CNI_RECORD } from "../cniRecord";
import type { ClusterOutside } from "../connect";
import type { Environment } from "../environments";
import { connectKubernetes } from "../kubernetes";
import { podNetworkOutputs, type PodNetworkOutputs } from "../podNetworkOutputs";
import { CONFIG_MAPS } from "../recordConfigMap";
import { observer } from "../rotation/observe";
import type { RotationOutside } from "../rotation/outside";
import { readRecord, ROTATION_RECORD, writeRecord } from "../rotation/record";
import { RotationStopped, type BlockedNode, type RotationResult } from "../rotation/result";
import { rotate } from "../rotation/rotate";
import { deleteLease } from "../rotation/lease";
import { rotationOptions, type GivenRotationOptions } from "../rotation/rotationOptions";
import { underLease, type UnderLease } from "../rotation/underLease";
import { openExistingStack, type StackOptions } from "../stack";
import { readStackState } from "../stackState";
import { clearPodSubnets } from "./clearPodSubnets";
import type { RollbackEvent, RollbackStep } from "./events";
import { removeStack } from "./removeStack";
import { restoreCni } from "./restoreCni";
import { restoreGroups } from "./restoreGroups";
import { lookBack, type LookBack, type RollbackPlan } from "./rollbackPlan";

/** How an environment is taken back. */
export interface RollbackOptions extends StackOptions {
  /** How workers are rotated back. */
  readonly rotation: GivenRotationOptions;
  /** Variables that the stack's configuration sets on aws-node, besides those of the pod network. */
  readonly asked: { readonly env: Env; readonly initEnv: Env };
}

/** The outside of the way back. */
export interface RollbackOutside extends ClusterOutside {
  readonly onEvent: (event: RollbackEvent) => void;
}

/** How the way back ended. */
export interface RollbackResult {
  /**
   * `done`: nothing of the pod network is left. `refused`: nothing was touched, because of the problems. Otherwise it
   * ended on the way, and the next call goes on from there: `blocked` by nodes that could not be drained, `paused` as
   * rotations are, `stopped` because of the problems.
   */
  readonly outcome: RotationResult["outcome"];
  /** The last step that was begun; none where none was. */
  readonly step?: RollbackStep | undefined;
  /** Nodes that were replaced, of this process. */
  readonly rotated: readonly string[];
  readonly blocked: readonly BlockedNode[];
  /** What was deleted of the stack by this process: kinds and names. */
  readonly removed: readonly string[];
  /** What others made and the stack has forgotten, by this process: it stays as it is. */
  readonly left: readonly string[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/**
 * What taking an environment back would do, without doing anything.
 *
 * @returns none where the stack has nothing any more.
 * @throws PulumiError, MissingOutputsError, UnreadableRecordError, KubernetesError; what AWS answers.
 */
export async function previewRollback(
  environment: Environment,
  options: RollbackOptions,
  outside: ClusterOutside,
): Promise<RollbackPlan | undefined> {
  const stack = await openExistingStack(environment, options);
  if (await isEmpty(stack)) return undefined;
  const tools = { ...outside, kubernetes: connectKubernetes(outside.kubeConfig, outside) };
  return (await lookBack(tools, await requestOf(stack, options))).plan;
}

/**
 * Takes an environment back to how it was before it was brought up: the CNI's settings, then the workers, batch by batch
 * under the disruption budgets, and then, when no pod has an address of the pod subnets any more, all that the stack has
 * made. What the stack had taken over from others stays.
 *
 * Where it is stands in the cluster, AWS and the stack: stopped or killed at any instant, the next call goes on.
 *
 * @throws PulumiError, MissingOutputsError, UnreadableRecordError, LeaseHeldError, LeaseLostError, AddOnError, AwsNodeError,
 *   RotationError, KubernetesError; what AWS answers; the signal's reason when it is aborted.
 */
export async function rollback(
  environment: Environment,
  options: RollbackOptions,
  outside: RollbackOutside,
): Promise<RollbackResult> {
  const { onEvent } = outside;
  const kubernetes = connectKubernetes(outside.kubeConfig, outside);
  const stack = await openExistingStack(environment, options);
  const rotationOutside: RotationOutside = {
    ...outside,
    onEvent: (event) => {
      onEvent({ kind: "rotation", event });
    },
  };
  let step: RollbackStep | undefined;
  const begin = (begun: RollbackStep) => {
    step = begun;
    onEvent({ kind: "step", step: begun });
  };
  const notes: string[] = [];
  const end = (outcome: RollbackResult["outcome"], given: Partial<RollbackResult> = {}): RollbackResult => ({
    outcome,
    step,
    rotated: [],
    blocked: [],
    removed: [],
    left: [],
    problems: [],
    ...given,
    notes: [...new Set(notes)],
  });
  try {
    if (await isEmpty(stack)) {
      await underLease(rotationOutside, forget);
      await deleteLease(kubernetes);
      return end("done");
    }
    const request = await requestOf(stack, options);
    const { outputs } = request;
    const look = (held: UnderLease) => lookBack(held.tools, request);

    const first = await underLease(rotationOutside, async (held) => {
      const found = await look(held);
      if (found.plan.problems.length > 0) return found;
      begin("cni");
      await rememberWayBack(held);
      await setCniBack(held, found, request.ours, onEvent);
      return found;
    });
    if (first.plan.problems.length > 0) return end("refused", { problems: first.plan.problems });

    begin("workers");
    const { goal } = first;
    const rotation = await rotate(outputs, request.options, rotationOutside, goal);
    const { rotated, blocked, problems } = rotation;
    if (rotation.outcome !== "done") {
      notes.push(...rotation.notes);
      return end(rotation.outcome === "refused" ? "stopped" : rotation.outcome, {
        rotated,
        blocked,
        problems,
      });
    }

    const result = await underLease(rotationOutside, async (held) => {
      const { tools, lease } = held;
      const timeoutMs = request.options.nodeTimeoutSeconds * 1000;
      begin("groups");
      await lease.assertHeld();
      const { before } = (await readRecord(tools.kubernetes)) ?? {};
      await restoreGroups(tools, outputs.clusterName, before, timeoutMs);
      notes.push(...held.notes);

      begin("subnets");
      const still = leftInPodSubnets(await observer(tools, outputs.podSubnets, undefined, goal.wayBack)());
      if (still.length > 0) return end("stopped", { rotated, problems: still });
      const made = madeSubnets(outputs, first);
      await clearPodSubnets(tools, made, lease.assertHeld, timeoutMs);

      begin("stack");
      await lease.assertHeld();
      const { removed, left } = await removeStack(stack, {
        signal: tools.signal,
        onEvent: (event) => {
          onEvent({ kind: "stack", event });
        },
      });
      begin("records");
      await forget(held);
      return end("done", { rotated, removed, left });
    }).catch((error: unknown) => {
      if (!(error instanceof RotationStopped)) throw error;
      return end("stopped", { rotated, problems: [error.problem] });
    });
    if (result.outcome === "done") await deleteLease(kubernetes);
    return result;
  } catch (error) {
    // The SDK of AWS says that a request was aborted, and not why.
    if (error instanceof Error && error.name === "AbortError") outside.signal.throwIfAborted();
    throw error;
  }
}

/** What a way back works by, besides the outside. */
async function requestOf(stack: Stack, { rotation, asked }: RollbackOptions) {
  return {
    stack,
    outputs: await podNetworkOutputs(stack),
    options: {
      ...rotationOptions(rotation),
      // The pods' interfaces are in subnets that go.
      removeLeakedEnis: true,
      // Groups that are empty by now are the stack's, which deletes them itself.
      deleteEmptyGroups: false,
    },
    ours: askedOfCni({ cni: asked }),
  };
}

/** Whether a stack has nothing any more, of a pod network or of anything else. */
async function isEmpty(stack: Stack): Promise<boolean> {
  const { deployment } = await readStackState(stack);
  const { removed, left, foreign } = stackRemoval(deployment?.resources ?? []);
  return removed.length + left.length + foreign.length === 0;
}

/** From here on the last run is one back, so that nobody takes the CNI that was set back for a rotation's. */
async function rememberWayBack({ tools, lease }: UnderLease): Promise<void> {
  const record = await readRecord(tools.kubernetes);
  // One that is not finished is ended as it began, by the rotation that follows.
  if (record?.isFinished !== true || record.isWayBack === true) return;
  await lease.assertHeld();
  await writeRecord(tools.kubernetes, { ...record, isWayBack: true });
}

async function setCniBack(
  { tools, lease }: UnderLease,
  { record }: LookBack,
  ours: AskedEnv,
  onEvent: RollbackOutside["onEvent"],
): Promise<void> {
  if (record === undefined) return;
  await restoreCni(record, ours, {
    ...tools,
    assertMayChange: lease.assertHeld,
    onProgress: (progress) => {
      onEvent({ kind: "awsNode", progress });
    },
  });
}

/** The pod subnets that go: those that the stack did not take over. */
function madeSubnets({ podSubnets }: PodNetworkOutputs, { removal }: LookBack): string[] {
  const stays = new Set(removal.left.map(({ importID }) => importID));
  return podSubnets.map(({ subnetId }) => subnetId).filter((subnetId) => !stays.has(subnetId));
}

/** Takes away what was remembered in the cluster; nothing needs it any more. */
async function forget({ tools, lease }: UnderLease): Promise<void> {
  await lease.assertHeld();
  for (const name of [ROTATION_RECORD, CNI_RECORD]) await tools.kubernetes.delete(`${CONFIG_MAPS}/${name}`);
}
