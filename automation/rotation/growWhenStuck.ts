import type { ClusterPod } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { poolOf, type WorkerPool } from "../../planning/rotation/surge";
import { resizeNodeGroup } from "./nodeGroups";
import { observePools } from "./pools";
import type { Run } from "./runContext";

/** How long pods may be unschedulable before a worker is added for them, and before another one is. */
const STUCK_MS = 15_000;
const BETWEEN_GROWTHS_MS = 90_000;

/**
 * Adds a worker to the batch's pools when moved pods stay unschedulable: what the scheduler obeys besides pods, CPU
 * and memory (affinity, spread, ports) is not in the computed sizes.
 */
export function growWhenStuck(
  { tools, outputs, options, observe }: Pick<Run, "tools" | "outputs" | "options" | "observe">,
  batch: readonly OldNode[],
): (pods: readonly ClusterPod[]) => Promise<void> {
  const { clock, emit } = tools;
  let stuckSinceMs: number | undefined;
  let grownAtMs = -Infinity;
  return async (pods) => {
    if (pods.length === 0) {
      stuckSinceMs = undefined;
      return;
    }
    const now = clock.now();
    stuckSinceMs ??= now;
    if (now - stuckSinceMs < STUCK_MS || now - grownAtMs < BETWEEN_GROWTHS_MS) return;
    grownAtMs = now;
    const pools = await observePools(tools, outputs, await observe());
    const used = new Set<WorkerPool>(batch.flatMap(({ node }) => poolOf(node, pools) ?? []));
    for (const { nodeGroupName, desiredSize, maxSize } of used) {
      if (desiredSize >= maxSize) continue;
      emit({ type: "surging", nodeGroupName, from: desiredSize, to: desiredSize + 1 });
      const size = { desiredSize: desiredSize + 1 };
      await resizeNodeGroup(
        tools,
        outputs.clusterName,
        nodeGroupName,
        size,
        options.nodeTimeoutSeconds * 1000,
      );
    }
  };
}
