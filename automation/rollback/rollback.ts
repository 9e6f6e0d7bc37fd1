import type { Stack } from "@pulumi/pulumi/automation";
import type { Env } from "../../planning/awsNode/env";
import { askedOfCni } from "../../planning/podNetwork/cniSettings";
import { leftInPodSubnets } from "../../planning/rollback/leftInPodSubnets";
import { stackRemoval } from "../../planning/rollback/stackRemoval";
import { groupOfKey } from "../../planning/rotation/nodeOwner";
import { CNI_RECORD } from "../cniRecord";
import type { ClusterOutside } from "../connect";
import type { Environment } from "../environments";
import { connectKubernetes } from "../kubernetes";
import { podNetworkOutputs } from "../podNetworkOutputs";
import { CONFIG_MAPS } from "../recordConfigMap";
import { HISTORY } from "../rotation/history";
import { observer } from "../rotation/observe";
import type { RotationOutside, Tools } from "../rotation/outside";
import { readRecord, removedEarlierIn, ROTATION_RECORD } from "../rotation/record";
import { rotateTowards } from "../rotation/rotate";
import { deleteLease } from "../rotation/lease";
import { rotationOptions, type GivenRotationOptions } from "../rotation/rotationOptions";
import { underLease, type UnderLease } from "../rotation/underLease";
import { openExistingStack, type StackOptions } from "../stack";
import { readStackState } from "../stackState";
import { beginRollback } from "./beginRollback";
import { clearPodSubnets } from "./clearPodSubnets";
import type { RollbackEvent } from "./events";
import { inSteps, type RollbackActs, type RollbackResult } from "./inSteps";
import { removeStack } from "./removeStack";
import { restoreCni } from "./restoreCni";
import { restoreGroups } from "./restoreGroups";
import { lookBack, type LookBack, type LookBackRequest, type RollbackPlan } from "./rollbackPlan";

export type { RollbackResult } from "./inSteps";

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

/** A cluster as its rollback sees it: which nodes go, and what takes their pods. @throws as `previewRollback` does. */
export async function lookAsRollback(
  stack: Stack,
  options: RollbackOptions,
  tools: Tools,
): Promise<Pick<LookBack, "observed" | "pools" | "homeless">> {
  return lookBack(tools, await requestOf(stack, options));
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
  const stack = await openExistingStack(environment, options);
  const rotationOutside: RotationOutside = {
    ...outside,
    onEvent: (event) => {
      onEvent({ kind: "rotation", event });
    },
  };
  try {
    return await inSteps(actsOn(stack, options, rotationOutside, onEvent), (step) => {
      onEvent({ kind: "step", step });
    });
  } catch (error) {
    // The SDK of AWS says that a request was aborted, and not why.
    if (error instanceof Error && error.name === "AbortError") outside.signal.throwIfAborted();
    throw error;
  }
}

/** What was looked at, by what was asked for. */
interface Found extends LookBack {
  readonly request: LookBackRequest;
}

function actsOn(
  stack: Stack,
  options: RollbackOptions,
  outside: RotationOutside,
  onEvent: RollbackOutside["onEvent"],
): RollbackActs<UnderLease, Found> {
  return {
    isEmpty: () => isEmpty(stack),
    underLease: (act) => underLease(outside, act),
    look: async ({ tools }) => {
      const request = await requestOf(stack, options);
      const looked = await lookBack(tools, request);
      const { isBegun, problems } = looked.plan;
      return { found: { ...looked, request }, isBegun, problems };
    },
    cni: async (held, found) => {
      const { request, observed, groupsNow, removal } = found;
      await beginRollback(held.tools, {
        clusterName: request.outputs.clusterName,
        newestNodeAtMs: Math.max(0, ...observed.nodes.map(({ createdAtMs }) => createdAtMs)),
        groupsNow,
        resources: removal.removed.length,
        timeoutMs: timeoutOf(request),
      });
      await setCniBack(held, found, onEvent);
    },
    workers: ({ request, goal }) => rotateTowards(goal, request.outputs, request.options, outside),
    groups: async ({ tools, notes }, { request, goal }) => {
      await tools.lease.assertHeld();
      const { before = {} } = (await readRecord(tools.kubernetes)) ?? {};
      const leaving = goal.wayBack?.leavingGroups ?? [];
      // One worker group may have taken another's place: both go.
      const staying = Object.entries(before).filter(([key]) => !leaving.includes(groupOfKey(key).name));
      const { clusterName } = request.outputs;
      await restoreGroups(tools, clusterName, Object.fromEntries(staying), timeoutOf(request));
      return notes;
    },
    subnets: async ({ tools }, { request, goal, madeSubnets }) => {
      const observe = observer(tools, request.outputs.podSubnets, undefined, goal.wayBack);
      const still = leftInPodSubnets(await observe());
      if (still.length > 0) return still;
      await clearPodSubnets(tools, madeSubnets, timeoutOf(request));
      return [];
    },
    stack: async ({ tools }) => {
      const record = (await readRecord(tools.kubernetes)) ?? {};
      await tools.lease.assertHeld();
      const done = await removeStack(stack, {
        signal: tools.signal,
        onEvent: (event) => {
          onEvent({ kind: "stack", event });
        },
      });
      // Not by what was there as this process began: what an earlier one was deleting may end meanwhile.
      return { ...done, removedEarlier: removedEarlierIn(record, done.removed.length) };
    },
    records: forget,
    deleteLease: () => deleteLease(connectKubernetes(outside.kubeConfig, outside)),
  };
}

function timeoutOf({ options }: LookBackRequest): number {
  return options.nodeTimeoutSeconds * 1000;
}

/** What a way back works by, besides the outside. */
async function requestOf(stack: Stack, { rotation, asked }: RollbackOptions): Promise<LookBackRequest> {
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

async function setCniBack(
  { tools }: UnderLease,
  { record, request }: Found,
  onEvent: RollbackOutside["onEvent"],
): Promise<void> {
  if (record === undefined) return;
  await restoreCni(record, request.ours, {
    ...tools,
    onProgress: (progress) => {
      onEvent({ kind: "awsNode", progress });
    },
  });
}

/** Takes away what was remembered in the cluster; nothing needs it any more. */
async function forget({ tools }: UnderLease): Promise<void> {
  await tools.lease.assertHeld();
  for (const name of [ROTATION_RECORD, CNI_RECORD, HISTORY]) {
    await tools.kubernetes.delete(`${CONFIG_MAPS}/${name}`);
  }
}
