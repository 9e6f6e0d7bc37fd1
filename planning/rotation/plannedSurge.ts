import type { Problem } from "../problem";
import { workersWithRoom, type PoolSubnets, type SurgeMoment } from "./addressRoom";
import type { Amount } from "./amount";
import type { Observation } from "./observation";
import type { OldNode } from "./oldNodes";
import type { VerdictOptions } from "./podVerdict";
import { poolOf, type PoolNeed, type PoolTarget, type WorkerPool } from "./surge";
import { needsWithinPlan } from "./surgeBeyondPlan";
import { withinSurge, type PoolBase } from "./surgeLimit";

/** Workers that are added to a pool. */
export interface AddedWorkers {
  readonly nodeGroupName: string;
  readonly added: number;
}

/** The workers of a whole rotation. */
export interface PlannedSurge {
  /** What is added before each batch. */
  readonly steps: readonly (readonly AddedWorkers[])[];
  /** How many workers there are at the most while each batch is under way, those for the next one among them. */
  readonly moments: readonly SurgeMoment[];
  /** Pools as they will be when all has moved. */
  readonly targets: readonly PoolTarget[];
  /** By the names of pools, for a surge to be counted from. */
  readonly bases: ReadonlyMap<string, PoolBase>;
  readonly problems: readonly Problem[];
}

/**
 * Plans the workers of a rotation: before a batch as many as it and all before it take, as far as the surge lets.
 *
 * @param old every old node.
 * @param inBatches those that go.
 * @param surge workers ahead of the end of old nodes, where there are addresses for them. @default as many as the batch that
 *   goes and the next one need
 * @param subnets of pools. @default there is room for any number
 * @param begun what was planned as the run began, by the names of pools, where one goes on. @default nothing yet
 */
export function plannedSurge(
  observation: Observation,
  pools: readonly WorkerPool[],
  old: readonly OldNode[],
  inBatches: readonly (readonly OldNode[])[],
  {
    surge,
    subnets = [],
    begun,
    ...given
  }: VerdictOptions & {
    readonly surge?: Amount | undefined;
    readonly subnets?: readonly PoolSubnets[] | undefined;
    readonly begun?: ReadonlyMap<string, PoolBase> | undefined;
  },
): PlannedSurge {
  const options = { ...given, bases: begun };
  const needed = inBatches.map((_, index) =>
    needsWithinPlan(observation, pools, old, inBatches.slice(0, index + 1).flat(), options),
  );
  const inTheEnd = needed.at(-1) ?? needsWithinPlan(observation, pools, old, [], options);
  const bases = poolBases(pools, inTheEnd, { old, going: inBatches.flat() }, subnets);
  const sizes = new Map(pools.map(({ nodeGroupName, desiredSize }) => [nodeGroupName, desiredSize]));
  const limited = (needs: readonly PoolNeed[], gone: readonly OldNode[]): readonly PoolNeed[] => {
    const grown = needs.map((need) => {
      const has = sizes.get(need.nodeGroupName) ?? 0;
      const desiredSize = Math.max(need.desiredSize, has);
      return { ...need, desiredSize, added: desiredSize - has };
    });
    if (surge === undefined) return grown;
    const names = new Set(gone.map(({ node }) => node.name));
    const left = oldByPool(
      old.filter(({ node }) => !names.has(node.name)),
      pools,
    );
    return withinSurge(grown, { surge, bases, left });
  };
  const steps: AddedWorkers[][] = [];
  const moments: SurgeMoment[] = [];
  needed.forEach((needs, index) => {
    const gone = inBatches.slice(0, index).flat();
    const before = limited(needs, gone);
    steps.push(
      before.filter(({ added }) => added > 0).map(({ nodeGroupName, added }) => ({ nodeGroupName, added })),
    );
    for (const { nodeGroupName, desiredSize } of before) sizes.set(nodeGroupName, desiredSize);
    const withNext = limited(needed[index + 1] ?? needs, gone);
    moments.push({ gone, added: addedSince(pools, withNext, surge === undefined ? inTheEnd : []) });
  });
  return {
    steps,
    moments,
    bases,
    targets: inTheEnd.map(({ nodeGroupName, availabilityZones, desiredSize, added }) => ({
      nodeGroupName,
      availabilityZones,
      desiredSize,
      added,
    })),
    problems: pools.flatMap((pool) =>
      needProblems(
        pool,
        inTheEnd.find(({ nodeGroupName }) => nodeGroupName === pool.nodeGroupName),
        observation.target.wayBack !== undefined,
      ),
    ),
  };
}

/** How many old nodes each pool replaces, by its name. */
export function oldByPool(
  old: readonly OldNode[],
  pools: readonly WorkerPool[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { node } of old) {
    const name = poolOf(node, pools)?.nodeGroupName;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function poolBases(
  pools: readonly WorkerPool[],
  inTheEnd: readonly PoolNeed[],
  { old: all, going }: { readonly old: readonly OldNode[]; readonly going: readonly OldNode[] },
  subnets: readonly PoolSubnets[],
): ReadonlyMap<string, PoolBase> {
  const old = oldByPool(going, pools);
  const inAll = oldByPool(all, pools);
  const room = workersWithRoom(subnets.filter(({ nodeGroupName }) => old.has(nodeGroupName)));
  return new Map(
    pools.map(({ nodeGroupName, desiredSize }) => {
      const end = inTheEnd.find((need) => need.nodeGroupName === nodeGroupName);
      const target = end?.desiredSize ?? desiredSize;
      const replaced = old.get(nodeGroupName) ?? 0;
      const staying = (inAll.get(nodeGroupName) ?? 0) - replaced;
      const base = { workers: desiredSize, target, old: replaced, ...(staying > 0 && { staying }) };
      return [nodeGroupName, { ...base, room: room.get(nodeGroupName) }];
    }),
  );
}

/**
 * Workers that pools have more than now.
 *
 * @param first pools that get a worker at once where they are to have any: it is checked before anything is cordoned.
 */
function addedSince(
  pools: readonly WorkerPool[],
  needs: readonly PoolNeed[],
  first: readonly PoolNeed[],
): ReadonlyMap<string, number> {
  return new Map(
    pools.map(({ nodeGroupName, desiredSize }) => {
      const named = (all: readonly PoolNeed[]) =>
        all.find((need) => need.nodeGroupName === nodeGroupName)?.desiredSize ?? 0;
      return [nodeGroupName, Math.max(named(needs), Math.min(1, named(first)), desiredSize) - desiredSize];
    }),
  );
}

function needProblems(pool: WorkerPool, need: PoolNeed | undefined, isWayBack: boolean): Problem[] {
  const { oversized = [], beyondMaximum = 0 } = need ?? {};
  const path = `${isWayBack ? "oldGroups" : "workerGroups"}.${pool.workerGroup}`;
  const { pods, cpuMillis } = pool.shape;
  const wanted = pool.maxSize + beyondMaximum;
  return [
    ...(oversized.length === 0
      ? []
      : [
          {
            path: `${path}.instanceTypes`,
            reason: `${oversized.join(", ")}: no worker of ${pool.nodeGroupName} takes them (${pods} pods, ${cpuMillis} m CPU), beside its DaemonSets.`,
            fix: "Give the group a larger instance type.",
          },
        ]),
    ...(beyondMaximum === 0
      ? []
      : [
          {
            path: `${path}.maxSize`,
            reason: `${pool.nodeGroupName} would need ${wanted} workers for the pods of the nodes that it replaces; its maximum is ${pool.maxSize}.`,
            fix: `Raise it to ${wanted} or more, and ${isWayBack ? "look again" : "run podnet up"}.`,
          },
        ]),
  ];
}
