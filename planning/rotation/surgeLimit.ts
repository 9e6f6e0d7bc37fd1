import { sum } from "../sequence";
import { numberOf, type Amount } from "./amount";
import { isUsable } from "./observation";
import type { PoolTarget, WorkerPool } from "./surge";

/** How a pool stood when a run began, and what was planned for it: by this is told how much of it is a replacement. */
export interface PoolBase {
  /** Workers that it had. */
  readonly workers: number;
  /** Workers that it will have when all has moved. */
  readonly target: number;
  /** Old nodes whose pods come to it. */
  readonly old: number;
  /** Old nodes of it that could not be drained as the run began, so that nothing was planned for them. @default 0 */
  readonly staying?: number | undefined;
  /** Workers that its node subnets had addresses for as the run began; none made ahead is beyond them. @default any */
  readonly room?: number | undefined;
}

/** A surge, and what it is counted from. */
export interface SurgeLimit {
  readonly surge: Amount;
  /** By the names of pools. */
  readonly bases: ReadonlyMap<string, PoolBase>;
  /** How many old nodes are still there, by the names of the pools that their pods come to. */
  readonly left: ReadonlyMap<string, number>;
  /** Replacements that pools make for others of their worker group that get no instances, by their names. @default none */
  readonly takenOver?: ReadonlyMap<string, number>;
}

/**
 * How many workers a pool has a right to in the place of old nodes that are gone: of those that are planned for it, the
 * same share as of its old nodes, rounded up. They are no surge, for the nodes that they replace are not there any more.
 */
export function replacements(base: PoolBase, left: number): number {
  return workersInPlaceOf(base, goneOf(base, left));
}

/**
 * How many old nodes are gone without being replaced yet: they are out of service like those that are on their way.
 *
 * @param checked names of pools whose first worker was checked; of others none is a replacement.
 */
export function unreplacedNodes(
  pools: readonly Pick<WorkerPool, "nodeGroupName" | "nodes">[],
  { bases, left }: Pick<SurgeLimit, "bases" | "left">,
  checked: { readonly has: (nodeGroupName: string) => boolean },
): number {
  return sum(pools, ({ nodeGroupName, nodes }) => {
    const base = bases.get(nodeGroupName);
    const inService = checked.has(nodeGroupName) ? nodes.filter(isUsable).length : 0;
    return base === undefined ? 0 : unreplaced(base, left.get(nodeGroupName) ?? 0, inService);
  });
}

/**
 * How many old nodes of a pool are gone without being replaced yet.
 *
 * @param left how many are still there.
 * @param inService workers of the pool that pods can be placed on.
 */
export function unreplaced(base: PoolBase, left: number, inService: number): number {
  const gone = goneOf(base, left);
  let replaced = gone;
  while (replaced > 0 && workersInPlaceOf(base, replaced) > inService) replaced -= 1;
  return gone - replaced;
}

function goneOf({ old, staying = 0 }: PoolBase, left: number): number {
  return Math.max(0, old - Math.max(0, left - staying));
}

function workersInPlaceOf({ workers, target, old }: PoolBase, gone: number): number {
  return old === 0 ? workers : workers + Math.ceil((Math.max(0, target - workers) * gone) / old);
}

/**
 * What pools get of what they need within a surge: replacements of old nodes that are gone, always, and of workers that
 * are made ahead of their old nodes' end as many as the surge lets, over all pools, in their order, and as their own node
 * subnets had room for.
 */
export function withinSurge<N extends PoolTarget>(
  needs: readonly N[],
  { surge, bases, left, takenOver = new Map() }: SurgeLimit,
): N[] {
  const all = needs.map((need) => {
    const has = need.desiredSize - need.added;
    const base: PoolBase = bases.get(need.nodeGroupName) ?? { workers: has, target: has, old: 0 };
    const own = replacements(base, left.get(need.nodeGroupName) ?? 0);
    const due = own + (takenOver.get(need.nodeGroupName) ?? 0);
    return { need, has, due, room: base.room ?? Infinity };
  });
  const old = sum([...bases.values()], (base) => base.old);
  let ahead = numberOf(surge, old, "up") - sum(all, ({ has, due }) => Math.max(0, has - due));
  return all.map(({ need, has, due, room }) => {
    const least = Math.max(has, due);
    const own = Math.max(0, room - Math.max(0, has - due));
    const extra = Math.min(Math.max(0, need.desiredSize - least), Math.max(0, ahead), own);
    ahead -= extra;
    const desiredSize = least + extra;
    return { ...need, desiredSize, added: desiredSize - has };
  });
}
