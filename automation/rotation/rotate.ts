import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { RotationPlan } from "../../planning/rotation/rotationPlan";
import { connectKubernetes } from "../kubernetes";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import type { RotationHappening } from "./events";
import { finish } from "./finish";
import { removeCanaries } from "./firstWorker";
import { acquireLease, type HeldLease } from "./lease";
import { lookAhead, type LookAhead } from "./lookAhead";
import { oldNewcomer } from "./newcomers";
import { observer } from "./observe";
import type { ObserverOutside, RotationOutside, TellingTools } from "./outside";
import { readRecord, writeRecord, type RotationRecord } from "./record";
import { RotationStopped, type RotationResult } from "./result";
import { rotationOptions, type GivenRotationOptions, type RotationOptions } from "./rotationOptions";
import { rotateAll } from "./run";
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
  const tools = { ...outside, kubernetes: connectKubernetes(outside.kubeConfig, outside) };
  const observed = await observer(tools, outputs.podSubnets)();
  const earlier = await readRecord(tools.kubernetes);
  return (await lookAhead(tools, outputs, observed, rotationOptions(given), newestNodeAtMs(earlier))).plan;
}

/**
 * Replaces the old nodes of a cluster, batch by batch, under its disruption budgets.
 *
 * One rotation per cluster at a time, by a Lease. Aborted, it stops after the evictions that are running, and leaves
 * a state that the next call continues; killed at any instant, the next call continues as well, from what it observes
 * and what is written on nodes and beside the lease. When it fails, it undoes what can be undone.
 *
 * @throws LeaseHeldError, LeaseLostError; whatever the outside throws; the signal's reason when it is aborted.
 */
export async function rotate(
  outputs: PodNetworkOutputs,
  given: GivenRotationOptions,
  outside: RotationOutside,
): Promise<RotationResult> {
  const { clock, kubeConfig } = outside;
  const notes: string[] = [];
  const tell = safeTelling(outside, notes);
  const emit = (event: RotationHappening) => {
    if (event.type === "note") notes.push(event.note);
    if (event.type === "undoFailed") notes.push(`NOT undone: ${event.what}: ${event.because}`);
    tell({ ...event, at: new Date(clock.now()).toISOString() });
  };
  const holder = `${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`;
  // The lease is given back whatever ended the run.
  const lasting = connectKubernetes(kubeConfig, { clock, signal: new AbortController().signal });
  const lease = await acquireLease(lasting, { holder, clock, signal: outside.signal, emit });
  // What ends a run must not end its tidying up, except that another one is at work by then.
  const signal = lease.lost;
  const tidy: TellingTools = {
    ...outside,
    emit,
    signal,
    kubernetes: connectKubernetes(kubeConfig, { clock, signal }),
  };
  try {
    const end = await rotateUnderLease(outputs, rotationOptions(given), outside, lease, tidy);
    const result = { ...NOTHING, ...end, notes };
    emit({ type: "finished", result });
    return result;
  } finally {
    await lease.release();
  }
}

/** Tells events; that one could not be told must not end the run, and less so its undoing. */
function safeTelling({ onEvent }: RotationOutside, notes: string[]): RotationOutside["onEvent"] {
  let hasFailed = false;
  return (event) => {
    try {
      onEvent(event);
    } catch (error) {
      if (!hasFailed) notes.push(`Not every event could be told: ${String(error)}`);
      hasFailed = true;
    }
  };
}

/** Nodes that are newer joined during the run that goes on; where none does, no node is. */
function newestNodeAtMs(record: RotationRecord | undefined): number {
  return record?.isFinished === false ? record.newestNodeAtMs : Infinity;
}

/** How a run ended, as far as it is not as if nothing had happened. */
type End = Pick<RotationResult, "outcome"> & Partial<RotationResult>;

const NOTHING: Omit<RotationResult, "outcome" | "notes"> = {
  runId: undefined,
  rotated: [],
  blocked: [],
  problems: [],
};

async function rotateUnderLease(
  outputs: PodNetworkOutputs,
  options: RotationOptions,
  outside: RotationOutside,
  lease: HeldLease,
  tidy: TellingTools,
): Promise<End> {
  const signal = AbortSignal.any([outside.signal, lease.lost]);
  const kubernetes = connectKubernetes(outside.kubeConfig, { clock: outside.clock, signal });
  const tools: TellingTools = { ...outside, emit: tidy.emit, signal, kubernetes };
  const observe = observer(tools, outputs.podSubnets);
  const observed = await observe();
  const earlier = await readRecord(kubernetes);
  const ahead = await lookAhead(tools, outputs, observed, options, newestNodeAtMs(earlier));
  const { old } = ahead.plan;
  tools.emit({ type: "planned", plan: ahead.plan });

  const { clusterName } = outputs;
  const timeoutMs = options.nodeTimeoutSeconds * 1000;
  const isResumed = earlier?.isFinished === false;
  const newcomer = isResumed ? oldNewcomer(observed, earlier, outside.clock.now()) : undefined;
  const problems = [...ahead.plan.problems, ...(newcomer === undefined ? [] : [newcomer])];
  if (old.length === 0 || problems.length > 0) {
    // What an earlier attempt has left, or could not give back then, is taken back first.
    const isLeft = isResumed || Object.keys(earlier?.groups ?? {}).length > 0;
    if (isLeft) {
      await lease.assertHeld();
      await finish(tools, clusterName, timeoutMs);
    }
    const runId = isLeft ? earlier?.runId : undefined;
    if (problems.length === 0) return { outcome: "done", runId };
    return { outcome: isLeft ? "stopped" : "refused", runId, problems };
  }
  const record = isResumed ? earlier : newRecord(ahead, earlier, outside.clock.now());
  const { runId } = record;
  await lease.assertHeld();
  await writeRecord(kubernetes, record);
  tools.emit({ type: "started", runId, isResumed });

  const run = { tools, outputs, options, lease, undo: undoStack(), observe, rotated: [] as string[] };
  const { rotated } = run;
  try {
    const blocked = await rotateAll(run, ahead, record);
    await lease.assertHeld();
    await finish(tools, clusterName, timeoutMs);
    return { outcome: blocked.length === 0 ? "done" : "blocked", runId, rotated, blocked };
  } catch (error) {
    // Whoever has the lease by now is at work, or the next run goes on from here: nothing is undone.
    if (signal.aborted) throw signal.reason;
    if (!(await isHeld(lease))) throw error;
    await run.undo.undoAll(tidy);
    // Also what an earlier process of this run did. What fails of it was told, and must not hide why it was to be.
    await finish(tidy, clusterName, timeoutMs).catch(() => undefined);
    if (!(error instanceof RotationStopped)) throw error;
    return { outcome: "stopped", runId, rotated, problems: [error.problem] };
  } finally {
    // One that stays does no harm, and the next run removes it.
    if (!lease.lost.aborted) await removeCanaries(tidy.kubernetes).catch(() => undefined);
  }
}

/** Whether nobody else acts by now. One that can't be asked is not ours to act under. */
async function isHeld(lease: HeldLease): Promise<boolean> {
  return lease.assertHeld().then(
    () => true,
    () => false,
  );
}

/** A run that begins now. What is still to be given back to old groups stays so. */
function newRecord(
  { observed }: LookAhead,
  earlier: RotationRecord | undefined,
  startedAtMs: number,
): RotationRecord {
  return {
    version: 1,
    runId: randomBytes(2).toString("hex"),
    isFinished: false,
    newestNodeAtMs: Math.max(...observed.nodes.map(({ createdAtMs }) => createdAtMs)),
    startedAtMs,
    groups: earlier?.groups ?? {},
  };
}
