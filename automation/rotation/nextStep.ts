import { batches } from "../../planning/rotation/batches";
import type { Observation } from "../../planning/rotation/observation";
import { oldNodes, type OldNode } from "../../planning/rotation/oldNodes";
import { undrainable, type UndrainableNode } from "../../planning/rotation/rotationPlan";
import { poolNeeds, type PoolNeed, type WorkerPool } from "../../planning/rotation/surge";
import { withoutNewcomers } from "./newcomers";
import { marksOf } from "./nodeMarks";
import type { RotationOptions } from "./rotationOptions";

/** What a run does next, by how the cluster is now. */
export type NextStep =
  /** Add workers. What comes then is decided anew: the cluster may be another one when they are Ready. */
  | { readonly kind: "grow"; readonly needs: readonly PoolNeed[] }
  /** Drain these, for whose pods there is room. */
  | { readonly kind: "drain"; readonly batch: readonly OldNode[] }
  /** Nothing is left, but for those that can't be drained. */
  | { readonly kind: "end"; readonly stuck: readonly UndrainableNode[] };

/** How far a run has come, besides what shows in the cluster. */
export interface RunState {
  /** When the newest node was made that was there as the run began; newer ones are not rotated. */
  readonly newestNodeAtMs: number;
  /** Names of nodes that were tried in vain. */
  readonly blocked: ReadonlySet<string>;
  /** Nodes of a batch at the most. */
  readonly size: number;
}

/** Decides what a run does next: those that were begun first, then as planned. */
export function nextStep(
  observed: Observation,
  pools: readonly WorkerPool[],
  { newestNodeAtMs, blocked, size }: RunState,
  options: RotationOptions,
): NextStep {
  const all = withoutNewcomers(oldNodes(observed), newestNodeAtMs);
  const left = all.filter(({ node }) => !blocked.has(node.name));
  const stuck = left.flatMap((one) => undrainable(one, observed.budgets, options) ?? []);
  const stays = new Set(stuck.map(({ node }) => node));
  const going = left
    .filter(({ node }) => !stays.has(node.name))
    .map((one) => ({
      ...one,
      name: one.node.name,
      availabilityZone: one.node.availabilityZone,
      isStarted: marksOf(one.node.annotations) !== undefined,
    }));
  const [batch] = batches(going, size);
  // They were left for the end: until then somebody may have changed what is in the way.
  if (batch === undefined) return { kind: "end", stuck };
  const needs = poolNeeds(observed, pools, all, batch, options);
  return needs.some(({ added }) => added > 0) ? { kind: "grow", needs } : { kind: "drain", batch };
}
