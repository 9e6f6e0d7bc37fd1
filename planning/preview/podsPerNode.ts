import { lookUpInTable, type InstanceType } from "../instanceType";
import { maxPods } from "../maxPods";
import type { ClusterNode } from "../rotation/observation";
import { hasPodEni } from "../rotation/workerShape";
import type { ResourceChange } from "../stack/resourceChange";
import { takesCustomNetworking } from "../takesCustomNetworking";
import type { CniOutlook } from "./cniAfter";

/** How many pods nodes of a type carry. */
export interface PodsPerNode {
  readonly instanceType: string;
  /** The largest number that a node of today allows; absent where there is no node of the type. */
  readonly before?: number;
  /** What a new node of the type allows. */
  readonly after: number;
}

/**
 * How many pods nodes carry, today and when they have been rotated: of the types that today's nodes have, and of those
 * that groups which come name. Types that nobody knows are left out.
 */
export function podsPerNode(
  nodes: readonly ClusterNode[],
  changes: readonly ResourceChange[],
  cni: CniOutlook,
): PodsPerNode[] {
  const workers = nodes.filter(takesCustomNetworking);
  const types = new Map<string, InstanceType>();
  for (const { instanceType } of workers) {
    if (instanceType !== undefined) types.set(instanceType.instanceType, instanceType);
  }
  for (const name of changes.flatMap(typesOfNewGroup)) {
    const type = types.get(name) ?? lookUpInTable(name);
    if (type !== undefined) types.set(name, type);
  }
  return [...types.values()]
    .map((type) => {
      const today = workers.filter(({ instanceTypeName }) => instanceTypeName === type.instanceType);
      const before = Math.max(...today.map(({ allocatable }) => allocatable.pods));
      return {
        instanceType: type.instanceType,
        ...(today.length > 0 && { before }),
        after: podsOn(type, cni),
      };
    })
    .sort((a, b) => (a.instanceType < b.instanceType ? -1 : 1));
}

function podsOn(type: InstanceType, cni: CniOutlook): number {
  if (cni.customNetworking && !hasPodEni(type, cni)) return 0;
  return maxPods(type, cni).maxPods;
}

function typesOfNewGroup({ type, operation, after = {} }: ResourceChange): string[] {
  if (type !== "aws:eks/nodeGroup:NodeGroup" || operation === "delete") return [];
  const { instanceTypes } = after;
  return Array.isArray(instanceTypes)
    ? instanceTypes.filter((name): name is string => typeof name === "string")
    : [];
}
