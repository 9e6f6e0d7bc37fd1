import type { ClusterPod } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { poolOf, type WorkerPool } from "../../planning/rotation/surge";
import { growthDecision, isComplete, STUCK_MS, type Growth } from "./growth";
import { LeaseLostError } from "./lease";
import { resizeNodeGroup } from "./nodeGroups";
import { observePools } from "./pools";
import type { Run } from "./runContext";

/**
 * Adds a worker to the batch's pools when moved pods stay unschedulable.
 *
 * @returns what takes such pods, again and again while there are any, and answers why waiting for room is in vain; none
 *   while it is not. It is not an error of the run when a worker can't be added.
 */
export function growWhenStuck(
  { tools, outputs, options, observe }: Pick<Run, "tools" | "outputs" | "options" | "observe">,
  batch: readonly OldNode[],
): (pods: readonly ClusterPod[]) => Promise<string | undefined> {
  const { clock, emit, signal } = tools;
  let stuckSinceMs: number | undefined;
  let lookedAtMs = -Infinity;
  let last: Growth | undefined;

  const grow = async ({ nodeGroupName, desiredSize }: WorkerPool) => {
    emit({ type: "surging", nodeGroupName, from: desiredSize, to: desiredSize + 1 });
    const size = { desiredSize: desiredSize + 1 };
    const timeoutMs = options.nodeTimeoutSeconds * 1000;
    await resizeNodeGroup(tools, outputs.clusterName, nodeGroupName, size, timeoutMs);
  };

  return async (pods) => {
    const now = clock.now();
    if (pods.length === 0) {
      stuckSinceMs = undefined;
      return undefined;
    }
    stuckSinceMs ??= now;
    // To look at a large cluster takes seconds.
    if (now - stuckSinceMs < STUCK_MS || now - lookedAtMs < STUCK_MS) return undefined;
    lookedAtMs = now;
    const pools = await observePools(tools, outputs, await observe());
    const used = [...new Set<WorkerPool>(batch.flatMap(({ node }) => poolOf(node, pools) ?? []))];
    if (last?.readyAtMs === undefined && last !== undefined && used.every(isComplete)) {
      last = { ...last, readyAtMs: now };
    }
    const decision = growthDecision(pods, used, last, now);
    if (decision.kind === "wait") return undefined;
    if (decision.kind === "inVain") return decision.because;
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
