import { isBoundToZone } from "./capacity";
import { isFinished, podsByNode, type ClusterPod, type Observation } from "./observation";
import type { OldNode } from "./oldNodes";
import type { VerdictOptions } from "./podVerdict";
import { fits, largestFirst, spaceLeft, take, type Space } from "./space";
import { poolLoads, poolNeeds, spacesOf, type PoolLoad, type PoolNeed, type WorkerPool } from "./surge";
import type { PoolBase } from "./surgeLimit";

/**
 * What pools need, held to what was planned as the run began while workers of other pools have room.
 *
 * Pods are counted where their node is, but the scheduler takes them to any zone and group that they may be in: the further
 * a run comes, the more a worker holds pods of others, and the last nodes' pods don't fit their own pool's workers any
 * more, though the others have that much more room. So a worker beyond the plan is added only for pods that have no room
 * where others of their controller are already: that shows where the scheduler may put them. A pool whose pods may not
 * leave their zone gets all that it needs.
 *
 * @param going those whose pods move now.
 * @param bases what was planned, by the names of pools. @default nothing is held back
 */
export function needsWithinPlan(
  observation: Observation,
  pools: readonly WorkerPool[],
  old: readonly OldNode[],
  going: readonly OldNode[],
  {
    bases = new Map(),
    ...options
  }: VerdictOptions & { readonly bases?: ReadonlyMap<string, PoolBase> | undefined },
): PoolNeed[] {
  const needs = poolNeeds(observation, pools, old, going, options);
  const sizes = needs.map((need) => sizeOf(need, bases.get(need.nodeGroupName)?.target));
  if (sizes.every(({ wanted, planned }) => wanted === planned)) return needs;

  const running = podsByNode(observation.pods);
  const leaving = new Set(old.map(({ node }) => node.name));
  const places = poolLoads(pools, old, going, options).flatMap((load, index) => {
    const size = sizes[index];
    return size === undefined ? [] : [placeOf(load, size, running, leaving)];
  });
  // Those first that can be nowhere else, and among them the largest.
  for (const isAlone of [true, false]) {
    for (const place of places) {
      for (const pod of largestFirst(place.load.moving, place.load.pool.shape)) {
        const others = othersOf(pod, place, places);
        if ((others.length === 0) === isAlone) settle(pod, place, others);
      }
    }
  }
  return places.map(({ need, has, wanted, planned, beyondPlan }) => {
    const size = Math.min(wanted, planned + beyondPlan);
    const desiredSize = Math.min(size, need.desiredSize);
    return { ...need, desiredSize, added: desiredSize - has, beyondMaximum: size - desiredSize };
  });
}

/** How large a pool is, would be by its own pods, and was planned to be. */
interface PoolSize {
  readonly need: PoolNeed;
  readonly has: number;
  /** Beyond its maximum, too. */
  readonly wanted: number;
  readonly planned: number;
}

function sizeOf(need: PoolNeed, target = Infinity): PoolSize {
  const has = need.desiredSize - need.added;
  const wanted = need.desiredSize + need.beyondMaximum;
  // No zone whose nodes go is left without a worker.
  return { need, has, wanted, planned: Math.min(wanted, Math.max(has, target, 1)) };
}

/** A pool of its planned size, to be filled with pods. */
interface Place extends PoolSize {
  readonly load: PoolLoad;
  readonly spaces: Space[];
  /** UIDs of the controllers that have a pod on its workers. */
  readonly controllers: ReadonlySet<string>;
  /** Workers that it needs for pods that have room nowhere. */
  beyondPlan: number;
}

function placeOf(
  load: PoolLoad,
  size: PoolSize,
  running: ReadonlyMap<string, readonly ClusterPod[]>,
  leaving: ReadonlySet<string>,
): Place {
  const { pool, moving, daemons } = load;
  const planned = moving.some(isBoundToZone) ? size.wanted : size.planned;
  const coming = Array.from({ length: planned - size.has }, () => spaceLeft(pool.shape, daemons));
  const here = pool.nodes
    .filter(({ name }) => !leaving.has(name))
    .flatMap(({ name }) => running.get(name) ?? []);
  const alive = here.filter((pod) => !isFinished(pod) && !pod.isTerminating);
  return {
    ...size,
    load,
    planned,
    spaces: [...spacesOf(pool, running, daemons, leaving), ...coming],
    controllers: new Set(alive.flatMap(({ controller }) => controller?.uid ?? [])),
    beyondPlan: 0,
  };
}

/** Where else the scheduler may put a pod, as far as that shows. */
function othersOf({ controller }: ClusterPod, own: Place, places: readonly Place[]): Place[] {
  if (controller === undefined) return [];
  return places.filter((place) => place !== own && place.controllers.has(controller.uid));
}

function settle(pod: ClusterPod, own: Place, others: readonly Place[]): void {
  for (const { spaces } of [own, ...others]) {
    const space = spaces.find((one) => fits(pod, one));
    if (space === undefined) continue;
    take(pod, space);
    return;
  }
  const { pool, daemons } = own.load;
  const fresh = spaceLeft(pool.shape, daemons);
  // One that no worker takes was told with what the pool needs.
  if (!fits(pod, fresh)) return;
  take(pod, fresh);
  own.spaces.push(fresh);
  own.beyondPlan += 1;
}
