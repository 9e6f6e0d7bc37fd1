import { batches } from "../../planning/rotation/batches";
import { usablePools, withoutCapacity, type NodeWithoutCapacity } from "../../planning/rotation/capacity";
import type { Observation } from "../../planning/rotation/observation";
import { oldNodes, type OldNode } from "../../planning/rotation/oldNodes";
import type { VerdictOptions } from "../../planning/rotation/podVerdict";
import { undrainable, type UndrainableNode } from "../../planning/rotation/rotationPlan";
import type { HomelessPods } from "../../planning/rotation/homelessPods";
import { oldByPool } from "../../planning/rotation/plannedSurge";
import { poolOf, type PoolNeed, type WorkerPool } from "../../planning/rotation/surge";
import { beyondMaximum } from "../../planning/rotation/surgeBeyondMaximum";
import { needsWithinPlan } from "../../planning/rotation/surgeBeyondPlan";
import { unreplacedNodes, withinSurge, type PoolBase } from "../../planning/rotation/surgeLimit";
import { takenOver } from "../../planning/rotation/surgeTakenOver";
import { withoutNewcomers } from "./newcomers";
import { marksOf } from "./nodeMarks";
import type { RotationOptions } from "./rotationOptions";

/** What a run does next, by how the cluster is now. */
export type NextStep =
  | {
      readonly kind: "go";
      /** Nodes to be drained now: there is room for their pods on workers that are Ready. */
      readonly drain: readonly OldNode[];
      /** Pools to be grown meanwhile, for these and for those that come after them; none where nothing is to be added. */
      readonly grow: readonly PoolNeed[];
    }
  /** No other node is to be begun, but for those that can't be drained. */
  | {
      readonly kind: "end";
      readonly stuck: readonly UndrainableNode[];
      readonly withoutCapacity: readonly NodeWithoutCapacity[];
    };

/** How far a run has come, besides what shows in the cluster. */
export interface RunState {
  /** When the newest node was made that was there as the run began; newer ones are not rotated. */
  readonly newestNodeAtMs: number;
  /** Names of nodes that were tried in vain. */
  readonly blocked: ReadonlySet<string>;
  /** Names of nodes that are on their way out. */
  readonly going: ReadonlySet<string>;
  /** Whether workers are being added. */
  readonly isGrowing: boolean;
  /** Nodes that may be on their way out at once. */
  readonly size: number;
  /** Pods that would find no other node: theirs are left. @default none */
  readonly homeless?: HomelessPods;
  /** Why EC2 has no instances for pools, by the names of their groups. @default it has some for all */
  readonly exhausted?: ReadonlyMap<string, string>;
  /** How pools stood and what was planned, by their names. @default no surge is kept, and nothing is held to a plan */
  readonly bases?: ReadonlyMap<string, PoolBase>;
  /** Names of pools whose first worker was checked; of others no worker is a replacement. */
  readonly checked: ReadonlySet<string>;
  /** Whether no further node is to be begun: then those that are gone are replaced, and that is the end. @default no */
  readonly isPausing?: boolean;
}

/**
 * Decides what a run does next: those that were begun first, then as planned. Within a surge, nodes that are gone count as
 * on their way out until their replacements are in service.
 */
export function nextStep(
  observed: Observation,
  given: readonly WorkerPool[],
  {
    newestNodeAtMs,
    blocked,
    going,
    isGrowing,
    size,
    homeless,
    exhausted = new Map(),
    bases,
    checked,
    isPausing = false,
  }: RunState,
  options: RotationOptions & VerdictOptions,
): NextStep {
  const all = withoutNewcomers(oldNodes(observed), newestNodeAtMs);
  const open = all.filter(({ node }) => !blocked.has(node.name) && !going.has(node.name));
  const stuck = open.flatMap((one) => undrainable(one, observed.budgets, options, homeless) ?? []);
  const pools = usablePools(given, exhausted);
  const onTheirWay = all.filter(({ node }) => going.has(node.name));
  const needs = (next: readonly OldNode[], among: readonly WorkerPool[]) =>
    needsWithinPlan(observed, among, all, [...onTheirWay, ...next], { ...options, bases });
  const lacking = withoutWorkers(open, given, exhausted, (next) => needs(next, pools));
  const stays = new Set([...stuck, ...lacking].map(({ node }) => node));
  const order = batches(
    open
      .filter(({ node }) => !stays.has(node.name))
      .map((one) => ({
        ...one,
        name: one.node.name,
        availabilityZone: one.node.availabilityZone,
        isStarted: marksOf(one.node.annotations) !== undefined,
      })),
    size,
  ).flat();
  const left = oldByPool(all, given);
  const taken = takenOver(given, exhausted, { bases: bases ?? new Map(), left }, checked);
  const limited = (all: readonly PoolNeed[]): readonly PoolNeed[] =>
    options.surge === undefined || bases === undefined
      ? all
      : withinSurge(all, { surge: options.surge, bases, left, takenOver: taken.byPool });
  const due = options.surge === undefined ? [] : limited(needs([], pools));
  // Within a surge replacements come after the nodes that they replace.
  const isReplacing = options.surge !== undefined && (isGrowing || due.some(({ added }) => added > 0));
  if (order.length === 0 || isPausing) {
    if (isReplacing) return { kind: "go", drain: [], grow: isGrowing ? [] : due };
    // They were left for the end: until then somebody may have changed what is in the way.
    return { kind: "end", stuck, withoutCapacity: lacking };
  }

  // Those that nothing is made for any more, such as a worker that somebody has cordoned, are not waited for.
  const awaited =
    isReplacing && bases !== undefined
      ? unreplacedNodes(pools, { bases, left }, checked) + taken.unreplaced
      : 0;
  // A node that is gone is on its way out until nothing else of it is left: it counts once.
  const departed = going.size - onTheirWay.length;
  const free = Math.max(0, size - going.size - Math.max(0, awaited - departed));
  // Those after them are counted as well: their workers are made while these are drained.
  const wanted = limited(needs(order.slice(0, free + size), pools));
  const grow = !isGrowing && wanted.some(({ added }) => added > 0) ? wanted : [];
  const joined = pools.map((pool) => ({ ...pool, desiredSize: pool.nodes.length, leastSize: 0 }));
  const next = order.slice(0, free);
  const fits = (count: number) =>
    needs(next.slice(0, count), joined).every(({ added, beyondMaximum }) => added === 0 || beyondMaximum > 0);
  // Where no worker is to come, there will be no more room than now: that pods find none shows then, and why.
  const waitsForRoom = isGrowing || grow.length > 0;
  let count = next.length;
  while (waitsForRoom && count > 0 && !fits(count)) count -= 1;
  return { kind: "go", drain: next.slice(0, count), grow };
}

/** Nodes that stay because their own pools get no workers, and no other may take their pods over, or has room for them. */
function withoutWorkers(
  open: readonly OldNode[],
  pools: readonly WorkerPool[],
  exhausted: ReadonlyMap<string, string>,
  needs: (next: readonly OldNode[]) => readonly PoolNeed[],
): NodeWithoutCapacity[] {
  const lacking = withoutCapacity(open, pools, exhausted);
  const staying = new Set(lacking.map(({ node }) => node));
  const messageOf = ({ node }: OldNode) => exhausted.get(poolOf(node, pools)?.nodeGroupName ?? "");
  const movable = open.filter(({ node }) => !staying.has(node.name));
  const orphaned = movable.filter((one) => messageOf(one) !== undefined);
  const others = movable.filter((one) => messageOf(one) === undefined);
  return [
    ...lacking,
    ...beyondMaximum(orphaned, others, needs).map((one) => ({
      node: one.node.name,
      because: `${poolOf(one.node, pools)?.nodeGroupName ?? ""} gets no worker: ${messageOf(one) ?? ""} And other zones' pools of its worker group have no room left below their maximum; raise their maxSize, or run the rotation again later.`,
    })),
  ];
}
