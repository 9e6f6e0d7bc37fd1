import { groupOf } from "./nodeOwner";
import type { OldNode } from "./oldNodes";
import {
  isFinished,
  isUsable,
  podName,
  podsByNode,
  type ClusterNode,
  type ClusterPod,
  type Observation,
  type Room,
} from "./observation";
import { podsTo, type VerdictOptions } from "./podVerdict";
import { fits, largestFirst, occupants, spaceLeft, take, type Space } from "./space";

/** Workers that take over pods: for new ones, those of one group in one zone. */
export interface WorkerPool {
  /** What its workers are made by: a managed node group, or an Auto Scaling group of no other owner. */
  readonly kind: PoolKind;
  /** The name of either. */
  readonly nodeGroupName: string;
  /** Of the group that has a pool in each zone. */
  readonly workerGroup: string;
  /** Where it may have workers: one zone, but for groups that others made. */
  readonly availabilityZones: readonly string[];
  /** Old groups whose pods it takes over. */
  readonly replaces: readonly string[];
  readonly desiredSize: number;
  readonly maxSize: number;
  /**
   * Workers that it is to have beside old nodes of its own, whatever pods need, as far as its maximum lets.
   *
   * @default one where a node's pods come to it
   */
  readonly leastSize?: number | undefined;
  /** The minimum size that it gets back once it has as many workers. @default its minimum stays */
  readonly minSize?: number | undefined;
  /** Labels of its workers, as far as they are known before one has joined. */
  readonly labels: Readonly<Record<string, string>>;
  /** Nodes that have joined. One that is not Ready, or out of service, is no room for pods. */
  readonly nodes: readonly ClusterNode[];
  /** What one worker offers: of a node that has joined, or computed for its instance type. */
  readonly shape: Room;
}

/** The nodes of a pool, among those whose owners are known. */
export function nodesOfPool<N extends Pick<ClusterNode, "owner">>(
  nodes: readonly N[],
  { kind, nodeGroupName }: Pick<WorkerPool, "kind" | "nodeGroupName">,
): N[] {
  const ownerKind = kind === "managed" ? "managedNodeGroup" : "autoScalingGroup";
  return nodes.filter(({ owner }) => owner.kind === ownerKind && owner.name === nodeGroupName);
}

/** What makes the workers of a pool. */
export type PoolKind = "managed" | "autoScaling";

/** How many workers a pool should have. */
export interface PoolTarget {
  readonly nodeGroupName: string;
  readonly availabilityZones: readonly string[];
  /** Never below what it has. */
  readonly desiredSize: number;
  /** How many more that is than now. */
  readonly added: number;
}

/** What a pool needs for pods that come to it. */
export interface PoolNeed extends PoolTarget {
  /** Pods that not even an empty worker takes, as `namespace/name`. */
  readonly oversized: readonly string[];
  /** How many workers beyond its maximum it would take; 0 where it suffices. */
  readonly beyondMaximum: number;
}

/**
 * How many workers a pool needs so that pods which move to it fit: by max pods, CPU and memory, beside what runs there
 * already. The largest pods are placed first, each where it fits first.
 *
 * What else the scheduler obeys (affinity, ports, volumes) is not computed: a pod that stays unschedulable shows it.
 *
 * @param moving the pods that come.
 * @param daemons the pods of DaemonSets that every worker gets.
 * @param least workers that it gets in any case, as far as its maximum lets.
 * @param leaving names of nodes of its own that go: they are no room, and no workers that stay. @default none
 */
export function poolNeed(
  pool: WorkerPool,
  moving: readonly ClusterPod[],
  running: ReadonlyMap<string, readonly ClusterPod[]>,
  daemons: readonly ClusterPod[],
  least = 0,
  leaving: ReadonlySet<string> = new Set(),
): PoolNeed {
  const fresh = (): Space => spaceLeft(pool.shape, daemons);
  const staying = pool.nodes.filter(({ name }) => !leaving.has(name));
  // A node that was just ended may be there still, when its group wants one less already.
  const going = Math.min(pool.nodes.length - staying.length, Math.max(0, pool.desiredSize - staying.length));
  const spaces = spacesOf(pool, running, daemons, leaving);
  const oversized: string[] = [];
  let added = 0;
  for (const pod of largestFirst(moving, pool.shape)) {
    const place = spaces.find((space) => fits(pod, space));
    if (place !== undefined) {
      take(pod, place);
      continue;
    }
    const space = fresh();
    if (!fits(pod, space)) {
      oversized.push(podName(pod));
      continue;
    }
    take(pod, space);
    spaces.push(space);
    added += 1;
  }
  const forPods = Math.max(pool.desiredSize, staying.length) + added;
  const wanted = Math.max(forPods, Math.min(least === 0 ? 0 : least + going, pool.maxSize));
  const desiredSize = Math.max(pool.desiredSize, Math.min(wanted, pool.maxSize));
  return {
    nodeGroupName: pool.nodeGroupName,
    availabilityZones: pool.availabilityZones,
    desiredSize,
    added: desiredSize - pool.desiredSize,
    oversized,
    // Where those that stay fit, it can do with fewer at once while the others go.
    beyondMaximum: Math.max(0, wanted - going - pool.maxSize),
  };
}

/** What the workers of a pool have left for pods: those that stay, and those that are to join already. */
export function spacesOf(
  pool: WorkerPool,
  running: ReadonlyMap<string, readonly ClusterPod[]>,
  daemons: readonly ClusterPod[],
  leaving: ReadonlySet<string>,
): Space[] {
  const joining = Math.max(0, pool.desiredSize - pool.nodes.length);
  return [
    ...pool.nodes
      .filter((node) => !leaving.has(node.name) && isUsable(node))
      .map((node) => spaceLeft(node.allocatable, occupants(running.get(node.name) ?? [], daemons))),
    ...Array.from({ length: joining }, () => spaceLeft(pool.shape, daemons)),
  ];
}

/**
 * What every pool needs for the pods of old nodes that go. One that takes over any node gets a worker at least, so that no
 * zone is left without.
 *
 * @param old every old node, for the DaemonSets that their replacements get.
 * @param going those whose pods move now.
 */
export function poolNeeds(
  { pods }: Observation,
  pools: readonly WorkerPool[],
  old: readonly OldNode[],
  going: readonly OldNode[],
  options: VerdictOptions = {},
): PoolNeed[] {
  const running = podsByNode(pods);
  const oldNames = new Set(old.map(({ node }) => node.name));
  return poolLoads(pools, old, going, options).map(({ pool, moving, daemons, least }) =>
    poolNeed(pool, moving, running, daemons, least, oldNames),
  );
}

/** What comes to a pool. */
export interface PoolLoad {
  readonly pool: WorkerPool;
  /** The pods of old nodes that move to it. */
  readonly moving: readonly ClusterPod[];
  /** The pods of DaemonSets that every worker of it gets. */
  readonly daemons: readonly ClusterPod[];
  /** Workers that it gets in any case. */
  readonly least: number;
}

/** What comes to every pool when old nodes go. */
export function poolLoads(
  pools: readonly WorkerPool[],
  old: readonly OldNode[],
  going: readonly OldNode[],
  options: VerdictOptions = {},
): PoolLoad[] {
  return pools.map((pool) => {
    const replaced = old.filter(({ node }) => poolOf(node, pools)?.workerGroup === pool.workerGroup);
    const daemons = daemonPods(replaced.flatMap((one) => one.pods));
    const leaving = going.filter(({ node }) => poolOf(node, pools) === pool);
    const moving = leaving.flatMap((one) => podsTo("evict", one.pods, options));
    const least = pool.leastSize ?? Math.min(1, leaving.length);
    return { pool, moving, daemons, least };
  });
}

/**
 * The pool that takes over the pods of an old node, in its zone: of the group that replaces its own; for an instance of no
 * group the one whose workers have most of its labels, for pods may ask for them.
 *
 * @returns none also for nodes of Karpenter, which makes new ones itself for pods that wait.
 */
export function poolOf(node: ClusterNode, pools: readonly WorkerPool[]): WorkerPool | undefined {
  const { owner, labels } = node;
  const inZone = pools.filter(({ availabilityZones }) => availabilityZones.includes(node.availabilityZone));
  if (owner.kind === "standalone") {
    const shared = (pool: WorkerPool) =>
      Object.entries(labels).filter(([key, value]) => pool.labels[key] === value).length;
    return [...inZone].sort((a, b) => shared(b) - shared(a))[0];
  }
  const group = groupOf(owner);
  return group && inZone.find(({ replaces }) => replaces.includes(group.name));
}

/**
 * The DaemonSet pods that a new worker in the place of old nodes gets: one of each DaemonSet that has a pod on any of
 * them.
 */
export function daemonPods(pods: readonly ClusterPod[]): ClusterPod[] {
  const byController = new Map<string, ClusterPod>();
  for (const pod of pods) {
    if (pod.controller?.kind === "DaemonSet" && !isFinished(pod)) byController.set(pod.controller.uid, pod);
  }
  return [...byController.values()];
}
