import { podName, type ClusterNode, type ClusterPod } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { podsTo, type VerdictOptions } from "../../planning/rotation/podVerdict";
import { isStatus } from "../kubernetes";
import type { ClusterWatch } from "./clusterWatch";
import { departure, type Departure } from "./departure";
import { awaitDeregistration } from "./deregistration";
import type { LoadBalancers } from "./loadBalancers";
import { cordon, isExcluded, marksOf, readNode, uncordon, type NodeMarks } from "./nodeMarks";
import type { ActingTools } from "./outside";
import { isKnownKind, ownerPromises, type OwnerPromise, type Owners } from "./owners";
import { putBack } from "./putBack";
import type { Restarts } from "./singleReplicas";
import { instanceIdOf, slimPod, type ApiNode } from "./slim";
import { terminateNode } from "./terminate";
import type { UndoStack } from "./undoStack";
import type { VolumeAttachments } from "./volumeAttachments";

/** What nodes are drained with. */
export interface DrainContext {
  readonly tools: ActingTools;
  readonly watch: ClusterWatch;
  readonly undo: UndoStack;
  readonly loadBalancers: LoadBalancers;
  readonly attachments: VolumeAttachments;
  readonly restarts: Restarts;
  readonly options: DrainOptions;
}

/** How nodes are drained. */
export interface DrainOptions extends VerdictOptions {
  readonly runId: string;
  readonly podTimeoutMs: number;
  readonly nodeTimeoutMs: number;
  readonly removeLeakedEnis: boolean;
  /** Whether a node goes although pods that left it wait for room: their workers are made in its place, within a surge. */
  readonly replacedAfterwards?: boolean;
  /**
   * Takes care of pods that the scheduler finds no node for; called again and again, with none where there are none.
   * Answers why they wait in vain, as soon as they do.
   *
   * @param nodes those that they left, or are leaving.
   */
  readonly onUnschedulable: (
    pods: readonly ClusterPod[],
    nodes: readonly ClusterNode[],
  ) => Promise<string | undefined>;
}

/** A node on its way out. */
export interface DrainingNode {
  /** As it was when this process began with it. */
  readonly node: ClusterNode;
  readonly name: string;
  readonly uid: string;
  readonly instanceId: string;
  /** Pods that were to leave when this process began with it. */
  readonly of: number;
  /** Owners that may still have too few ready pods. */
  owners: readonly OwnerPromise[];
  stage: "draining" | "settling" | "deregistering" | "leaving" | "gone" | "blocked";
  /** Whether it is to be kept out of load balancers. */
  isExcluded: boolean;
  /** Of one that is blocked. */
  isInService: boolean;
  /** Until when its pods may take to leave it and to be ready elsewhere. */
  readonly podsUntilMs: number;
  /** Of its stage. */
  deadlineMs: number;
  /** Where its group was busy as it was to be terminated: since when, and when that was last tried. */
  busy?: { readonly sinceMs: number; readonly triedAtMs: number };
  /** Since when its load balancers are waited for. */
  deregisteringSinceMs?: number;
  /** Pods that are still to leave. */
  remaining: readonly ClusterPod[];
  /** Of one that is leaving. */
  departure?: Departure;
  /** What it waits for, a line each. */
  because: readonly string[];
  /** The last event about it, to tell only what changed. */
  told: string;
}

/**
 * Marks a node and takes it out of service.
 *
 * @param isSpared whether its load balancers can do without it, so that it leaves them at once.
 */
export async function beginDrain(
  context: DrainContext,
  { node, pods }: OldNode,
  isSpared: boolean,
): Promise<DrainingNode> {
  const { undo, options } = context;
  const { kubernetes, clock, emit, lease, signal } = context.tools;
  signal.throwIfAborted();
  const leaving = podsTo("evict", pods, options);
  const earlier = marksOf(node.annotations);
  const marks: NodeMarks = {
    runId: options.runId,
    wasCordoned: earlier?.wasCordoned ?? node.isUnschedulable,
    wasExcluded: earlier?.wasExcluded ?? isExcluded(node.labels),
    drainBegan: earlier?.drainBegan ?? new Date(clock.now()).toISOString(),
    owners: earlier?.owners ?? ownerPromises(leaving, context.watch, options),
  };
  undo.push(`cordon ${node.name}`, `put ${node.name} back into service`, async (outside) => {
    await putBack(outside, node.name, options.runId);
  });
  await lease.assertHeld();
  // One that has gone by itself meanwhile shows as gone in its first turn.
  await cordon(kubernetes, node.name, marks, isSpared).catch((error: unknown) => {
    if (!isStatus(error, 404)) throw error;
  });
  emit({ type: "cordoned", node: node.name });
  const podsUntilMs = clock.now() + options.podTimeoutMs;
  return {
    node,
    name: node.name,
    uid: node.uid,
    instanceId: node.instanceId ?? "",
    of: leaving.length,
    owners: marks.owners,
    stage: "draining",
    isExcluded: isSpared || isExcluded(node.labels),
    isInService: false,
    podsUntilMs,
    deadlineMs: podsUntilMs,
    remaining: leaving,
    because: [],
    told: "",
  };
}

/** Takes a node one stage further, if it is ready for it, or out of the context, if it took too long. */
export async function advance(context: DrainContext, owners: Owners, node: DrainingNode): Promise<void> {
  const { tools, watch, attachments, options } = context;
  const { clock, emit } = tools;
  if (node.stage === "settling") {
    const isLate = clock.now() > node.deadlineMs;
    if (await isSettled(context, owners, node, isLate)) {
      node.stage = "deregistering";
      node.deadlineMs = Infinity;
    }
  }
  if (node.stage === "deregistering") {
    if (await awaitDeregistration(context, node)) await leave(context, node);
  } else if (node.stage === "leaving") {
    const { owner } = node.node;
    node.departure ??= departure(tools, { watch, attachments, ...options }, { ...node, owner });
    const state = await node.departure.look(clock.now() > node.deadlineMs);
    if (state.kind === "gone") {
      node.stage = "gone";
      emit({ type: "gone", node: node.name });
    } else {
      node.because = [state.because];
      if (state.kind === "held") node.deadlineMs = clock.now() + options.nodeTimeoutMs;
    }
  }
  if (node.stage === "gone" || node.stage === "blocked" || clock.now() <= node.deadlineMs) return;
  if (node.stage === "leaving") {
    const because = `instance ${node.instanceId} was terminated, and is not gone: ${node.because.join("; ")}`;
    tellBlocked(context, node, [because], false);
    return;
  }
  const left = node.remaining.map((pod) => `${podName(pod)}: it is still there`);
  await block(context, node, node.because.length === 0 ? left : node.because);
}

/** Takes a node out of the context, and puts it back into service. */
export async function block(
  context: DrainContext,
  node: DrainingNode,
  because: readonly string[],
): Promise<void> {
  const { tools, undo, options } = context;
  const became = await putBack(tools, node.name, options.runId);
  undo.drop(`cordon ${node.name}`);
  tellBlocked(context, node, because, became === "putBack");
}

function tellBlocked(
  { tools }: DrainContext,
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
  { tools: { emit }, options: { replacedAfterwards = false } }: DrainContext,
  owners: Owners,
  node: DrainingNode,
  isLate: boolean,
): Promise<boolean> {
  // At the same time: each of them may cost a request.
  const all = await Promise.all(
    node.owners.map(async (promise) => ({ promise, unready: await owners.unready(promise) })),
  );
  const short = all.flatMap(({ promise, unready }) => (unready === undefined ? [] : [{ promise, unready }]));
  node.owners = short.map(({ promise }) => promise);
  node.because = short.map(({ unready: { owner, ready, wanted, unschedulable, kept } }) => {
    const why = unschedulable.length === 0 ? "" : `; no node takes ${unschedulable.join(", ")}`;
    const keeps = kept.length === 0 ? "" : `; finalizers keep ${kept.join(", ")}`;
    return `${owner}: ${ready} of ${wanted} pods are ready elsewhere${why}${keeps}`;
  });
  const settled = () => {
    emit({ type: "settled", node: node.name });
    return true;
  };
  if (short.length === 0) return settled();
  const areWaiting = short.every(
    ({ unready }) => unready.ready + unready.unschedulable.length >= unready.wanted,
  );
  if (replacedAfterwards && areWaiting) {
    emit({
      type: "leavesWaiting",
      node: node.name,
      pods: short.flatMap(({ unready }) => unready.unschedulable),
    });
    return true;
  }
  if (!isLate || node.owners.some(isKnownKind)) return false;
  const note = `${node.name} went on without waiting longer: ${node.because.join("; ")}, and of these kinds nobody knows what they want. Look at them.`;
  emit({ type: "note", note });
  return settled();
}

/** How often a termination is tried while the group is busy with another change; all is looked at anew before. */
const TRIED_EVERY_MS = 3_000;

/** The last look before the act that can't be undone: is it still the node that was drained, and empty? */
async function leave(context: DrainContext, node: DrainingNode): Promise<void> {
  const { tools, undo, options } = context;
  const now = tools.clock.now();
  if (node.busy !== undefined && now - node.busy.triedAtMs < TRIED_EVERY_MS) return;
  const found = await readNode(tools.kubernetes, node.name);
  if (found !== undefined && isSameInstance(found, node)) {
    if (found.metadata.uid !== node.uid) {
      undo.drop(`cordon ${node.name}`);
      const because = "its Node was made anew while it was drained, so what runs on it now was not looked at";
      tellBlocked(context, node, [because], true);
      return;
    }
    const isOurs = marksOf(found.metadata.annotations ?? {})?.runId === options.runId;
    if (found.spec?.unschedulable !== true || !isOurs) {
      // Our marks go; that it is in service stays as it is.
      if (found.spec?.unschedulable !== true) {
        await tools.lease.assertHeld();
        await uncordon(tools.kubernetes, node.name, options.runId);
      }
      undo.drop(`cordon ${node.name}`);
      const isInService = found.spec?.unschedulable !== true;
      const because = isInService
        ? "somebody put it back into service while it was drained"
        : "somebody took the rotation's marks off it while it was drained, and left it cordoned; kubectl uncordon it, or run the rotation again";
      tellBlocked(context, node, [because], isInService);
      return;
    }
    const here = await tools.kubernetes.list("/api/v1/pods", slimPod, {
      fieldSelector: `spec.nodeName=${node.name}`,
    });
    if ([...podsTo("evict", here, options), ...podsTo("refuse", here, options)].length > 0) {
      // Pods that tolerate a cordon came back to it.
      node.stage = "draining";
      node.deadlineMs = node.podsUntilMs;
      return;
    }
  }
  // Another node's step may have failed meanwhile.
  tools.signal.throwIfAborted();
  const isAgain = node.busy !== undefined;
  const ended = await terminateNode(tools, { ...node, owner: node.node.owner }, isAgain);
  if (ended.kind === "busy") {
    node.busy = { sinceMs: node.busy?.sinceMs ?? now, triedAtMs: now };
    if (now - node.busy.sinceMs <= options.nodeTimeoutMs) return;
  }
  if (ended.kind !== "terminating") {
    await block(context, node, [ended.because]);
    return;
  }
  undo.drop(`cordon ${node.name}`);
  undo.drop(`taint ${node.name}`);
  node.stage = "leaving";
  node.deadlineMs = tools.clock.now() + options.nodeTimeoutMs;
}

/** Names of nodes are made of addresses, which the next instance may be given; so the instance tells which it is. */
function isSameInstance(found: ApiNode, { instanceId }: DrainingNode): boolean {
  return instanceIdOf(found) === instanceId;
}
