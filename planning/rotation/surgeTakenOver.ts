import { substitutesOf } from "./capacity";
import { isUsable } from "./observation";
import { sum } from "../sequence";
import type { WorkerPool } from "./surge";
import { replacements, unreplaced, type PoolBase, type SurgeLimit } from "./surgeLimit";

/** Replacements of pools that get no instances, as other pools of their worker groups make them. */
export interface TakenOver {
  /** How many each pool makes for others, by its name. */
  readonly byPool: ReadonlyMap<string, number>;
  /** Old nodes that are gone and whose replacements those are that are not in service yet. */
  readonly unreplaced: number;
}

/** A pool that gets no instances. */
interface Exhausted {
  readonly base: PoolBase;
  readonly left: number;
  /** Workers that it has, and those that it had as the run began at the least. */
  readonly inService: number;
  /** Replacements that it was to make, and can't. */
  readonly owed: number;
}

/**
 * Which pools make the replacements that others can't, because EC2 has no instances for these: pods of nodes that are gone
 * would wait for them for nobody knows how long. What no pool of the worker group may make, for all have their maximum, is
 * not waited for.
 *
 * @param exhausted names of the pools that get none.
 * @param checked names of pools whose first worker was checked; of others none is a replacement.
 */
export function takenOver(
  pools: readonly WorkerPool[],
  exhausted: { readonly has: (nodeGroupName: string) => boolean },
  limit: Pick<SurgeLimit, "bases" | "left">,
  checked: { readonly has: (nodeGroupName: string) => boolean },
): TakenOver {
  const usable = pools.filter(({ nodeGroupName }) => !exhausted.has(nodeGroupName));
  const lacking = pools.filter(({ nodeGroupName }) => exhausted.has(nodeGroupName));
  const byPool = new Map<string, number>();
  let waiting = 0;
  for (const workerGroup of new Set(lacking.map((pool) => pool.workerGroup))) {
    const others = substitutesOf({ workerGroup }, usable);
    if (others.length === 0) continue;
    const short = lacking
      .filter((pool) => pool.workerGroup === workerGroup)
      .flatMap((pool) => exhaustedIn(pool, limit) ?? []);
    const { made, unmet } = shared(
      sum(short, ({ owed }) => owed),
      others,
      limit,
    );
    for (const [name, count] of made) byPool.set(name, count);
    const ready = sum(others, (pool) =>
      checked.has(pool.nodeGroupName)
        ? Math.min(made.get(pool.nodeGroupName) ?? 0, beyondOwn(pool, usableNodes(pool), limit))
        : 0,
    );
    waiting += unreplacedOf(short, ready + unmet);
  }
  return { byPool, unreplaced: waiting };
}

function exhaustedIn(
  pool: WorkerPool,
  { bases, left }: Pick<SurgeLimit, "bases" | "left">,
): Exhausted | undefined {
  const base = bases.get(pool.nodeGroupName);
  if (base === undefined) return undefined;
  const nodes = left.get(pool.nodeGroupName) ?? 0;
  const inService = Math.max(base.workers, usableNodes(pool));
  return { base, left: nodes, inService, owed: Math.max(0, replacements(base, nodes) - inService) };
}

/** Shares replacements out: first to pools that have more workers than their own nodes take, then to those that may grow. */
function shared(
  owed: number,
  others: readonly WorkerPool[],
  limit: Pick<SurgeLimit, "bases" | "left">,
): { readonly made: ReadonlyMap<string, number>; readonly unmet: number } {
  const made = new Map<string, number>();
  let unmet = owed;
  const take = ({ nodeGroupName }: WorkerPool, most: number) => {
    const count = Math.max(0, Math.min(unmet, most));
    made.set(nodeGroupName, (made.get(nodeGroupName) ?? 0) + count);
    unmet -= count;
  };
  for (const pool of others) take(pool, beyondOwn(pool, pool.desiredSize, limit));
  for (const pool of others) take(pool, pool.maxSize - Math.max(pool.desiredSize, dueOf(pool, limit)));
  return { made, unmet };
}

/** @param helped replacements that others have made, or that nobody can make. */
function unreplacedOf(short: readonly Exhausted[], helped: number): number {
  let rest = helped;
  return sum(short, ({ base, left, inService, owed }) => {
    const share = Math.min(rest, owed);
    rest -= share;
    return unreplaced(base, left, inService + share);
  });
}

/** Workers of a pool that are no replacements of its own nodes. */
function beyondOwn(pool: WorkerPool, workers: number, limit: Pick<SurgeLimit, "bases" | "left">): number {
  return Math.max(0, workers - dueOf(pool, limit));
}

function dueOf(
  { nodeGroupName, desiredSize }: WorkerPool,
  { bases, left }: Pick<SurgeLimit, "bases" | "left">,
): number {
  const base = bases.get(nodeGroupName);
  return base === undefined ? desiredSize : replacements(base, left.get(nodeGroupName) ?? 0);
}

function usableNodes({ nodes }: WorkerPool): number {
  return nodes.filter(isUsable).length;
}
