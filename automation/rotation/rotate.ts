import { randomBytes } from "node:crypto";
import { isRollbackUnfinished, unfinishedRollback } from "../../planning/rollback/unfinishedRollback";
import type { RotationPlan } from "../../planning/rotation/rotationPlan";
import { unreplacedNodes } from "../../planning/rotation/surgeLimit";
import { connectKubernetes } from "../kubernetes";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { whileWatching, type ClusterWatch } from "./clusterWatch";
import { readAwsNode } from "./awsNode";
import { finish } from "./finish";
import { removeCanaries } from "./firstWorker";
import { intoPodSubnets, type RotationGoal } from "./goal";
import { readHealth } from "./healthGate";
import { keepingHistory } from "./history";
import { leavingNodes } from "./leavingNodes";
import { lookAhead, type LookAhead } from "./lookAhead";
import { oldNewcomer } from "./newcomers";
import { observer } from "./observe";
import type { ActingTools, ObserverOutside, RotationOutside } from "./outside";
import {
  isSomethingOwed,
  oldAtBegin,
  readRecord,
  rotatedEarlierIn,
  writeRecord,
  type RotationRecord,
} from "./record";
import { RotationPaused, RotationStopped, type BlockedNode, type RotationResult } from "./result";
import { rotationOptions, type GivenRotationOptions, type RotationOptions } from "./rotationOptions";
import { deleteEmptyGroups } from "./emptyGroups";
import { rotateAll } from "./run";
import { underLease, type UnderLease } from "./underLease";
import { undoStack } from "./undoStack";

/**
 * What a rotation would do, without doing anything: the very plan that it starts from.
 *
 * @throws whatever the outside throws; the signal's reason when it is aborted.
 */
export async function previewRotation(
  outputs: PodNetworkOutputs,
  given: GivenRotationOptions,
  outside: ObserverOutside,
): Promise<RotationPlan> {
  const goal = intoPodSubnets(outputs);
  const tools = { ...outside, kubernetes: connectKubernetes(outside.kubeConfig, outside) };
  const observed = await observer(tools, outputs.podSubnets)();
  const earlier = await readRecord(tools.kubernetes);
  const begun = isOf(goal, earlier) ? unfinished(earlier) : undefined;
  const { plan } = await lookAhead(tools, outputs, goal, observed, rotationOptions(given), begun);
  return isRollbackUnfinished(earlier, observed.awsNode)
    ? { ...plan, problems: [unfinishedRollback(outputs.clusterName), ...plan.problems] }
    : plan;
}

/**
 * Replaces the old nodes of a cluster, batch by batch, under its disruption budgets.
 *
 * One rotation per cluster at a time, by a Lease. Aborted, it stops after the evictions that are running, and leaves
 * a state that the next call continues; killed at any instant, the next call continues as well, from what it observes
 * and what is written on nodes and beside the lease. When it fails, it undoes what can be undone.
 *
 * A run back that was not finished is ended first, as if it had failed; but a rollback that is unfinished, with the CNI
 * set back, is left alone, and the rotation refused.
 *
 * @throws LeaseHeldError, LeaseLostError; whatever the outside throws; the signal's reason when it is aborted.
 */
export async function rotate(
  outputs: PodNetworkOutputs,
  given: GivenRotationOptions,
  outside: RotationOutside,
): Promise<RotationResult> {
  return rotateTowards(intoPodSubnets(outputs), outputs, given, outside);
}

/**
 * The same, to wherever pods are to go. A run to another goal that was not finished is ended first, as if it had failed.
 *
 * @throws as `rotate` does.
 */
export async function rotateTowards(
  goal: RotationGoal,
  outputs: PodNetworkOutputs,
  given: GivenRotationOptions,
  outside: RotationOutside,
): Promise<RotationResult> {
  return underLease(outside, async (held) => {
    const { tools, notes } = held;
    const of = { vpcId: outputs.vpcId, isWayBack: goal.wayBack !== undefined };
    const end = await whileWatching(tools, (watch) =>
      keepingHistory({ ...held, watch }, of, (kept) =>
        rotateWatched(outputs, goal, rotationOptions(given), kept),
      ),
    );
    const result = { ...NOTHING, ...end, notes };
    tools.emit({ type: "finished", result });
    return result;
  });
}

/** The run that goes on; none where none does. */
function unfinished(record: RotationRecord | undefined): RotationRecord | undefined {
  return record?.isFinished === false ? record : undefined;
}

/** Whether a run took pods to the same place. */
function isOf({ wayBack }: RotationGoal, { isWayBack = false }: Partial<RotationRecord> = {}): boolean {
  return isWayBack === (wayBack !== undefined);
}

/** The record, once a run to another goal that was not finished is ended: its nodes in service, its groups as before. */
async function recordOf(
  goal: RotationGoal,
  earlier: RotationRecord | undefined,
  { kubernetes, lease }: ActingTools,
  end: () => Promise<void>,
): Promise<RotationRecord | undefined> {
  if (earlier?.isFinished !== false || isOf(goal, earlier)) return earlier;
  await lease.assertHeld();
  await end();
  return readRecord(kubernetes);
}

/** How a run ended, as far as it is not as if nothing had happened. */
type End = Pick<RotationResult, "outcome"> & Partial<RotationResult>;

const NOTHING: Omit<RotationResult, "outcome" | "notes"> = {
  runId: undefined,
  rotated: [],
  rotatedEarlier: 0,
  blocked: [],
  problems: [],
};

async function rotateWatched(
  outputs: PodNetworkOutputs,
  goal: RotationGoal,
  options: RotationOptions,
  { tools, tidy, watch }: UnderLease & { readonly watch: ClusterWatch },
): Promise<End> {
  const { kubernetes, clock, lease, signal } = tools;
  const { clusterName } = outputs;
  const timeoutMs = options.nodeTimeoutSeconds * 1000;
  const observe = observer(tools, outputs.podSubnets, watch, goal.wayBack);
  const last = await readRecord(kubernetes);
  // The CNI's settings are asked for only where the last run was one back.
  if (
    goal.wayBack === undefined &&
    last?.isWayBack === true &&
    isRollbackUnfinished(last, await readAwsNode(kubernetes))
  ) {
    return { outcome: "refused", problems: [unfinishedRollback(clusterName)] };
  }
  const earlier = await recordOf(goal, last, tools, () => finish(tools, clusterName, timeoutMs));
  const observed = await observe();
  const ahead = await lookAhead(tools, outputs, goal, observed, options, unfinished(earlier));
  const { old } = ahead.plan;
  tools.emit({ type: "planned", plan: ahead.plan });

  const isResumed = earlier?.isFinished === false;
  const atBegin = oldAtBegin(earlier, goal.wayBack !== undefined, old.length);
  const rotatedEarlier = rotatedEarlierIn({ oldAtBegin: atBegin }, old.length);
  const newcomer = isResumed ? oldNewcomer(observed, earlier, clock.now()) : undefined;
  const problems = [...ahead.plan.problems, ...(newcomer === undefined ? [] : [newcomer])];
  const leaving = leavingNodes(tools, watch, options, earlier?.leaving);
  const isOver = old.length === 0 && !(isResumed && isReplacementMissing(ahead, earlier, options));
  if (isOver || problems.length > 0) {
    // What an earlier attempt has left, or could not give back then, is taken back first.
    if (problems.length === 0) await deleteEmptyGroups({ tools, outputs, goal, options });
    const isLeft = isResumed || (earlier !== undefined && isSomethingOwed(earlier));
    if (isLeft) {
      await lease.assertHeld();
      await finish(tools, clusterName, timeoutMs);
    }
    const runId = isLeft ? earlier.runId : undefined;
    if (problems.length === 0) {
      await leaving.finished();
      return { outcome: "done", runId, rotatedEarlier };
    }
    return { outcome: isLeft ? "stopped" : "refused", runId, rotatedEarlier, problems };
  }
  const begun = isResumed ? earlier : newRecord(ahead, goal, earlier, clock.now());
  const unreadyAtBegin =
    options.healthGate && (begun.unreadyAtBegin ?? (await readHealth(tools, watch, () => true)));
  const record = { ...begun, unreadyAtBegin };
  const { runId } = record;
  await writeRecord(tools, record);
  tools.emit({ type: "started", runId, isResumed, rotatedEarlier });

  const run = {
    tools,
    outputs,
    goal,
    options,
    undo: undoStack(),
    leaving,
    watch,
    observe,
    rotated: [] as string[],
    blocked: [] as BlockedNode[],
  };
  const { rotated, blocked } = run;
  const ended = { runId, rotated, rotatedEarlier, blocked };
  try {
    await rotateAll(run, ahead, record);
    await lease.assertHeld();
    await finish(tools, clusterName, timeoutMs, { blocked: blocked.map(({ node }) => node) });
  } catch (error) {
    // Whoever has the lease by now is at work, or the next run goes on from here: nothing is undone.
    if (signal.aborted) throw signal.reason;
    if (error instanceof RotationPaused) {
      return { outcome: "paused", ...ended, problems: error.problem ? [error.problem] : [] };
    }
    if (!(await isHeld(tools))) throw error;
    await run.undo.undoAll(tidy);
    // Also what an earlier process of this run did. What fails of it was told, and must not hide why it was to be.
    await finish(tidy, clusterName, timeoutMs).catch(() => undefined);
    if (!(error instanceof RotationStopped)) throw error;
    return { outcome: "stopped", ...ended, problems: [error.problem] };
  } finally {
    // One that stays does no harm, and the next run removes it.
    await removeCanaries(tidy).catch(() => undefined);
  }
  // Last, and of a run that has ended: nothing is kept from anybody while it is waited.
  await leaving.finished();
  return { outcome: blocked.length === 0 ? "done" : "blocked", ...ended };
}

/** Whether the last old node is gone, and an earlier process ended before its replacement was there. */
function isReplacementMissing(
  { pools }: LookAhead,
  { bases = {} }: RotationRecord,
  { surge }: RotationOptions,
): boolean {
  if (surge === undefined) return false;
  const limit = { bases: new Map(Object.entries(bases)), left: new Map<string, number>() };
  return unreplacedNodes(pools, limit, { has: () => true }) > 0;
}

/** Whether nobody else acts by now. One that can't be asked is not ours to act under. */
async function isHeld({ lease }: ActingTools): Promise<boolean> {
  return lease.assertHeld().then(
    () => true,
    () => false,
  );
}

/** A run that begins now. What is still to be given back to old groups stays so. */
export function newRecord(
  { observed, plan }: Pick<LookAhead, "observed" | "plan">,
  { wayBack }: Pick<RotationGoal, "wayBack">,
  earlier: RotationRecord | undefined,
  startedAtMs: number,
): RotationRecord {
  return {
    version: 1,
    runId: randomBytes(2).toString("hex"),
    isFinished: false,
    ...(wayBack !== undefined && { isWayBack: true, resourcesAtBegin: earlier?.resourcesAtBegin }),
    newestNodeAtMs: Math.max(...observed.nodes.map(({ createdAtMs }) => createdAtMs)),
    oldAtBegin: oldAtBegin(earlier, wayBack !== undefined, plan.old.length),
    startedAtMs,
    groups: earlier?.groups ?? {},
    bases: plan.bases,
    ...(earlier?.leaving !== undefined && { leaving: earlier.leaving }),
    ...(earlier?.awsNodeBefore !== undefined && { awsNodeBefore: earlier.awsNodeBefore }),
    ...(earlier?.before !== undefined && { before: earlier.before }),
  };
}
