import { stillExhausted, usablePools } from "../../planning/rotation/capacity";
import { poolOf, type WorkerPool } from "../../planning/rotation/surge";
import type { DrainOptions } from "./drainingNode";
import { growthDecision, isComplete, STUCK_MS, type Growth } from "./growth";
import { groupOfPool, resizeGroup } from "./groups";
import { LeaseLostError } from "./lease";
import { observePools } from "./pools";
import type { Run } from "./runContext";

/**
 * Adds a worker to the pools of drained nodes when moved pods stay unschedulable.
 *
 * @param exhausted why EC2 has no instances for pools, by their names: another zone's pool gets the worker instead.
 * @returns what takes such pods, again and again while there are any, and answers why waiting for room is in vain; none
 *   while it is not. It is not an error of the run when a worker can't be added.
 */
export function growWhenStuck(
  { tools, outputs, goal, options, observe }: Pick<Run, "tools" | "outputs" | "goal" | "options" | "observe">,
  exhausted: () => ReadonlyMap<string, string>,
): DrainOptions["onUnschedulable"] {
  const { clock, emit, signal } = tools;
  let stuckSinceMs: number | undefined;
  let lookedAtMs = -Infinity;
  let last: Growth | undefined;

  const grow = async (pool: WorkerPool) => {
    const { nodeGroupName, desiredSize } = pool;
    emit({ type: "surging", nodeGroupName, from: desiredSize, to: desiredSize + 1 });
    const size = { desiredSize: desiredSize + 1 };
    const timeoutMs = options.nodeTimeoutSeconds * 1000;
    await resizeGroup(tools, outputs.clusterName, groupOfPool(pool), size, timeoutMs);
  };

  return async (pods, nodes) => {
    // Within a surge, workers come in the place of nodes that are gone.
    if (options.surge !== undefined) return undefined;
    const now = clock.now();
    if (pods.length === 0) {
      stuckSinceMs = undefined;
      return undefined;
    }
    stuckSinceMs ??= now;
    // To look at a large cluster takes seconds.
    if (now - stuckSinceMs < STUCK_MS || now - lookedAtMs < STUCK_MS) return undefined;
    lookedAtMs = now;
    const found = await observePools(tools, outputs.clusterName, goal.sources, await observe());
    const pools = usablePools(found, stillExhausted(exhausted(), found));
    const used = [...new Set<WorkerPool>(nodes.flatMap((node) => poolOf(node, pools) ?? []))];
    if (last?.readyAtMs === undefined && last !== undefined && used.every(isComplete)) {
      last = { ...last, readyAtMs: now };
    }
    const decision = growthDecision(pods, used, last, now);
    if (decision.kind === "wait") return undefined;
    if (decision.kind === "inVain") {
      // Karpenter makes nodes for pods that wait, in its own time.
      return nodes.some(({ owner }) => owner.kind === "karpenter") ? undefined : decision.because;
    }
    last = { pods: new Set(pods.map(({ uid }) => uid)), readyAtMs: undefined };
    try {
      for (const pool of decision.pools) await grow(pool);
      return undefined;
    } catch (error) {
      if (signal.aborted || error instanceof LeaseLostError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      return `no worker could be added for pods that no node takes: ${why}`;
    }
  };
}
