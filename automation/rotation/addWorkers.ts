import { isUsable } from "../../planning/rotation/observation";
import { nodesOfPool, type PoolTarget, type WorkerPool } from "../../planning/rotation/surge";
import { capacityWatch } from "./capacityWatch";
import { describeGroup, groupOfPool, resizeGroup } from "./groups";
import { membership, type Membership } from "./membership";
import type { Observed } from "./observe";
import type { TellingTools } from "./outside";
import { RotationStopped } from "./result";
import type { Run } from "./runContext";
import { latestLaunches } from "./scalingGroups";
import type { NodeWithoutEnis } from "./slim";
import { together } from "./together";

/** Workers are looked for whenever something changes, and at least this often: deadlines pass by themselves. */
const LOOKED_AT_EVERY_MS = 1_000;

/** What became of workers that were asked for. */
export interface AddedWorkers {
  /** The cluster as it is then. */
  readonly observed: Observed;
  /** Why EC2 has no instances for a pool, by the name of its group; what it wanted is not waited for. */
  readonly exhausted: ReadonlyMap<string, string>;
}

/**
 * Gives pools as many workers as they need, and waits until that many are Ready; not longer than a while for those whose
 * zone has no instances left.
 *
 * @param targets the sizes; a pool that has its size is only waited for.
 * @throws RotationStopped when they are not Ready in time.
 */
export async function addWorkers(
  {
    tools,
    outputs: { clusterName },
    options,
    watch,
    observe,
  }: Pick<Run, "tools" | "outputs" | "options" | "watch" | "observe">,
  pools: readonly WorkerPool[],
  targets: readonly PoolTarget[],
): Promise<AddedWorkers> {
  const timeoutMs = options.nodeTimeoutSeconds * 1000;
  const { clock, emit } = tools;
  const wanted = targets.flatMap(({ nodeGroupName, desiredSize }) => {
    const pool = pools.find((one) => one.nodeGroupName === nodeGroupName);
    return pool === undefined
      ? []
      : [{ pool, nodeGroupName, desiredSize, usable: usableWanted(desiredSize, pool.nodes) }];
  });
  await together(tools, wanted, async ({ pool, nodeGroupName, desiredSize }, each) => {
    if (desiredSize <= pool.desiredSize) return;
    emit({ type: "surging", nodeGroupName, from: pool.desiredSize, to: desiredSize });
    const minSize = minimumWith(pool, desiredSize);
    const minimum = minSize === undefined ? {} : { minSize, minSizeWas: 0 };
    await resizeGroup(each, clusterName, groupOfPool(pool), { desiredSize, ...minimum }, timeoutMs);
    if (minSize !== undefined) emit({ type: "minSizeRestored", nodeGroupName, to: minSize });
  });
  const deadline = clock.now() + timeoutMs;
  const told = new Set(pools.flatMap(({ nodes }) => nodes.filter(isUsable).map(({ name }) => name)));
  const withOwners = pools.some(({ kind }) => kind === "autoScaling") ? membership(tools) : asTheyAre;
  const capacity = capacityWatch(tools, clusterName);
  const lacking = new Set<string>();
  const changes = watch.changes();
  for (;;) {
    tools.signal.throwIfAborted();
    const nodes = await withOwners(watch.nodes());
    const short = wanted.filter(({ pool, nodeGroupName, usable }) => {
      const ready = nodesOfPool(nodes, pool).filter(isUsable);
      for (const { name } of ready) {
        if (!told.has(name)) emit({ type: "workerReady", nodeGroupName, node: name });
        told.add(name);
      }
      return ready.length < usable;
    });
    const exhausted = await capacity.exhausted(short.map(({ pool }) => pool));
    for (const [nodeGroupName, because] of exhausted) {
      if (!lacking.has(nodeGroupName)) emit({ type: "outOfCapacity", nodeGroupName, because });
      lacking.add(nodeGroupName);
    }
    const awaited = short.filter(({ nodeGroupName }) => !exhausted.has(nodeGroupName));
    if (awaited.length === 0) return { observed: await observe(), exhausted };
    if (clock.now() > deadline) throw await notReady(tools, clusterName, nodes, awaited, timeoutMs);
    await changes.next(LOOKED_AT_EVERY_MS);
  }
}

/**
 * The minimum that a group gets back in the very call that has it grow that far: what scales groups in by their minimum
 * never sees it with new workers that wait for pods, and without one. EKS takes no minimum above the desired size.
 */
export function minimumWith(
  { desiredSize: now, minSize = 0 }: Pick<WorkerPool, "desiredSize" | "minSize">,
  desiredSize: number,
): number | undefined {
  return now < minSize && minSize <= desiredSize ? minSize : undefined;
}

const asTheyAre: Membership = (nodes) => Promise.resolve(nodes);

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

async function notReady(
  tools: TellingTools,
  clusterName: string,
  nodes: readonly NodeWithoutEnis[],
  short: readonly { readonly pool: WorkerPool; readonly usable: number }[],
  timeoutMs: number,
): Promise<RotationStopped> {
  const parts = await Promise.all(
    short.map(async ({ pool, usable }) => {
      const workers = nodesOfPool(nodes, pool);
      const waiting = workers
        .filter((node) => !isUsable(node))
        .map(({ name, isReady }) => `${name} is ${isReady ? "cordoned" : "not Ready"}`);
      const group = await describeGroup(tools, clusterName, groupOfPool(pool));
      const { failures } = await latestLaunches(tools, group?.autoScalingGroups ?? []);
      const why = [...new Set([...waiting, ...(group?.healthIssues ?? []), ...failures])].join("; ");
      return `${pool.nodeGroupName}: ${workers.length - waiting.length} of ${usable} Ready${why === "" ? "" : ` (${why})`}`;
    }),
  );
  return new RotationStopped({
    path: "workerGroups",
    reason: `new workers were not Ready within ${timeoutMs / 1000} s. ${parts.join(". ")}.`,
    fix: "Nothing was drained for them. Look at these nodes and groups, then run the rotation again.",
  });
}
