import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { RotationPlan } from "../../planning/rotation/rotationPlan";
import { connectKubernetes } from "../kubernetes";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import type { RotationHappening } from "./events";
import { removeCanaries } from "./firstWorker";
import { acquireLease, LeaseLostError, type HeldLease } from "./lease";
import { lookAhead, type LookAhead } from "./lookAhead";
import { isSoftTaint, marksOf, removeSoftTaint, uncordon } from "./nodeMarks";
import { observer } from "./observe";
import { resumeProcesses } from "./oldGroups";
import type { ObserverOutside, RotationOutside, TellingTools } from "./outside";
import { readRecord, writeRecord, type RotationRecord } from "./record";
import { RotationStopped, type RotationResult } from "./result";
import { rotationOptions, type GivenRotationOptions, type RotationOptions } from "./rotationOptions";
import { rotateAll } from "./run";
import type { ApiNode } from "./slim";
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
  return (await lookAhead(tools, outputs, observed, rotationOptions(given))).plan;
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
  const emit = (event: RotationHappening) => {
    if (event.type === "note") notes.push(event.note);
    if (event.type === "undoFailed") notes.push(`NOT undone: ${event.what}: ${event.because}`);
    outside.onEvent({ ...event, at: new Date(clock.now()).toISOString() });
  };
  // What ends a run must not end its tidying up.
  const signal = new AbortController().signal;
  const tidy: TellingTools = {
    ...outside,
    emit,
    signal,
    kubernetes: connectKubernetes(kubeConfig, { clock, signal }),
  };
  const holder = `${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`;
  const lease = await acquireLease(tidy.kubernetes, { holder, clock, signal: outside.signal, emit });
  try {
    const end = await rotateUnderLease(outputs, rotationOptions(given), outside, lease, tidy);
    const result = { ...NOTHING, ...end, notes };
    emit({ type: "finished", result });
    return result;
  } finally {
    await lease.release();
  }
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
  const ahead = await lookAhead(tools, outputs, await observe(), options);
  const { old, problems } = ahead.plan;
  tools.emit({ type: "planned", plan: ahead.plan });

  const earlier = await readRecord(kubernetes);
  const isResumed = earlier?.isFinished === false;
  if (old.length === 0 || problems.length > 0) {
    // What an attempt that was killed has left is taken back first.
    if (isResumed) {
      await lease.assertHeld();
      await finish(tools);
    }
    const runId = isResumed ? earlier.runId : undefined;
    if (problems.length === 0) return { outcome: "done", runId };
    return { outcome: isResumed ? "stopped" : "refused", runId, problems };
  }
  const record = isResumed ? earlier : newRecord(ahead, earlier);
  const { runId } = record;
  await lease.assertHeld();
  await writeRecord(kubernetes, record);
  tools.emit({ type: "started", runId, isResumed });

  const run = { tools, outputs, options, lease, undo: undoStack(), observe, rotated: [] as string[] };
  const { rotated } = run;
  try {
    const blocked = await rotateAll(run, ahead, record);
    await lease.assertHeld();
    await finish(tools);
    return { outcome: blocked.length === 0 ? "done" : "blocked", runId, rotated, blocked };
  } catch (error) {
    // Whoever has the lease by now is at work, or the next run goes on from here: nothing is undone.
    if (signal.aborted) throw signal.reason;
    if (error instanceof LeaseLostError) throw error;
    await run.undo.undoAll(tidy);
    await markFinished(tidy);
    if (!(error instanceof RotationStopped)) throw error;
    return { outcome: "stopped", runId, rotated, problems: [error.problem] };
  } finally {
    // One that stays does no harm, and the next run removes it.
    if (!lease.lost.aborted) await removeCanaries(tidy.kubernetes).catch(() => undefined);
  }
}

/** A run that begins now. What is known of old groups from before the first change stays as it is. */
function newRecord({ observed }: LookAhead, earlier: RotationRecord | undefined): RotationRecord {
  return {
    version: 1,
    runId: randomBytes(2).toString("hex"),
    isFinished: false,
    newestNodeAtMs: Math.max(...observed.nodes.map(({ createdAtMs }) => createdAtMs)),
    groups: earlier?.groups ?? {},
  };
}

/** Takes back what was only for the run: marks and soft taints of nodes that stay, suspended processes. */
async function finish(tools: TellingTools): Promise<void> {
  const { kubernetes } = tools;
  const nodes = await kubernetes.list("/api/v1/nodes", ({ metadata, spec }: ApiNode) => ({
    name: metadata.name,
    isMarked: marksOf(metadata.annotations ?? {}) !== undefined,
    isTainted: (spec?.taints ?? []).some(isSoftTaint),
  }));
  for (const { name, isMarked, isTainted } of nodes) {
    if (isMarked) await uncordon(kubernetes, name);
    if (isTainted) await removeSoftTaint(kubernetes, name);
  }
  const { groups = {} } = (await readRecord(kubernetes)) ?? {};
  for (const group of Object.values(groups)) await resumeProcesses(tools, group);
  await markFinished(tools);
}

/** The next call begins a run of its own. */
async function markFinished({ kubernetes }: TellingTools): Promise<void> {
  const record = await readRecord(kubernetes);
  if (record !== undefined) await writeRecord(kubernetes, { ...record, isFinished: true });
}
