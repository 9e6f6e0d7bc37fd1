import { saysNoCapacity } from "../../planning/rotation/capacity";
import type { WorkerPool } from "../../planning/rotation/surge";
import { describeGroup, groupOfPool } from "./groups";
import type { Tools } from "./outside";
import { latestLaunches } from "./scalingGroups";

/** How often Auto Scaling is asked how its launches went. */
const ASKED_EVERY_MS = 5_000;
/** How long Auto Scaling may look for an instance, by another type of the group or by trying again. */
const PATIENCE_MS = 30_000;

/** Looks whether EC2 has instances for pools that are short of workers. */
export interface CapacityWatch {
  /** @returns of these pools those for which there have been none for a while, by name, with EC2's message. */
  exhausted(short: readonly WorkerPool[]): Promise<ReadonlyMap<string, string>>;
}

/** Asks Auto Scaling now and then. */
export function capacityWatch(tools: Tools, clusterName: string): CapacityWatch {
  const { clock } = tools;
  const failing = new Map<string, { readonly sinceMs: number; readonly message: string }>();
  let askedAtMs = clock.now();
  const ask = async (pool: WorkerPool) => {
    const name = pool.nodeGroupName;
    const group = await describeGroup(tools, clusterName, groupOfPool(pool));
    const { failures, areUndecided } = await latestLaunches(tools, group?.autoScalingGroups ?? []);
    const message = failures.find(saysNoCapacity);
    // Auto Scaling tries again and again: that it has just begun to is no instance yet.
    if (message === undefined && areUndecided) return;
    if (message === undefined) failing.delete(name);
    else failing.set(name, { sinceMs: failing.get(name)?.sinceMs ?? clock.now(), message });
  };
  return {
    exhausted: async (short) => {
      const now = clock.now();
      if (now - askedAtMs >= ASKED_EVERY_MS) {
        askedAtMs = now;
        for (const pool of short) await ask(pool);
      }
      const long = short.flatMap(({ nodeGroupName }): [string, string][] => {
        const one = failing.get(nodeGroupName);
        return one === undefined || now - one.sinceMs < PATIENCE_MS ? [] : [[nodeGroupName, one.message]];
      });
      return new Map(long);
    },
  };
}
