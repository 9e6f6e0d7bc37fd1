import { counted } from "../amounts";
import type { Problem } from "../problem";
import { sum } from "../sequence";
import {
  needsLowerWarmTargets,
  nodeAddressProblems,
  nodeAddressRoom,
  podAddressProblems,
  podAddressRoom,
  type NodeAddressRoom,
  type PodAddressRoom,
} from "./addressRoom";
import { numberOf, type Amount } from "./amount";
import { batches, unavailableAtOnce, type MaxUnavailable } from "./batches";
import { budgetOutlooks, unmovablePods, type BudgetOutlook, type UnmovablePod } from "./budgets";
import { homelessPods, whyHomeless, type HomelessPods } from "./homelessPods";
import { describeOwner, groupOf, isJoiningKarpenter } from "./nodeOwner";
import type { OldReason } from "./oldNode";
import { oldNodes, type OldNode } from "./oldNodes";
import { podName, type ClusterPod, type Observation } from "./observation";
import {
  isRestarted,
  podsTo,
  refusedPods,
  verdictGroups,
  type RefusedPod,
  type VerdictGroup,
  type VerdictOptions,
} from "./podVerdict";
import { offersAfter, type PlanFacts } from "./planFacts";
import { plannedSurge, type AddedWorkers } from "./plannedSurge";
import { batchSeconds, rotationSeconds } from "./rotationTime";
import { rotationSettings } from "./settings";
import { poolOf, type PoolTarget, type WorkerPool } from "./surge";
import type { PoolBase } from "./surgeLimit";

/** A node that can't be drained as things are, and is left in service. */
export interface UndrainableNode {
  readonly node: string;
  /** Pods that are not moved as a person decided. */
  readonly refused: readonly RefusedPod[];
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
  readonly surge: readonly AddedWorkers[];
  /** Budgets that let only some pods of it go at a time, as `namespace/name`. */
  readonly waitsFor: readonly string[];
  /** About how long it takes. */
  readonly seconds: number;
}

/** What a rotation would do, before it does anything. */
export interface RotationPlan {
  /** Worker nodes, Fargate aside. */
  readonly nodes: number;
  readonly old: readonly { readonly node: string; readonly reasons: readonly OldReason[] }[];
  /** How many nodes may be out of service at once. */
  readonly maxUnavailable: number;
  /** How many workers may be made ahead of the end of old nodes. None where as many as are needed. */
  readonly surge: number | undefined;
  readonly batches: readonly PlannedBatch[];
  /** About how long all of it takes. */
  readonly seconds: number;
  /** Old nodes that stay, because pods on them can't be moved. */
  readonly undrainable: readonly UndrainableNode[];
  /** The pods of old nodes by what becomes of them. */
  readonly verdicts: readonly VerdictGroup[];
  readonly budgets: readonly BudgetOutlook[];
  /** Pools as they will be when all has moved. */
  readonly pools: readonly PoolTarget[];
  /** Where the surge is counted from, by the names of pools. */
  readonly bases: Readonly<Record<string, PoolBase>>;
  /** Room for new workers; empty where it was not looked at. */
  readonly nodeAddresses: readonly NodeAddressRoom[];
  /** Room for pods; empty where it was not looked at. */
  readonly podAddresses: readonly PodAddressRoom[];
  /** Whether warm targets are lowered first, so that old nodes give addresses back that new workers need. */
  readonly lowersWarmTargets: boolean;
  /** What people should know, and what does not keep the rotation from starting. */
  readonly notes: readonly string[];
  /** What keeps the rotation from starting; nothing is touched while there is any. */
  readonly problems: readonly Problem[];
}

/** What a plan depends on besides the cluster. */
export interface RotationPlanOptions extends VerdictOptions {
  readonly maxUnavailable: MaxUnavailable;
  /** @default as many workers as are needed */
  readonly surge?: Amount | undefined;
  /** @default false */
  readonly lowerWarmTargets?: boolean | undefined;
  /** @default that of the settings */
  readonly podTimeoutSeconds?: number | undefined;
  /** @default room for addresses, and places for pods, are not looked at */
  readonly facts?: PlanFacts | undefined;
  /** Nodes whose drain an earlier attempt began. @default none */
  readonly started?: ReadonlySet<string> | undefined;
  /** What was planned as the run began, by the names of pools, where one goes on. @default nothing yet */
  readonly begun?: ReadonlyMap<string, PoolBase> | undefined;
}

/**
 * Whether a node can't be drained as things are, and why.
 *
 * @param homeless the pods that would find no other node. @default none
 */
export function undrainable(
  { node, pods }: OldNode,
  budgets: Observation["budgets"],
  options: VerdictOptions = {},
  homeless: HomelessPods = new Map(),
): UndrainableNode | undefined {
  const refused = refusedPods(pods, options);
  const moving = podsTo("evict", pods, options);
  const evicted = moving.filter((pod) => !isRestarted(pod, options));
  const unmovable = [...unmovablePods(evicted, budgets), ...withoutPlace(moving, homeless)];
  if (refused.length === 0 && unmovable.length === 0) return undefined;
  return { node: node.name, refused, unmovable };
}

function withoutPlace(pods: readonly ClusterPod[], homeless: HomelessPods): UnmovablePod[] {
  return pods.flatMap((pod) => {
    const because = pod.isTerminating ? undefined : whyHomeless(pod, homeless);
    return because === undefined ? [] : [{ pod: podName(pod), budgets: [], because }];
  });
}

/** The pods of old nodes that no node would take in the end; none where it is not known what there will be. */
export function homelessIn(
  { nodes }: Observation,
  pools: readonly WorkerPool[],
  old: readonly OldNode[],
  { facts, ...options }: Pick<RotationPlanOptions, "facts" | keyof VerdictOptions>,
): HomelessPods {
  if (facts?.places === undefined) return new Map();
  const { groups, demands, volumes } = facts.places;
  const moving = old.flatMap(({ pods }) => podsTo("evict", pods, options));
  return homelessPods(moving, { offers: offersAfter(nodes, pools, old, groups), demands, volumes });
}

/** Plans a rotation: which nodes, in which batches, with how many new workers, past which budgets. */
export function planRotation(
  observation: Observation,
  pools: readonly WorkerPool[],
  options: RotationPlanOptions,
): RotationPlan {
  const { nodes, budgets } = observation;
  const { facts, surge, lowerWarmTargets = false } = options;
  const { podTimeoutSeconds } = rotationSettings(options);
  const old = oldNodes(observation);
  const homeless = homelessIn(observation, pools, old, options);
  const stuck = old.flatMap((one) => undrainable(one, budgets, options, homeless) ?? []);
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
  const planned = plannedSurge(observation, pools, old, inBatches, {
    ...options,
    subnets: facts?.subnets,
  });
  const moving = inBatches.map((batch) => batch.flatMap(({ pods }) => podsTo("evict", pods, options)));
  const nodeAddresses = nodeAddressRoom(facts?.subnets ?? [], planned.moments, going);
  const podAddresses = podAddressRoom(
    observation,
    pools,
    facts?.subnets ?? [],
    planned.targets,
    going,
    facts?.warm ?? {},
    options,
  );
  return {
    nodes: nodes.filter(({ owner }) => owner.kind !== "fargate").length,
    old: old.map(({ node, reasons }) => ({ node: node.name, reasons })),
    maxUnavailable: size,
    surge: surge === undefined ? undefined : numberOf(surge, going.length, "up"),
    batches: inBatches.map((batch, index) =>
      plannedBatch(batch, planned.steps[index] ?? [], budgets, moving[index] ?? [], podTimeoutSeconds),
    ),
    seconds: rotationSeconds(moving, budgets, { podTimeoutSeconds }),
    undrainable: stuck,
    verdicts: verdictGroups(
      old.flatMap(({ pods }) => pods),
      options,
    ),
    budgets: budgetOutlooks(moving.flat(), budgets),
    pools: planned.targets,
    bases: Object.fromEntries(planned.bases),
    nodeAddresses,
    podAddresses,
    lowersWarmTargets: lowerWarmTargets && needsLowerWarmTargets(nodeAddresses),
    notes: [
      ...fewerWorkers(pools, planned.targets, going),
      ...lopsided(pools, planned.targets),
      ...unlooked(facts),
    ],
    problems: [
      ...oncePerReason(ownerProblems(old, pools, observation.target.wayBack !== undefined)),
      ...planned.problems,
      ...nodeAddressProblems(nodeAddresses, { lowerWarmTargets, surge }),
      ...podAddressProblems(podAddresses),
    ],
  };
}

/** Nodes of pools that become fewer workers, which may surprise those who count them. */
function fewerWorkers(
  pools: readonly WorkerPool[],
  targets: readonly PoolTarget[],
  going: readonly OldNode[],
): string[] {
  const taking = going.flatMap(({ node }) => poolOf(node, pools) ?? []);
  const names = new Set(taking.map(({ nodeGroupName }) => nodeGroupName));
  const workers = sum(
    targets.filter(({ nodeGroupName }) => names.has(nodeGroupName)),
    ({ desiredSize }) => desiredSize,
  );
  if (workers >= taking.length) return [];
  return [
    `${counted(taking.length, "old node")} become${taking.length === 1 ? "s" : ""} ${counted(workers, "worker")}: their pods need no more.`,
  ];
}

/** Groups whose zones will have workers of much different numbers: pods go to workers of their node's zone. */
function lopsided(pools: readonly WorkerPool[], targets: readonly PoolTarget[]): string[] {
  return [...new Set(pools.map(({ workerGroup }) => workerGroup))].flatMap((group) => {
    const sizes = pools
      .filter(({ workerGroup }) => workerGroup === group)
      .map(({ nodeGroupName, availabilityZones }) => ({
        zones: availabilityZones.join("/"),
        size: targets.find((target) => target.nodeGroupName === nodeGroupName)?.desiredSize ?? 0,
      }));
    const counts = sizes.map(({ size }) => size);
    if (Math.max(...counts) - Math.min(...counts) < 2) return [];
    const where = sizes.map(({ zones, size }) => `${size} in ${zones}`).join(", ");
    return [`Worker group ${group} will be lopsided, as its old nodes and their pods are: ${where}.`];
  });
}

function unlooked(facts: PlanFacts | undefined): string[] {
  if (facts === undefined || facts.places !== undefined) return [];
  return [
    "Not looked at: whether new workers have the labels that pods ask for. No worker shows them yet, or they may not be read.",
  ];
}

function plannedBatch(
  batch: readonly OldNode[],
  surge: PlannedBatch["surge"],
  budgets: Observation["budgets"],
  moving: readonly ClusterPod[],
  podTimeoutSeconds: number,
): PlannedBatch {
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
    seconds: batchSeconds(moving, budgets, { podTimeoutSeconds }),
  };
}

/** A problem that many nodes share, of the first of them: a group of a hundred nodes is one thing to mend. */
function oncePerReason(problems: readonly Problem[]): Problem[] {
  const alike = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.reason, problem.fix]);
    alike.set(key, [...(alike.get(key) ?? []), problem]);
  }
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    if (others.length === 0) return [first];
    const reason = `${first.reason.slice(0, -1)}; the same holds for ${counted(others.length, "other node")}.`;
    return [{ ...first, reason }];
  });
}

/** Every old node needs somebody who ends it, and workers that take its pods. */
function ownerProblems(old: readonly OldNode[], pools: readonly WorkerPool[], isWayBack: boolean): Problem[] {
  return old.flatMap(({ node }) => {
    const { owner, availabilityZone } = node;
    const path = `nodes.${node.name}`;
    if (owner.kind === "karpenter") {
      if (owner.nodeClaim !== undefined || isJoiningKarpenter(node)) return [];
      const reason = `is old and belongs to ${describeOwner(owner)}, but no NodeClaim owns it.`;
      const fix =
        "Look whether Karpenter runs, and kubectl get nodeclaims; replace the node by hand where it has none.";
      return [{ path, reason, fix }];
    }
    if (poolOf(node, pools) !== undefined) return [];
    if (isWayBack) {
      const reason = `is to be left and belongs to ${describeOwner(owner)}; no old group of ${availabilityZone} takes its pods back.`;
      const fix =
        "Name one that is in this zone in workerGroups[].replaces of the stack's configuration, run podnet up, and look again.";
      return [{ path, reason, fix }];
    }
    const group = groupOf(owner);
    return [
      {
        path,
        reason: `is old and belongs to ${describeOwner(owner)}, which no worker group replaces in ${availabilityZone}.`,
        fix:
          group === undefined
            ? `Give a worker group of the stack's configuration the zone ${availabilityZone}, and run podnet up.`
            : `Add ${group.name} to workerGroups[].replaces of the stack's configuration, and run podnet up.`,
      },
    ];
  });
}
