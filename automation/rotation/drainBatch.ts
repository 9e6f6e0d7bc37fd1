import { nextEvictions } from "../../planning/rotation/nextEvictions";
import { podName } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { podsTo } from "../../planning/rotation/podVerdict";
import { advance, beginDrain, block, podsOn, type Batch, type DrainingNode } from "./drainingNode";
import { evictPods } from "./evict";
import type { OwnerPromise } from "./owners";
import type { BlockedNode } from "./result";
import { slimBudget, slimPod } from "./slim";

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
export async function drainBatch(batch: Batch, old: readonly OldNode[]): Promise<BatchResult> {
  const { clock, signal } = batch.tools;
  const nodes: DrainingNode[] = [];
  for (const one of old) nodes.push(await beginDrain(batch, one));
  for (;;) {
    signal.throwIfAborted();
    await evictWhatMayGo(batch, nodes);
    await lookForUnschedulable(batch, nodes);
    for (const node of nodes) await advance(batch, node);
    if (nodes.every(({ stage }) => stage === "gone" || stage === "blocked")) break;
    await clock.sleep(POLL_MS, signal);
  }
  return {
    gone: nodes.filter(({ stage }) => stage === "gone").map(({ name }) => name),
    blocked: nodes.flatMap(({ name, stage, isInService, because }) =>
      stage === "blocked" ? [{ node: name, isInService, because }] : [],
    ),
  };
}

/** Lists what is left on the nodes that are draining, and evicts what the budgets let go. */
async function evictWhatMayGo(
  { tools, lease, options }: Batch,
  nodes: readonly DrainingNode[],
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

/** Pods of the batch's owners that wait for room; where they wait in vain, the nodes that they left are blocked. */
async function lookForUnschedulable(batch: Batch, nodes: readonly DrainingNode[]): Promise<void> {
  const { tools, options } = batch;
  const active = nodes.filter(({ stage }) => stage === "draining" || stage === "settling");
  const owners = new Set(active.flatMap((node) => node.owners.map(ownerKey)));
  if (owners.size === 0) return;
  const pending = await tools.kubernetes.list("/api/v1/pods", slimPod, {
    fieldSelector: "status.phase=Pending",
  });
  const stuck = pending.flatMap((pod) => {
    const { isUnschedulable, namespace, controller } = pod;
    if (!isUnschedulable || controller === undefined) return [];
    const owner = ownerKey({ namespace, ...controller });
    return owners.has(owner) ? [{ pod, owner }] : [];
  });
  const because = await options.onUnschedulable(stuck.map(({ pod }) => pod));
  if (because === undefined) return;
  for (const node of active) {
    const isTheirs = node.owners.some((owner) => stuck.some((one) => one.owner === ownerKey(owner)));
    if (isTheirs) await block(batch, node, [because]);
  }
}

function ownerKey({ namespace, kind, name }: Pick<OwnerPromise, "namespace" | "kind" | "name">): string {
  return `${namespace}/${kind}/${name}`;
}
