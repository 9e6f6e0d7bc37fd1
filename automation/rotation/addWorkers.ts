import type { PoolTarget, WorkerPool } from "../../planning/rotation/surge";
import { describeNodeGroup, resizeNodeGroup } from "./nodeGroups";
import type { Observed, Observer } from "./observe";
import type { TellingTools } from "./outside";
import { RotationStopped } from "./result";
import { slimNode, type ApiNode, type NodeWithoutEnis } from "./slim";
import { together } from "./together";

/** How often nodes are looked at while workers are awaited. */
const POLL_MS = 1_000;

/**
 * Gives pools as many workers as they need, and waits until that many are Ready.
 *
 * @param targets the sizes; a pool that has its size is only waited for.
 * @returns the cluster as it is then.
 * @throws RotationStopped when they are not Ready in time.
 */
export async function addWorkers(
  tools: TellingTools,
  clusterName: string,
  pools: readonly WorkerPool[],
  targets: readonly PoolTarget[],
  observe: Observer,
  timeoutMs: number,
): Promise<Observed> {
  const { clock, emit, kubernetes, signal } = tools;
  await together(tools, targets, async ({ nodeGroupName, desiredSize }, each) => {
    const from = pools.find((pool) => pool.nodeGroupName === nodeGroupName)?.desiredSize ?? 0;
    if (desiredSize <= from) return;
    emit({ type: "surging", nodeGroupName, from, to: desiredSize });
    await resizeNodeGroup(each, clusterName, nodeGroupName, { desiredSize }, timeoutMs);
  });
  const wanted = targets.map((target) => ({
    ...target,
    usable: usableWanted(
      target.desiredSize,
      pools.find(({ nodeGroupName }) => nodeGroupName === target.nodeGroupName)?.nodes ?? [],
    ),
  }));
  const deadline = clock.now() + timeoutMs;
  const told = new Set(pools.flatMap(({ nodes }) => nodes.filter(isUsable).map(({ name }) => name)));
  for (;;) {
    // Nodes alone: the rest of a large cluster takes seconds to observe.
    const nodes = await kubernetes.list("/api/v1/nodes", (node: ApiNode) => slimNode(node), {
      labelSelector: "eks.amazonaws.com/nodegroup",
    });
    const short = wanted.filter(({ nodeGroupName, usable }) => {
      const ready = nodesOf(nodes, nodeGroupName).filter(isUsable);
      for (const { name } of ready) {
        if (!told.has(name)) emit({ type: "workerReady", nodeGroupName, node: name });
        told.add(name);
      }
      return ready.length < usable;
    });
    if (short.length === 0) return observe();
    if (clock.now() > deadline) throw await notReady(tools, clusterName, nodes, short, timeoutMs);
    await clock.sleep(POLL_MS, signal);
  }
}

/**
 * How many usable workers a pool is waited for to have: all that it wants, less those that a person has taken out of
 * service or that were not Ready before. Pods are given no room on these either; but one worker is always waited for,
 * since the first of a pool is checked.
 *
 * @param before the workers that the pool had.
 */
export function usableWanted(
  desiredSize: number,
  before: readonly Pick<NodeWithoutEnis, "isReady" | "isUnschedulable">[],
): number {
  const without = before.filter((node) => !isUsable(node)).length;
  const cordoned = before.filter(({ isUnschedulable }) => isUnschedulable).length;
  return Math.max(desiredSize - without, Math.min(1, desiredSize - cordoned));
}

/** The nodes of a managed node group. */
export function nodesOf<N extends NodeWithoutEnis>(nodes: readonly N[], nodeGroupName: string): N[] {
  return nodes.filter(({ owner }) => owner.kind === "managedNodeGroup" && owner.name === nodeGroupName);
}

function isUsable({
  isReady,
  isUnschedulable,
}: Pick<NodeWithoutEnis, "isReady" | "isUnschedulable">): boolean {
  return isReady && !isUnschedulable;
}

async function notReady(
  tools: TellingTools,
  clusterName: string,
  nodes: readonly NodeWithoutEnis[],
  short: readonly (PoolTarget & { readonly usable: number })[],
  timeoutMs: number,
): Promise<RotationStopped> {
  const parts = await Promise.all(
    short.map(async ({ nodeGroupName, usable }) => {
      const workers = nodesOf(nodes, nodeGroupName);
      const waiting = workers
        .filter((node) => !isUsable(node))
        .map(({ name, isReady }) => `${name} is ${isReady ? "cordoned" : "not Ready"}`);
      const group = await describeNodeGroup(tools, clusterName, nodeGroupName);
      const why = [...waiting, ...(group?.healthIssues ?? [])].join("; ");
      return `${nodeGroupName}: ${workers.length - waiting.length} of ${usable} Ready${why === "" ? "" : ` (${why})`}`;
    }),
  );
  return new RotationStopped({
    path: "workerGroups",
    reason: `new workers were not Ready within ${timeoutMs / 1000} s. ${parts.join(". ")}.`,
    fix: "Nothing was drained for them. Look at these nodes and groups, then run the rotation again.",
  });
}
