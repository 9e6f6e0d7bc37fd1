import type { V1Pod } from "@kubernetes/client-node";
import type { InstanceLimits } from "../limitsOfInstanceType";

/** What pods take of a node, and what a node has for them. */
export interface Capacity {
  readonly millicpu: number;
  readonly memoryMib: number;
  readonly pods: number;
}

/** What daemons take of every node, about. */
const DAEMONS: Capacity = { millicpu: 250, memoryMib: 256, pods: 3 };

/**
 * How many pods Karpenter lets a node have: what the EC2NodeClass says, else what its ENIs carry, of which `reservedEnis`
 * don't count. It knows neither custom networking nor prefixes, and no limit of 110 or 250.
 *
 * Source: aws/karpenter-provider-aws, pkg/providers/instancetype/types.go (ENILimitedPods).
 */
export function maxPodsOf(
  { interfaces, addressesPerInterface }: InstanceLimits,
  { maxPods, reservedEnis }: { readonly maxPods?: number | undefined; readonly reservedEnis: number },
): number {
  if (maxPods !== undefined) return maxPods;
  const usable = Math.max(interfaces - reservedEnis, 0);
  return usable === 0 ? 0 : usable * (addressesPerInterface - 1) + 2;
}

/** What a node of a type has for the pods of workloads. */
export function capacityOf(limits: InstanceLimits, maxPods: number): Capacity {
  return {
    millicpu: Math.floor(limits.vcpus * 1000 * 0.95) - DAEMONS.millicpu,
    memoryMib: limits.memoryMib - (11 * maxPods + 255 + 100) - DAEMONS.memoryMib,
    pods: maxPods - DAEMONS.pods,
  };
}

/** What a pod asks for. */
export function requestsOf({ spec }: V1Pod): Capacity {
  const requests = (spec?.containers ?? []).map(({ resources }) => resources?.requests ?? {});
  return {
    millicpu: requests.reduce((sum, { cpu = "0" }) => sum + millicpuOf(cpu), 0),
    memoryMib: requests.reduce((sum, { memory = "0" }) => sum + mebibytesOf(memory), 0),
    pods: 1,
  };
}

/** What is left of a capacity; nothing where it is not enough. */
export function minus(capacity: Capacity, taken: Capacity): Capacity | undefined {
  const left = {
    millicpu: capacity.millicpu - taken.millicpu,
    memoryMib: capacity.memoryMib - taken.memoryMib,
    pods: capacity.pods - taken.pods,
  };
  return Math.min(left.millicpu, left.memoryMib, left.pods) < 0 ? undefined : left;
}

function millicpuOf(quantity: string): number {
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000;
}

const MEBIBYTES: Readonly<Record<string, number>> = {
  Ki: 2 ** -10,
  Mi: 1,
  Gi: 2 ** 10,
  Ti: 2 ** 20,
  "": 2 ** -20,
};

function mebibytesOf(quantity: string): number {
  const [, number = "0", unit = ""] = /^([\d.]+)(\w*)$/.exec(quantity) ?? [];
  return Number(number) * (MEBIBYTES[unit] ?? 2 ** -20);
}
