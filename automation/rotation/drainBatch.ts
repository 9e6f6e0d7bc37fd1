import { nextEvictions } from "../../planning/rotation/nextEvictions";
import { podName, type ClusterPod } from "../../planning/rotation/observation";
import { podsTo, type VerdictOptions } from "../../planning/rotation/podVerdict";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { isStatus } from "../kubernetes";
import { evictPods } from "./evict";
import type { HeldLease } from "./lease";
import { cordon, marksOf, readNode, uncordon, type NodeMarks } from "./nodeMarks";
import type { TellingTools } from "./outside";
import { ownerPromises, unreadyOwner, type OwnerPromise } from "./owners";
import type { BlockedNode } from "./result";
import { slimBudget, slimPod } from "./slim";
import { terminateInstance } from "./terminate";
import type { UndoStack } from "./undoStack";

/** What a batch is drained with. */
export interface BatchOptions extends VerdictOptions {
  readonly runId: string;
  /** Every pod of the cluster, as it was before the batch. */
  readonly allPods: readonly ClusterPod[];
  readonly podTimeoutMs: number;
  readonly nodeTimeoutMs: number;
  /** Takes care of pods that the scheduler finds no node for; called again and again while there are such. */
  readonly onUnschedulable: (pods: readonly ClusterPod[]) => Promise<void>;
}

/** How a batch ended: every node of it is in one of the two. */
export interface BatchResult {
  readonly gone: readonly string[];
  readonly blocked: readonly BlockedNode[];
}

/** How often the nodes of a batch are looked at. */
const POLL_MS = 1_000;

/**
 * Takes the nodes of a batch out of service, moves their pods, and terminates each one when its pods' owners have as
 * many ready pods as before. A node that takes too long goes back into service; the others go on.
 *
 * Everything is looked at anew in each turn, so that it does not matter who began, or what happens in between.
 *
 * @throws whatever the outside throws, RotationStopped, LeaseLostError, and the signal's reason.
 */
export async function drainBatch(
  tools: TellingTools,
  lease: HeldLease,
  batch: readonly OldNode[],
  undo: UndoStack,
  options: BatchOptions,
): Promise<BatchResult> {
  const { clock, signal } = tools;
  const nodes: Draining[] = [];
  for (const one of batch) nodes.push(await begin(tools, lease, one, undo, options));
  for (;;) {
    signal.throwIfAborted();
    await evictWhatMayGo(tools, lease, nodes, options);
    await lookForUnschedulable(tools, nodes, options);
    for (const node of nodes) await advance(tools, lease, node, undo, options);
    if (nodes.every(({ stage }) => stage === "gone" || stage === "blocked")) break;
    await clock.sleep(POLL_MS, signal);
  }
  return {
    gone: nodes.filter(({ stage }) => stage === "gone").map(({ name }) => name),
    blocked: nodes.flatMap(({ name, stage, because }) =>
      stage === "blocked" ? [{ node: name, because }] : [],
    ),
  };
}

/** A node of the batch, on its way out. */
interface Draining {
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

async function begin(
  tools: TellingTools,
  lease: HeldLease,
  { node, pods }: OldNode,
  undo: UndoStack,
  options: BatchOptions,
): Promise<Draining> {
  const { kubernetes, clock, emit, signal } = tools;
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

/** Lists what is left on the nodes that are draining, and evicts what the budgets let go. */
async function evictWhatMayGo(
  tools: TellingTools,
  lease: HeldLease,
  nodes: readonly Draining[],
  options: BatchOptions,
): Promise<void> {
  const { kubernetes, emit } = tools;
  const draining = nodes.filter(({ stage }) => stage === "draining");
  if (draining.length === 0) return;
  const [budgets, ...listed] = await Promise.all([
    kubernetes.list("/apis/policy/v1/poddisruptionbudgets", slimBudget),
    ...draining.map(({ name }) => podsOn(tools, name)),
  ]);
  const { evict, waiting } = nextEvictions(listed.flat(), budgets, options);
  const refusals = await evictPods(tools, lease, evict);
  draining.forEach((node, index) => {
    const here = listed[index] ?? [];
    node.remaining = podsTo("evict", here, options);
    const stays = [
      ...podsTo("refuse", here, options).map((pod) => ({ pod: podName(pod), because: "bare pod" })),
      ...waiting
        .filter(({ pod }) => pod.nodeName === node.name)
        .map(({ pod, budgets: names, because }) => ({
          pod: podName(pod),
          because: names.length === 0 ? because : `${names.join(", ")}: ${because}`,
        })),
      ...evict
        .filter(({ nodeName, uid }) => nodeName === node.name && refusals.has(uid))
        .map((pod) => ({ pod: podName(pod), because: refusals.get(pod.uid) ?? "" })),
    ];
    node.because = stays.map(({ pod, because }) => `${pod}: ${because}`);
    const event = {
      type: "draining",
      node: node.name,
      left: Math.max(0, node.of - node.remaining.length),
      of: Math.max(node.of, node.remaining.length),
      waiting: stays,
    } as const;
    if (node.told !== JSON.stringify(event)) emit(event);
    node.told = JSON.stringify(event);
    if (node.remaining.length === 0 && stays.length === 0) {
      node.stage = "settling";
      emit({ type: "drained", node: node.name });
    }
  });
}

async function podsOn({ kubernetes }: TellingTools, node: string): Promise<ClusterPod[]> {
  return kubernetes.list("/api/v1/pods", slimPod, { fieldSelector: `spec.nodeName=${node}` });
}

/** Pods of the batch's owners that wait for room. */
async function lookForUnschedulable(
  { kubernetes }: TellingTools,
  nodes: readonly Draining[],
  { onUnschedulable }: BatchOptions,
): Promise<void> {
  const active = nodes.filter(({ stage }) => stage === "draining" || stage === "settling");
  const owners = new Set(active.flatMap((node) => node.owners.map(ownerKey)));
  if (owners.size === 0) return;
  const pending = await kubernetes.list("/api/v1/pods", slimPod, { fieldSelector: "status.phase=Pending" });
  await onUnschedulable(
    pending.filter(
      ({ isUnschedulable, namespace, controller }) =>
        isUnschedulable && controller !== undefined && owners.has(ownerKey({ namespace, ...controller })),
    ),
  );
}

function ownerKey({ namespace, kind, name }: Pick<OwnerPromise, "namespace" | "kind" | "name">): string {
  return `${namespace}/${kind}/${name}`;
}

/** Takes a node one stage further, if it is ready for it, or out of the batch, if it took too long. */
async function advance(
  tools: TellingTools,
  lease: HeldLease,
  node: Draining,
  undo: UndoStack,
  options: BatchOptions,
): Promise<void> {
  const { clock, emit } = tools;
  if (node.stage === "settling" && (await isSettled(tools, node))) {
    emit({ type: "settled", node: node.name });
    await leave(tools, lease, node, undo, options);
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
  emit({ type: "blocked", node: node.name, because: node.because });
}

async function isSettled({ kubernetes }: TellingTools, node: Draining): Promise<boolean> {
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
async function leave(
  tools: TellingTools,
  lease: HeldLease,
  node: Draining,
  undo: UndoStack,
  options: BatchOptions,
): Promise<void> {
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

async function isGone({ kubernetes }: TellingTools, { name, uid }: Draining): Promise<boolean> {
  const found = await readNode(kubernetes, name);
  return found === undefined || found.metadata.uid !== uid;
}
