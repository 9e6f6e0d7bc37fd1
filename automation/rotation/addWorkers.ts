import { oldReasons } from "../../planning/rotation/oldNode";
import { podsByNode } from "../../planning/rotation/observation";
import type { PoolTarget, WorkerPool } from "../../planning/rotation/surge";
import { describeNodeGroup, resizeNodeGroup } from "./nodeGroups";
import type { Observed, Observer } from "./observe";
import type { TellingTools } from "./outside";
import { RotationStopped } from "./result";
import { slimNode, type ApiNode, type NodeWithoutEnis } from "./slim";

/** How often nodes are looked at while workers are awaited. */
const POLL_MS = 1_000;

/**
 * Gives pools as many workers as they need, and waits until that many are Ready.
 *
 * @param targets the sizes; a pool that has its size is only waited for.
 * @returns the cluster as it is then.
 * @throws RotationStopped when they are not Ready in time, or one of them is old.
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
  await Promise.all(
    targets.map(async ({ nodeGroupName, desiredSize }) => {
      const from = pools.find((pool) => pool.nodeGroupName === nodeGroupName)?.desiredSize ?? 0;
      if (desiredSize <= from) return;
      emit({ type: "surging", nodeGroupName, from, to: desiredSize });
      await resizeNodeGroup(tools, clusterName, nodeGroupName, { desiredSize }, timeoutMs);
    }),
  );
  const deadline = clock.now() + timeoutMs;
  const told = new Set(pools.flatMap(({ nodes }) => nodes.filter(isUsable).map(({ name }) => name)));
  for (;;) {
    // Nodes alone: the rest of a large cluster takes seconds to observe.
    const nodes = await kubernetes.list("/api/v1/nodes", (node: ApiNode) => slimNode(node), {
      labelSelector: "eks.amazonaws.com/nodegroup",
    });
    const short = targets.filter(({ nodeGroupName, desiredSize }) => {
      const ready = nodesOf(nodes, nodeGroupName).filter(isUsable);
      for (const { name } of ready) {
        if (!told.has(name)) emit({ type: "workerReady", nodeGroupName, node: name });
        told.add(name);
      }
      return ready.length < desiredSize;
    });
    if (short.length === 0) return observe();
    if (clock.now() > deadline) throw await notReady(tools, clusterName, nodes, short, timeoutMs);
    await clock.sleep(POLL_MS, signal);
  }
}

/** The nodes of a managed node group. */
export function nodesOf<N extends NodeWithoutEnis>(nodes: readonly N[], nodeGroupName: string): N[] {
  return nodes.filter(({ owner }) => owner.kind === "managedNodeGroup" && owner.name === nodeGroupName);
}

function isUsable({ isReady, isUnschedulable }: NodeWithoutEnis): boolean {
  return isReady && !isUnschedulable;
}

/**
 * Stops the run when a node that joined during it is old: something is wrong with how nodes are made, and to rotate it
 * would only make the next one.
 *
 * @param newestNodeAtMs when the newest node was made that was there as the run began.
 */
export function assertNoOldNewcomer({ nodes, pods, target }: Observed, newestNodeAtMs: number): void {
  const byNode = podsByNode(pods);
  for (const node of nodes) {
    // Before it is Ready it has no addresses yet, and nothing can be said.
    if (node.createdAtMs <= newestNodeAtMs || !node.isReady) continue;
    const [reason] = oldReasons(node, byNode.get(node.name) ?? [], target);
    if (reason === undefined) continue;
    throw new RotationStopped({
      path: `nodes.${node.name}`,
      reason: `joined during this run and is old: ${reason.evidence}.`,
      fix: "Look at how its group makes nodes: ENIConfig of its zone, aws-node's settings, max pods in its user data.",
    });
  }
}

async function notReady(
  tools: TellingTools,
  clusterName: string,
  nodes: readonly NodeWithoutEnis[],
  short: readonly PoolTarget[],
  timeoutMs: number,
): Promise<RotationStopped> {
  const parts = await Promise.all(
    short.map(async ({ nodeGroupName, desiredSize }) => {
      const workers = nodesOf(nodes, nodeGroupName);
      const waiting = workers.filter((node) => !isUsable(node)).map(({ name }) => `${name} is not Ready`);
      const group = await describeNodeGroup(tools, clusterName, nodeGroupName);
      const why = [...waiting, ...(group?.healthIssues ?? [])].join("; ");
      return `${nodeGroupName}: ${workers.length - waiting.length} of ${desiredSize} Ready${why === "" ? "" : ` (${why})`}`;
    }),
  );
  return new RotationStopped({
    path: "workerGroups",
    reason: `new workers were not Ready within ${timeoutMs / 1000} s. ${parts.join(". ")}.`,
    fix: "Nothing was drained for them. Look at these nodes and groups, then run the rotation again.",
  });
}
