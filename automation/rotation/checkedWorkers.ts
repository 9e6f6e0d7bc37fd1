import { oldNodes } from "../../planning/rotation/oldNodes";
import { nodesOfPool, type PoolTarget } from "../../planning/rotation/surge";
import { addWorkers } from "./addWorkers";
import { checkFirstWorker } from "./firstWorker";
import { assertNoOldNewcomer, withoutNewcomers } from "./newcomers";
import type { Observed } from "./observe";
import { observePools } from "./pools";
import type { RotationRecord } from "./record";
import type { Run } from "./runContext";
import { keepFromScaleDown } from "./scaleDown";
import { together } from "./together";

/** Adds workers, and checks the first one of each pool, once: in each zone that it has any in by then. */
export interface CheckedWorkers {
  /**
   * @param run whose signal ends it.
   * @param before the cluster without them.
   * @returns the cluster with them, Ready, but for those that EC2 has no instances for.
   * @throws RotationStopped where they are not Ready in time, or not as they should be.
   */
  add(
    run: Omit<Run, "undo" | "leaving" | "rotated" | "blocked">,
    before: Observed,
    targets: readonly PoolTarget[],
  ): Promise<Observed>;
  /** Names of the groups of which a first worker was found as it should be. */
  readonly checked: () => ReadonlySet<string>;
  /** Why EC2 had no instances for a pool when it was last asked, by the name of its group. */
  exhausted(): ReadonlyMap<string, string>;
}

/** The new workers of a run. */
export function checkedWorkers(record: RotationRecord): CheckedWorkers {
  const checked = new Set<string>();
  const exhausted = new Map<string, string>();
  return {
    add: async (run, before, targets) => {
      const { tools, outputs, goal, options } = run;
      const timeoutMs = options.nodeTimeoutSeconds * 1000;
      const pools = await observePools(tools, outputs.clusterName, goal.sources, before);
      const added = await addWorkers(run, pools, targets);
      const { observed } = added;
      for (const { nodeGroupName } of targets) {
        const because = added.exhausted.get(nodeGroupName);
        if (because === undefined) exhausted.delete(nodeGroupName);
        else exhausted.set(nodeGroupName, because);
      }
      assertNoOldNewcomer(observed, record, tools.clock.now());
      // On the way back nodes may be old that are of the very group in which they are made anew.
      const leaving = new Set(
        withoutNewcomers(oldNodes(observed), record.newestNodeAtMs).map(({ node }) => node.name),
      );
      await together(tools, targets, async ({ nodeGroupName }, each) => {
        const pool = pools.find((one) => one.nodeGroupName === nodeGroupName);
        const joined = pool === undefined ? [] : nodesOfPool(observed.nodes, pool);
        const workers = joined.filter(({ name }) => !leaving.has(name));
        for (const worker of workers) await keepFromScaleDown(each.kubernetes, worker);
        const first = firstOfZones(workers.filter(({ isReady }) => isReady));
        if (first.length === 0 || checked.has(nodeGroupName)) return;
        const { eniConfigs } = outputs;
        const { runId } = record;
        for (const node of first) {
          await checkFirstWorker(each, { nodeGroupName, node, observed, eniConfigs, runId, timeoutMs });
        }
        checked.add(nodeGroupName);
      });
      return observed;
    },
    checked: () => checked,
    exhausted: () => exhausted,
  };
}

/** One node of each zone: subnets, and what they are routed by, differ by zone. */
function firstOfZones<N extends { readonly availabilityZone: string }>(nodes: readonly N[]): N[] {
  const zones = new Set(nodes.map(({ availabilityZone }) => availabilityZone));
  return [...zones].flatMap((zone) => nodes.find(({ availabilityZone }) => availabilityZone === zone) ?? []);
}
