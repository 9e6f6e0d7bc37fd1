import { sum } from "../sequence";
import { batches, unavailableAtOnce } from "../rotation/batches";
import { budgetOutlooks } from "../rotation/budgets";
import { oldNodes } from "../rotation/oldNodes";
import type { Observation } from "../rotation/observation";
import { podsTo } from "../rotation/podVerdict";
import { undrainable, type UndrainableNode } from "../rotation/rotationPlan";
import { rotationSeconds } from "../rotation/rotationTime";
import type { RotationSettings } from "../rotation/settings";

/** The rotation that is to follow, as far as it can be told before there are new workers. */
export interface RotationOutlook {
  /** Worker nodes, Fargate aside. */
  readonly nodes: number;
  /** Those that are to be replaced. */
  readonly oldNodes: number;
  /** Pods that move. */
  readonly pods: number;
  /** About how long it takes; see `rotationSeconds`. */
  readonly seconds: number;
  /** Budgets that let only some of their pods go at a time. */
  readonly waitsFor: readonly {
    /** As `namespace/name`. */
    readonly budget: string;
    /** How many may go at once when all are healthy. */
    readonly atOnce: number;
    /** How many of its pods move. */
    readonly pods: number;
  }[];
  /** Nodes that can't be drained as things are, and stay. */
  readonly undrainable: readonly UndrainableNode[];
}

/**
 * Looks ahead at the rotation after a change: the nodes that are old then, in batches, under today's budgets.
 *
 * @param observation with the pod subnets and the CNI's settings as they will be.
 */
export function rotationOutlook(observation: Observation, settings: RotationSettings): RotationOutlook {
  const { nodes, budgets } = observation;
  const old = oldNodes(observation);
  const stuck = old.flatMap((one) => undrainable(one, budgets, settings) ?? []);
  const stays = new Set(stuck.map(({ node }) => node));
  const going = old.filter(({ node }) => !stays.has(node.name));
  const inBatches = batches(
    going.map((one) => ({
      name: one.node.name,
      availabilityZone: one.node.availabilityZone,
      moving: podsTo("evict", one.pods, settings),
    })),
    unavailableAtOnce(settings.maxUnavailable, old.length),
  );
  const movingByBatch = inBatches.map((batch) => batch.flatMap(({ moving }) => moving));
  return {
    nodes: nodes.filter(({ owner }) => owner.kind !== "fargate").length,
    oldNodes: old.length,
    pods: sum(movingByBatch, (moving) => moving.length),
    seconds: rotationSeconds(movingByBatch, budgets, settings),
    waitsFor: budgetOutlooks(movingByBatch.flat(), budgets)
      .filter(({ kind }) => kind === "waits")
      .map(({ budget, atOnce, pods }) => ({ budget, atOnce, pods: pods.length })),
    undrainable: stuck,
  };
}
