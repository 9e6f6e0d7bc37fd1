import { podName, type ClusterPod } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { podsTo, type VerdictOptions } from "../../planning/rotation/podVerdict";
import { isStatus } from "../kubernetes";
import type { HeldLease } from "./lease";
import { cordon, marksOf, readNode, uncordon, type NodeMarks } from "./nodeMarks";
import type { TellingTools } from "./outside";
import { ownerPromises, unreadyOwner, type OwnerPromise } from "./owners";
import { slimPod } from "./slim";
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
  /** Takes care of pods that the scheduler finds no node for; called again and again while there are such. */
  readonly onUnschedulable: (pods: readonly ClusterPod[]) => Promise<void>;
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
  undo.push(`cordon ${node.name}`, `put ${node.name} back into service`, ({ kubernetes: api }) =>
    uncordon(api, node.name),
  );
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
  const { tools, lease, undo } = batch;
  const { clock, emit } = tools;
  if (node.stage === "settling" && (await isSettled(tools, node))) {
    emit({ type: "settled", node: node.name });
    await leave(batch, node);
  } else if (node.stage === "leaving" && (await isGone(tools, node))) {
    node.stage = "gone";
    emit({ type: "gone", node: node.name });
  }
  if (node.stage === "gone" || node.stage === "blocked" || clock.now() <= node.deadlineMs) return;
  if (node.stage === "leaving") {
    node.because = [`instance ${node.instanceId} was terminated, and its Node is still there`];
  } else {
    await lease.assertHeld();
    await uncordon(tools.kubernetes, node.name);
    undo.drop(`cordon ${node.name}`);
  }
  node.stage = "blocked";
  if (node.because.length === 0)
    node.because = node.remaining.map((pod) => `${podName(pod)}: it is still there`);
  emit({ type: "blocked", node: node.name, because: node.because });
}

async function isSettled({ kubernetes }: TellingTools, node: DrainingNode): Promise<boolean> {
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
  return short.length === 0;
}

/** The last look before the act that can't be undone: is it still the node that was drained, and empty? */
async function leave({ tools, lease, undo, options }: Batch, node: DrainingNode): Promise<void> {
  const found = await readNode(tools.kubernetes, node.name);
  if (found !== undefined && found.metadata.uid === node.uid) {
    const isOurs = marksOf(found.metadata.annotations ?? {})?.runId === options.runId;
    if (found.spec?.unschedulable !== true || !isOurs) {
      node.stage = "blocked";
      node.because = ["somebody put it back into service while it was drained"];
      undo.drop(`cordon ${node.name}`);
      tools.emit({ type: "blocked", node: node.name, because: node.because });
      return;
    }
    const here = await podsOn(tools, node.name);
    if ([...podsTo("evict", here, options), ...podsTo("refuse", here, options)].length > 0) {
      // Pods that tolerate a cordon came back to it.
      node.stage = "draining";
      return;
    }
  }
  await terminateInstance(tools, lease, node.name, node.instanceId);
  undo.drop(`cordon ${node.name}`);
  undo.drop(`taint ${node.name}`);
  node.stage = "leaving";
  node.deadlineMs = tools.clock.now() + options.nodeTimeoutMs;
}

async function isGone({ kubernetes }: TellingTools, { name, uid }: DrainingNode): Promise<boolean> {
  const found = await readNode(kubernetes, name);
  return found === undefined || found.metadata.uid !== uid;
}
