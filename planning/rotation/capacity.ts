import { podName, type ClusterPod } from "./observation";
import type { OldNode } from "./oldNodes";
import { poolOf, type WorkerPool } from "./surge";

/** Labels by which a pod names its zone. */
const ZONE_LABELS = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];

/**
 * Whether a message of Auto Scaling or EKS says that EC2 has no instances of these types left in a zone. It passes, but
 * nobody knows when.
 *
 * See https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-capacity.html.
 */
export function saysNoCapacity(message: string): boolean {
  return /InsufficientInstanceCapacity|not have sufficient .*capacity|UnfulfillableCapacity/.test(message);
}

/** Whether a pod can run in its zone only: it names the zone, or has a volume of its own, which may be there. */
export function isBoundToZone({ nodeSelector, hasClaims }: ClusterPod): boolean {
  return hasClaims || ZONE_LABELS.some((label) => nodeSelector[label] !== undefined);
}

/** Of pools that got no instances those that still lack a worker: Auto Scaling goes on trying for what they want. */
export function stillExhausted(
  exhausted: ReadonlyMap<string, string>,
  pools: readonly WorkerPool[],
): ReadonlyMap<string, string> {
  const complete = new Set(
    pools
      .filter(({ nodes, desiredSize }) => nodes.filter(({ isReady }) => isReady).length >= desiredSize)
      .map(({ nodeGroupName }) => nodeGroupName),
  );
  return new Map([...exhausted].filter(([name]) => !complete.has(name)));
}

/**
 * Pools as they can be used while some get no instances: such a pool's zones become those of another zone's pool of the
 * same worker group, where there is one that does.
 *
 * @param exhausted names of the groups that get none.
 */
export function usablePools(
  pools: readonly WorkerPool[],
  exhausted: { readonly has: (nodeGroupName: string) => boolean },
): WorkerPool[] {
  const usable = pools.filter(({ nodeGroupName }) => !exhausted.has(nodeGroupName));
  const substitutes = new Map<WorkerPool, string[]>();
  for (const pool of pools) {
    if (!exhausted.has(pool.nodeGroupName)) continue;
    const [substitute] = substitutesOf(pool, usable);
    if (substitute === undefined) continue;
    substitutes.set(substitute, [...(substitutes.get(substitute) ?? []), ...pool.availabilityZones]);
  }
  return usable.map((pool) => ({
    ...pool,
    availabilityZones: [...pool.availabilityZones, ...(substitutes.get(pool) ?? [])],
  }));
}

/** The pools of a pool's worker group that can be used in its place, those first that may grow most. */
export function substitutesOf<P extends Pick<WorkerPool, "workerGroup" | "maxSize" | "desiredSize">>(
  { workerGroup }: Pick<WorkerPool, "workerGroup">,
  usable: readonly P[],
): P[] {
  return usable
    .filter((pool) => pool.workerGroup === workerGroup)
    .sort((a, b) => b.maxSize - b.desiredSize - (a.maxSize - a.desiredSize));
}

/** An old node that stays because EC2 has no instances for the workers that would replace it. */
export interface NodeWithoutCapacity {
  readonly node: string;
  readonly because: string;
}

/**
 * The old nodes that can't be replaced while pools get no instances: those of such a pool, unless another zone's pool of
 * its worker group takes all of their pods.
 *
 * @param exhausted why, by the names of the groups that get none.
 */
export function withoutCapacity(
  old: readonly OldNode[],
  pools: readonly WorkerPool[],
  exhausted: ReadonlyMap<string, string>,
): NodeWithoutCapacity[] {
  if (exhausted.size === 0) return [];
  const usable = usablePools(pools, exhausted);
  return old.flatMap(({ node, pods }) => {
    const name = poolOf(node, pools)?.nodeGroupName ?? "";
    const message = exhausted.get(name);
    if (message === undefined) return [];
    const because = `${name} gets no worker: ${message}`;
    const substitute = poolOf(node, usable);
    if (substitute === undefined) return [{ node: node.name, because }];
    const bound = pods.find((pod) => pod.controller?.kind !== "DaemonSet" && isBoundToZone(pod));
    if (bound === undefined) return [];
    const why = `${podName(bound)} may not leave its zone for ${substitute.nodeGroupName}`;
    return [{ node: node.name, because: `${because} And ${why}.` }];
  });
}
