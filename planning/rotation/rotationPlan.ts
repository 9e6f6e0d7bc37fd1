import type { Problem } from "../problem";
import { batches, unavailableAtOnce, type MaxUnavailable } from "./batches";
import { budgetOutlooks, unmovablePods, type BudgetOutlook, type UnmovablePod } from "./budgets";
import { describeOwner } from "./nodeOwner";
import type { OldReason } from "./oldNode";
import { oldNodes, type OldNode } from "./oldNodes";
import { podName, type Observation } from "./observation";
import { podsTo, verdictGroups, type VerdictGroup, type VerdictOptions } from "./podVerdict";
import { poolNeeds, poolOf, type PoolNeed, type PoolTarget, type WorkerPool } from "./surge";

/** A node that can't be drained as things are, and is left in service. */
export interface UndrainableNode {
  readonly node: string;
  /** Pods that nobody would make again; `force` evicts them. */
  readonly refused: readonly string[];
  /** Pods that no amount of waiting moves. */
  readonly unmovable: readonly UnmovablePod[];
}

/** One batch, as a plan shows it. */
export interface PlannedBatch {
  readonly nodes: readonly string[];
  /** Nodes of each zone, by its name. */
  readonly zones: Readonly<Record<string, number>>;
  /** Pods that move. */
  readonly pods: number;
  /** Workers to be added before it, per pool. */
  readonly surge: readonly { readonly nodeGroupName: string; readonly added: number }[];
  /** Budgets that let only some pods of it go at a time, as `namespace/name`. */
  readonly waitsFor: readonly string[];
}

/** What a rotation would do, before it does anything. */
export interface RotationPlan {
  /** Worker nodes, Fargate aside. */
  readonly nodes: number;
  readonly old: readonly { readonly node: string; readonly reasons: readonly OldReason[] }[];
  /** How many nodes may be out of service at once. */
  readonly maxUnavailable: number;
  readonly batches: readonly PlannedBatch[];
  /** Old nodes that stay, because pods on them can't be moved. */
  readonly undrainable: readonly UndrainableNode[];
  /** The pods of old nodes by what becomes of them. */
  readonly verdicts: readonly VerdictGroup[];
  readonly budgets: readonly BudgetOutlook[];
  /** Pools as they will be when all has moved. */
  readonly pools: readonly PoolTarget[];
  /** What keeps the rotation from starting; nothing is touched while there is any. */
  readonly problems: readonly Problem[];
}

/** What a plan depends on besides the cluster. */
export interface RotationPlanOptions extends VerdictOptions {
  readonly maxUnavailable: MaxUnavailable;
  /** Nodes whose drain an earlier attempt began. @default none */
  readonly started?: ReadonlySet<string> | undefined;
}

/** Whether a node can't be drained as things are, and why. */
export function undrainable(
  { node, pods }: OldNode,
  budgets: Observation["budgets"],
  options: VerdictOptions = {},
): UndrainableNode | undefined {
  const refused = podsTo("refuse", pods, options).map(podName);
  const unmovable = unmovablePods(podsTo("evict", pods, options), budgets);
  if (refused.length === 0 && unmovable.length === 0) return undefined;
  return { node: node.name, refused, unmovable };
}

/** Plans a rotation: which nodes, in which batches, with how many new workers, past which budgets. */
export function planRotation(
  observation: Observation,
  pools: readonly WorkerPool[],
  options: RotationPlanOptions,
): RotationPlan {
  const { nodes, budgets } = observation;
  const old = oldNodes(observation);
  const stuck = old.flatMap((one) => undrainable(one, budgets, options) ?? []);
  const stays = new Set(stuck.map(({ node }) => node));
  const going = old.filter(({ node }) => !stays.has(node.name));
  const size = unavailableAtOnce(options.maxUnavailable, old.length);
  const inBatches = batches(
    going.map((one) => ({
      ...one,
      name: one.node.name,
      availabilityZone: one.node.availabilityZone,
      isStarted: options.started?.has(one.node.name) ?? false,
    })),
    size,
  );
  const sizes = surgeByBatch(observation, pools, old, inBatches, options);
  const moving = going.flatMap(({ pods }) => podsTo("evict", pods, options));
  return {
    nodes: nodes.filter(({ owner }) => owner.kind !== "fargate").length,
    old: old.map(({ node, reasons }) => ({ node: node.name, reasons })),
    maxUnavailable: size,
    batches: inBatches.map((batch, index) => plannedBatch(batch, sizes.steps[index] ?? [], budgets, options)),
    undrainable: stuck,
    verdicts: verdictGroups(
      old.flatMap(({ pods }) => pods),
      options,
    ),
    budgets: budgetOutlooks(moving, budgets),
    pools: sizes.targets,
    problems: [...ownerProblems(old, pools), ...sizes.problems],
  };
}

function plannedBatch(
  batch: readonly OldNode[],
  surge: PlannedBatch["surge"],
  budgets: Observation["budgets"],
  options: VerdictOptions,
): PlannedBatch {
  const moving = batch.flatMap(({ pods }) => podsTo("evict", pods, options));
  const zones: Record<string, number> = {};
  for (const { node } of batch) zones[node.availabilityZone] = (zones[node.availabilityZone] ?? 0) + 1;
  return {
    nodes: batch.map(({ node }) => node.name),
    zones,
    pods: moving.length,
    surge,
    waitsFor: budgetOutlooks(moving, budgets)
      .filter(({ kind }) => kind === "waits")
      .map(({ budget }) => budget),
  };
}

/** Every old node needs somebody who ends it, and a pool that takes its pods. */
function ownerProblems(old: readonly OldNode[], pools: readonly WorkerPool[]): Problem[] {
  return old.flatMap(({ node }) => {
    if (node.owner.kind !== "managedNodeGroup") {
      return [
        {
          path: `nodes.${node.name}`,
          reason: `is old and belongs to ${describeOwner(node.owner)}; only nodes of managed node groups are rotated.`,
          fix: "Replace it by its owner's own means, then run the rotation again.",
        },
      ];
    }
    if (poolOf(node, pools) !== undefined) return [];
    const { name } = node.owner;
    return [
      {
        path: `nodes.${node.name}`,
        reason: `is old and belongs to ${describeOwner(node.owner)}, which no worker group replaces in ${node.availabilityZone}.`,
        fix: `Add ${name} to workerGroups[].replaces of the stack's configuration, and run podnet up.`,
      },
    ];
  });
}

interface SurgeByBatch {
  /** What is added before each batch. */
  readonly steps: readonly PlannedBatch["surge"][];
  readonly targets: readonly PoolTarget[];
  readonly problems: readonly Problem[];
}

/** Workers are added as they are needed: before a batch, as many as it and all before it take. */
function surgeByBatch(
  observation: Observation,
  pools: readonly WorkerPool[],
  old: readonly OldNode[],
  inBatches: readonly (readonly OldNode[])[],
  options: VerdictOptions,
): SurgeByBatch {
  const sizes = new Map(pools.map(({ nodeGroupName, desiredSize }) => [nodeGroupName, desiredSize]));
  const steps = inBatches.map((_, index) =>
    poolNeeds(observation, pools, old, inBatches.slice(0, index + 1).flat(), options).flatMap(
      ({ nodeGroupName, desiredSize }) => {
        const added = desiredSize - (sizes.get(nodeGroupName) ?? 0);
        if (added <= 0) return [];
        sizes.set(nodeGroupName, desiredSize);
        return [{ nodeGroupName, added }];
      },
    ),
  );
  const needs = poolNeeds(observation, pools, old, inBatches.flat(), options);
  const targets = pools.map(({ nodeGroupName, availabilityZone, desiredSize }) => {
    const size = sizes.get(nodeGroupName) ?? desiredSize;
    return { nodeGroupName, availabilityZone, desiredSize: size, added: size - desiredSize };
  });
  const problems = pools.flatMap((pool) =>
    needProblems(
      pool,
      needs.find(({ nodeGroupName }) => nodeGroupName === pool.nodeGroupName),
    ),
  );
  return { steps, targets, problems };
}

function needProblems(pool: WorkerPool, need: PoolNeed | undefined): Problem[] {
  const { oversized = [], beyondMaximum = 0 } = need ?? {};
  const path = `workerGroups.${pool.workerGroup}`;
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
            fix: `Raise it to ${wanted} or more, and run podnet up.`,
          },
        ]),
  ];
}
