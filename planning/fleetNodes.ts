import type { Fleet, FleetRow } from "./fleet";
import { unknownInstanceType, type InstanceTypeLookup } from "./instanceType";
import { HOST_NETWORK_PODS, maxPods, type MaxPods } from "./maxPods";
import { InvalidInputError, type Problem } from "./problem";
import { addressesOfFixedPool, nodeAddresses, type NodeAddresses } from "./warmPool";

/** One row of the fleet. All but `count` and the totals are per node. */
export interface RowSize {
  readonly type: string;
  readonly count: number;
  /** The zone of its nodes; `null` when they are spread. */
  readonly zone: string | null;
  /** Workload pods asked for, per node. */
  readonly podsPerNode: number;
  /** Workload pods that a node can run of those. */
  readonly podsHostedPerNode: number;
  readonly maxPods: number;
  readonly activeIps: number;
  readonly warmIps: number;
  readonly activeEnis: number;
  readonly warmEnis: number;
  /** /28 prefixes; 0 without prefix delegation. */
  readonly prefixes: number;
  /** Addresses of its subnet that a node takes, the ENIs' own included. */
  readonly addressesPerNode: number;
  /** What stops a node of this row first as its pods grow. */
  readonly binding: NodeLimit;
}

/**
 * What can stop a node from running more pods: kubelet's max pods; the addresses that its ENIs carry, where max pods
 * was set above them; or a MINIMUM_IP_TARGET without WARM_IP_TARGET, past which the pool never grows.
 */
export type NodeLimit = "maxPods" | "enis" | "minimumIpTarget";
export const NODE_LIMITS = ["maxPods", "enis", "minimumIpTarget"] as const satisfies readonly NodeLimit[];

/** A row with all that is known of its nodes. */
export interface RowNode {
  readonly row: FleetRow;
  readonly calculated: MaxPods;
  /** As kubelet has it: given, or calculated. */
  readonly maxPods: number;
  /** Workload pods that each limit allows. */
  readonly podsBy: Readonly<Record<NodeLimit, number>>;
  /** A node's share of its subnet for a number of workload pods. */
  readonly addressesFor: (pods: number) => NodeAddresses;
}

/** Looks up and computes what the nodes of each row can carry; a type that is unknown or carries none is a problem. */
export function nodesOf(fleet: Fleet, lookUp: InstanceTypeLookup): { nodes: RowNode[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const {
    daemonSetPodsPerNode: daemonSetPods = 0,
    hostNetworkPodsPerNode: hostNetworkPods = HOST_NETWORK_PODS,
  } = fleet;
  const nodes = fleet.instances.flatMap((row, index): RowNode[] => {
    const path = `instances[${index}].type`;
    const type = lookUp(row.type);
    if (type === undefined) {
      problems.push(unknownInstanceType(path, row.type));
      return [];
    }
    let calculated: MaxPods;
    try {
      calculated = maxPods(type, fleet);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      problems.push(...error.problems.map((problem) => ({ ...problem, path })));
      return [];
    }
    const ofNode = row.maxPods ?? calculated.maxPods;
    const podsBy = {
      maxPods: ofNode - hostNetworkPods - daemonSetPods,
      enis: calculated.podAddresses - daemonSetPods,
      minimumIpTarget: addressesOfFixedPool(calculated, fleet) - daemonSetPods,
    };
    if (Math.min(podsBy.maxPods, podsBy.enis) < 0) {
      problems.push({
        path: `instances[${index}]`,
        reason: `a ${row.type} runs ${ofNode} pods with ${calculated.podAddresses} addresses: too few for ${daemonSetPods} DaemonSet pods and ${hostNetworkPods} of hostNetwork on each node.`,
        fix: "Choose a larger type, or correct daemonSetPodsPerNode, hostNetworkPodsPerNode or maxPods.",
      });
      return [];
    }
    const addressesFor = (pods: number) => nodeAddresses(calculated, pods + daemonSetPods, fleet, ofNode);
    return [{ row, calculated, maxPods: ofNode, podsBy, addressesFor }];
  });
  return { nodes, problems };
}

/** Workload pods that a node runs of those asked for, and of some more. */
export function hosted({ row, podsBy }: RowNode, extraPods = 0): number {
  return Math.max(0, Math.min(row.podsPerNode + extraPods, ...Object.values(podsBy)));
}

/** The limit that stops a node first. */
export function limitOf({ podsBy }: RowNode): NodeLimit {
  return NODE_LIMITS.reduce((first, limit) => (podsBy[limit] < podsBy[first] ? limit : first));
}

/** What a node of a row takes with that many workload pods. */
export function toRow(node: RowNode, pods: number): RowSize {
  const { row } = node;
  const addresses = node.addressesFor(pods);
  return {
    type: row.type,
    count: row.count,
    zone: row.zone ?? null,
    podsPerNode: row.podsPerNode,
    podsHostedPerNode: pods,
    maxPods: node.maxPods,
    activeIps: addresses.activeIps,
    warmIps: addresses.warmIps,
    activeEnis: addresses.activeEnis,
    warmEnis: addresses.warmEnis,
    prefixes: addresses.prefixes,
    addressesPerNode: addresses.subnetAddresses,
    binding: limitOf(node),
  };
}
