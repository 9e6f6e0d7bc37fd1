import { podName, type ClusterPod } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { podsTo, type VerdictOptions } from "../../planning/rotation/podVerdict";
import { isStatus } from "../kubernetes";
import type { HeldLease } from "./lease";
import { cordon, marksOf, readNode, uncordon, type NodeMarks } from "./nodeMarks";
import type { TellingTools } from "./outside";
import { isKnownKind, ownerPromises, unreadyOwner, type OwnerPromise } from "./owners";
import { putBack } from "./putBack";
import { instanceIdOf, slimPod, type ApiNode } from "./slim";
import { terminateInstance } from "./terminate";
import type { UndoStack } from "./undoStack";

/** What the nodes of a batch are drained with. */
export interface Batch {
  readonly tools: TellingTools;
  readonly lease: HeldLease;
  readonly undo: UndoStack;
  readonly options: BatchOptions;
}

/** How a batch is drained. */
export interface BatchOptions extends VerdictOptions {
  readonly runId: string;
  /** Every pod of the cluster, as it was before the batch. */
  readonly allPods: readonly ClusterPod[];
  readonly podTimeoutMs: number;
  readonly nodeTimeoutMs: number;
  /**
   * Takes care of pods that the scheduler finds no node for; called again and again, with none where there are none.
   * Answers why they wait in vain, as soon as they do.
   */
  readonly onUnschedulable: (pods: readonly ClusterPod[]) => Promise<string | undefined>;
}

/** A node of the batch, on its way out. */
export interface DrainingNode {
  readonly name: string;
  readonly uid: string;
  readonly instanceId: string;
  /** Pods that were to leave when this process began with it. */
  readonly of: number;
  /** Owners that may still have too few ready pods. */
  owners: readonly OwnerPromise[];
  stage: "draining" | "settling" | "leaving" | "gone" | "blocked";
  /** Of one that is blocked. */
  isInService: boolean;
  deadlineMs: number;
  /** Pods that are still to leave. */
  remaining: readonly ClusterPod[];
  /** What it waits for, a line each. */
  because: readonly string[];
  /** The last event about it, to tell only what changed. */
  told: string;
}

/** Marks a node and takes it out of service. */
export async function beginDrain(batch: Batch, { node, pods }: OldNode): Promise<DrainingNode> {
  const { lease, undo, options } = batch;
  const { kubernetes, clock, emit, signal } = batch.tools;
  signal.throwIfAborted();
  const leaving = podsTo("evict", pods, options);
  const earlier = marksOf(node.annotations);
  const marks: NodeMarks = {
    runId: options.runId,
    wasCordoned: earlier?.wasCordoned ?? node.isUnschedulable,
    drainBegan: earlier?.drainBegan ?? new Date(clock.now()).toISOString(),
    owners: earlier?.owners ?? ownerPromises(leaving, options.allPods, options),
  };
  undo.push(`cordon ${node.name}`, `put ${node.name} back into service`, async (outside) => {
    await putBack(outside, node.name, options.runId);
  });
  await lease.assertHeld();
  // One that has gone by itself meanwhile shows as gone in its first turn.
  await cordon(kubernetes, node.name, marks).catch((error: unknown) => {
    if (!isStatus(error, 404)) throw error;
  });
  emit({ type: "cordoned", node: node.name });
  return {
    name: node.name,
    uid: node.uid,
    instanceId: node.instanceId ?? "",
    of: leaving.length,
    owners: marks.owners,
    stage: "draining",
    isInService: false,
    deadlineMs: clock.now() + options.podTimeoutMs,
    remaining: leaving,
    because: [],
    told: "",
  };
}

/** Every pod on a node, as it is now. */
export async function podsOn({ kubernetes }: TellingTools, node: string): Promise<ClusterPod[]> {
  return kubernetes.list("/api/v1/pods", slimPod, { fieldSelector: `spec.nodeName=${node}` });
}

/** Takes a node one stage further, if it is ready for it, or out of the batch, if it took too long. */
export async function advance(batch: Batch, node: DrainingNode): Promise<void> {
  const { tools } = batch;
  const { clock, emit } = tools;
  if (node.stage === "settling") {
    const isLate = clock.now() > node.deadlineMs;
    if (await isSettled(tools, node, isLate)) {
      emit({ type: "settled", node: node.name });
      await leave(batch, node);
    }
  } else if (node.stage === "leaving" && (await isGone(tools, node))) {
    node.stage = "gone";
    emit({ type: "gone", node: node.name });
  }
  if (node.stage === "gone" || node.stage === "blocked" || clock.now() <= node.deadlineMs) return;
  if (node.stage === "leaving") {
    tellBlocked(
      batch,
      node,
      [`instance ${node.instanceId} was terminated, and its Node is still there`],
      false,
    );
    return;
  }
  const left = node.remaining.map((pod) => `${podName(pod)}: it is still there`);
  await block(batch, node, node.because.length === 0 ? left : node.because);
}

/** Takes a node out of the batch, and puts it back into service. */
export async function block(batch: Batch, node: DrainingNode, because: readonly string[]): Promise<void> {
  const { tools, lease, undo, options } = batch;
  await lease.assertHeld();
  const became = await putBack(tools, node.name, options.runId);
  undo.drop(`cordon ${node.name}`);
  tellBlocked(batch, node, because, became === "putBack");
}

function tellBlocked(
  { tools }: Batch,
  node: DrainingNode,
  because: readonly string[],
  isInService: boolean,
): void {
  node.stage = "blocked";
  node.because = because;
  node.isInService = isInService;
  tools.emit({ type: "blocked", node: node.name, isInService, because });
}

/**
 * Whether the owners of a node's pods have what they had. An owner of a kind that nobody knows holds a node up until
 * its deadline, and no longer.
 */
async function isSettled(
  { kubernetes, emit }: TellingTools,
  node: DrainingNode,
  isLate: boolean,
): Promise<boolean> {
  const short = [];
  for (const promise of node.owners) {
    const unready = await unreadyOwner(kubernetes, promise);
    if (unready !== undefined) short.push({ promise, unready });
  }
  node.owners = short.map(({ promise }) => promise);
  node.because = short.map(({ unready: { owner, ready, wanted, unschedulable } }) => {
    const why = unschedulable.length === 0 ? "" : `; no node takes ${unschedulable.join(", ")}`;
    return `${owner}: ${ready} of ${wanted} pods are ready elsewhere${why}`;
  });
  if (short.length === 0) return true;
  if (!isLate || node.owners.some(isKnownKind)) return false;
  const note = `${node.name} went on without waiting longer: ${node.because.join("; ")}, and of these kinds nobody knows what they want. Look at them.`;
  emit({ type: "note", note });
  return true;
}

/** The last look before the act that can't be undone: is it still the node that was drained, and empty? */
async function leave(batch: Batch, node: DrainingNode): Promise<void> {
  const { tools, lease, undo, options } = batch;
  const found = await readNode(tools.kubernetes, node.name);
  if (found !== undefined && isSameInstance(found, node)) {
    if (found.metadata.uid !== node.uid) {
      undo.drop(`cordon ${node.name}`);
      const because = "its Node was made anew while it was drained, so what runs on it now was not looked at";
      tellBlocked(batch, node, [because], true);
      return;
    }
    const isOurs = marksOf(found.metadata.annotations ?? {})?.runId === options.runId;
    if (found.spec?.unschedulable !== true || !isOurs) {
      // Our marks go; that it is in service stays as it is.
      if (found.spec?.unschedulable !== true) await uncordon(tools.kubernetes, node.name, options.runId);
      undo.drop(`cordon ${node.name}`);
      const because = "somebody put it back into service while it was drained";
      tellBlocked(batch, node, [because], true);
      return;
    }
    const here = await podsOn(tools, node.name);
    if ([...podsTo("evict", here, options), ...podsTo("refuse", here, options)].length > 0) {
      // Pods that tolerate a cordon came back to it.
      node.stage = "draining";
      return;
    }
  }
  if ((await terminateInstance(tools, lease, node.name, node.instanceId)) === "notInAGroup") {
    await block(batch, node, [
      `instance ${node.instanceId} is in no Auto Scaling group any more, so it was not terminated; terminate it, or attach it again`,
    ]);
    return;
  }
  undo.drop(`cordon ${node.name}`);
  undo.drop(`taint ${node.name}`);
  node.stage = "leaving";
  node.deadlineMs = tools.clock.now() + options.nodeTimeoutMs;
}

async function isGone({ kubernetes }: TellingTools, node: DrainingNode): Promise<boolean> {
  const found = await readNode(kubernetes, node.name);
  return found === undefined || !isSameInstance(found, node);
}

/** Names of nodes are made of addresses, which the next instance may be given; so the instance tells which it is. */
function isSameInstance(found: ApiNode, { instanceId }: DrainingNode): boolean {
  return instanceIdOf(found) === instanceId;
}
