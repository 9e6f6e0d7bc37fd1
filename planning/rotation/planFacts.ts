import type { NodeOffer } from "../preflight/nodeOffer";
import type { PodDemands, VolumeFacts } from "../preflight/podFacts";
import { offersOf } from "../preflight/renewal";
import { workerLabels } from "../preflight/newWorkers";
import type { WarmTargets } from "../warmPool";
import type { PoolSubnets } from "./addressRoom";
import type { ClusterNode, NodeTaint } from "./observation";
import type { OldNode } from "./oldNodes";
import type { WorkerPool } from "./surge";

/** What a plan is told besides nodes, pods, budgets and pools; read once, before anything is done. */
export interface PlanFacts {
  readonly subnets: readonly PoolSubnets[];
  /** The warm targets of aws-node. */
  readonly warm: WarmTargets;
  /** None where it is not known what new workers will show to pods. */
  readonly places: PlaceFacts | undefined;
}

/** What decides which node takes a pod. */
export interface PlaceFacts {
  readonly groups: readonly PoolGroup[];
  readonly demands: readonly PodDemands[];
  readonly volumes: readonly VolumeFacts[];
}

/** What the workers of a pool will show to pods. */
export interface PoolGroup {
  readonly nodeGroupName: string;
  readonly instanceTypes: readonly string[];
  /** `ON_DEMAND` or `SPOT`. */
  readonly capacityType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
}

/**
 * What pods find once all old nodes are gone: the workers of each pool, whether they are there or to come; nodes that
 * stay; and what Karpenter makes, which is as it made before.
 */
export function offersAfter(
  nodes: readonly ClusterNode[],
  pools: readonly WorkerPool[],
  old: readonly OldNode[],
  groups: readonly PoolGroup[],
): NodeOffer[] {
  const leaving = old.map(({ node }) => node);
  const staying = nodes.filter((node) => !leaving.includes(node));
  const workers = pools.flatMap((pool) => {
    const group = groups.find(({ nodeGroupName }) => nodeGroupName === pool.nodeGroupName);
    if (group === undefined) return [];
    return pool.availabilityZones.map((availabilityZone) => ({
      ...pool,
      availabilityZone,
      instanceTypes: group.instanceTypes,
      labels: workerLabels({ ...group, availabilityZone }),
      taints: group.taints,
    }));
  });
  const ofKarpenter = leaving.filter(({ owner }) => owner.kind === "karpenter");
  return [
    ...offersOf({ workers, leaving, staying, isAssumed: false }),
    ...ofKarpenter.map(({ name, labels, taints }) => ({ of: name, labels, taints })),
  ];
}
