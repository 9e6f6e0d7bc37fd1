import { counted } from "../amounts";
import { ADDRESSES_PER_PREFIX, maxPods } from "../maxPods";
import type { InstanceType } from "../instanceType";
import type { Problem } from "../problem";
import type { Amount } from "./amount";
import { sum } from "../sequence";
import { nodeAddresses, type WarmTargets } from "../warmPool";
import { isFinished, podsByNode, type ClusterNode, type ClusterPod, type Observation } from "./observation";
import type { OldNode } from "./oldNodes";
import { podsTo, type VerdictOptions } from "./podVerdict";
import { poolOf, type PoolTarget, type WorkerPool } from "./surge";
import { hasPodEni } from "./workerShape";

/** A subnet, and how many addresses EC2 still gives of it. */
export interface SubnetRoom {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  readonly freeAddresses: number;
}

/** Where the workers of a pool have their addresses. */
export interface PoolSubnets {
  readonly nodeGroupName: string;
  /** Of its workers themselves. */
  readonly nodeSubnets: readonly SubnetRoom[];
  /** Of their pods: that of the ENIConfig which they take. None where it is not known. */
  readonly podSubnet: SubnetRoom | undefined;
  /** Of its workers; none where it is not known. */
  readonly instanceType: InstanceType | undefined;
}

/** Room for new workers in the node subnets of a zone. */
export interface NodeAddressRoom {
  /** Of the subnets; several where a group has workers in any of them. */
  readonly availabilityZones: readonly string[];
  readonly subnets: readonly SubnetRoom[];
  /** Free addresses in all of them. */
  readonly free: number;
  /** Addresses that new workers need at the most at any moment, beyond those that old nodes have given back by then. */
  readonly needed: number;
  /** Addresses that old nodes hold there and no pod has, one for each node left to it: what lower warm targets free. */
  readonly unused: number;
  readonly oldNodes: number;
}

/** Room for pods in the pod subnet of some pools. */
export interface PodAddressRoom extends Omit<SubnetRoom, "freeAddresses"> {
  readonly free: number;
  /** Addresses that the workers of these pools take beyond what they hold, once all has moved; warm ones included. */
  readonly needed: number;
  /** Workers there in the end. */
  readonly workers: number;
  /** Pods there in the end that have an address of their own. */
  readonly pods: number;
}

/** How many workers there are by a moment, and which old nodes are gone by then. */
export interface SurgeMoment {
  /** Workers of each pool that were added, by its name. */
  readonly added: ReadonlyMap<string, number>;
  readonly gone: readonly OldNode[];
}

/**
 * Room for new workers, zone by zone. Each takes one address of its node subnet: custom networking leaves the primary
 * network interface without addresses for pods.
 *
 * @param moments of the whole rotation, in their order.
 */
export function nodeAddressRoom(
  pools: readonly PoolSubnets[],
  moments: readonly SurgeMoment[],
  old: readonly OldNode[],
): NodeAddressRoom[] {
  const byZones = new Map<string, { subnets: Map<string, SubnetRoom>; pools: Set<string> }>();
  for (const { nodeGroupName, nodeSubnets } of pools) {
    if (nodeSubnets.length === 0) continue;
    const zones = zonesOf(nodeSubnets).join();
    const known = byZones.get(zones) ?? { subnets: new Map(), pools: new Set() };
    for (const subnet of nodeSubnets) known.subnets.set(subnet.subnetId, subnet);
    known.pools.add(nodeGroupName);
    byZones.set(zones, known);
  }
  return [...byZones.values()].map(({ subnets, pools: names }) => {
    const ids = new Set(subnets.keys());
    const needed = moments.map(
      ({ added, gone }) =>
        sum([...names], (name) => added.get(name) ?? 0) - sum(gone, ({ node }) => heldIn(node, ids)),
    );
    const here = old.filter(({ node }) => heldIn(node, ids) > 0);
    return {
      availabilityZones: zonesOf([...subnets.values()]),
      subnets: [...subnets.values()],
      free: sum([...subnets.values()], ({ freeAddresses }) => freeAddresses),
      needed: Math.max(0, ...needed),
      unused: sum(here, (one) => unusedIn(one, ids)),
      oldNodes: here.length,
    };
  });
}

/**
 * How many workers each of some pools has addresses for, by its name: what is free in its node subnets, shared evenly with
 * the others that are in any of them. Left out where its subnets are not known.
 */
export function workersWithRoom(pools: readonly PoolSubnets[]): ReadonlyMap<string, number> {
  const idsOf = ({ nodeSubnets }: PoolSubnets) => nodeSubnets.map(({ subnetId }) => subnetId);
  return new Map(
    pools
      .filter(({ nodeSubnets }) => nodeSubnets.length > 0)
      .map((pool) => {
        const ids = new Set(idsOf(pool));
        const sharing = pools.filter((other) => idsOf(other).some((id) => ids.has(id))).length;
        const free = sum(pool.nodeSubnets, ({ freeAddresses }) => freeAddresses);
        return [pool.nodeGroupName, Math.floor(free / sharing)];
      }),
  );
}

/** Too little room for new workers, with the numbers and the ways out. */
export function nodeAddressProblems(
  rooms: readonly NodeAddressRoom[],
  { lowerWarmTargets, surge }: { readonly lowerWarmTargets: boolean; readonly surge?: Amount | undefined },
): Problem[] {
  return rooms
    .filter(({ free, needed, unused }) => free + (lowerWarmTargets ? unused : 0) < needed)
    .map(({ availabilityZones, subnets, free, needed, unused, oldNodes }) => {
      const where = subnets.map(({ subnetId, cidrBlock }) => `${subnetId} (${cidrBlock})`).join(", ");
      const lowered = `lowerWarmTargets: true (--lower-warm-targets) lets ${counted(oldNodes, "old node")} give back about ${unused} that no pod has`;
      const isEnough = free + unused >= needed;
      const ways = [
        ...(surge === 0
          ? ["give the worker group subnets with room (subnetIds), or end what holds addresses there"]
          : ["surge: 0 (--surge 0) drains an old node before its replacement is made"]),
        ...(lowerWarmTargets
          ? [`lower warm targets free about ${unused}, too few`]
          : isEnough
            ? [`or ${lowered}`]
            : []),
      ];
      return {
        path: `zones.${availabilityZones.join("/")}`,
        reason: `the node subnets have ${counted(free, "free address", "free addresses")}, and new workers need ${needed} before old nodes give theirs back: ${where}.`,
        fix: `${ways.join("; ")}.`,
      };
    });
}

/** Whether lower warm targets are what a rotation needs, and enough. */
export function needsLowerWarmTargets(rooms: readonly NodeAddressRoom[]): boolean {
  const short = rooms.filter(({ free, needed }) => free < needed);
  return short.length > 0 && short.every(({ free, needed, unused }) => free + unused >= needed);
}

/**
 * Room for pods, subnet by subnet: what the workers of its pools hold once all pods have moved, warm addresses included,
 * against what is free there. Pools whose pod subnet or instance type is not known are left out.
 */
export function podAddressRoom(
  { pods, target }: Observation,
  pools: readonly WorkerPool[],
  subnets: readonly PoolSubnets[],
  targets: readonly PoolTarget[],
  going: readonly OldNode[],
  warm: WarmTargets,
  options: VerdictOptions = {},
): PodAddressRoom[] {
  const byNode = podsByNode(pods);
  const rooms = new Map<string, PodAddressRoom>();
  for (const pool of pools) {
    const { podSubnet, instanceType } =
      subnets.find(({ nodeGroupName }) => nodeGroupName === pool.nodeGroupName) ?? {};
    if (podSubnet === undefined || instanceType === undefined || !hasPodEni(instanceType, target)) continue;
    const workers =
      targets.find(({ nodeGroupName }) => nodeGroupName === pool.nodeGroupName)?.desiredSize ??
      pool.desiredSize;
    const coming = going.filter(({ node }) => poolOf(node, pools) === pool);
    const movers = coming.flatMap((one) => podsTo("evict", one.pods, options)).filter(hasOwnAddress);
    const there = pool.nodes.flatMap(({ name }) => byNode.get(name) ?? []).filter(hasOwnAddress);
    const daemons = addressedDaemons(coming.flatMap((one) => one.pods));
    const count = movers.length + there.length + daemons * Math.max(0, workers - pool.nodes.length);
    const { freeAddresses, ...subnet } = podSubnet;
    const known = rooms.get(subnet.subnetId) ?? {
      ...subnet,
      free: freeAddresses,
      ...{ needed: 0, workers: 0, pods: 0 },
    };
    const held = sum(pool.nodes, (node) => heldIn(node, new Set([subnet.subnetId])));
    const taken = workers * addressesPerWorker(instanceType, count, workers, target, warm);
    rooms.set(subnet.subnetId, {
      ...known,
      needed: known.needed + Math.max(0, taken - held),
      workers: known.workers + workers,
      pods: known.pods + count,
    });
  }
  return [...rooms.values()];
}

/** Pod subnets that are too small, with the numbers and the ways out. */
export function podAddressProblems(rooms: readonly PodAddressRoom[]): Problem[] {
  return rooms
    .filter(({ free, needed }) => free < needed)
    .map(({ subnetId, cidrBlock, availabilityZone, free, needed, workers, pods }) => ({
      path: `podSubnets.${subnetId}`,
      reason: `${cidrBlock} in ${availabilityZone} has ${counted(free, "free address", "free addresses")}; ${counted(workers, "worker")} with ${counted(pods, "pod")} take ${needed} more, warm ones included.`,
      fix: "Let nodes keep fewer warm addresses (cni.env WARM_IP_TARGET of the stack's configuration), or give the zone a larger pod subnet; then run podnet up.",
    }));
}

/** Addresses of some subnets that a node holds: of its network interfaces, and those for pods. */
function heldIn({ enis }: ClusterNode, subnetIds: ReadonlySet<string>): number {
  return sum(
    enis.filter(({ subnetId }) => subnetIds.has(subnetId)),
    ({ secondaryAddresses, prefixes }) =>
      1 + secondaryAddresses.length + ADDRESSES_PER_PREFIX * prefixes.length,
  );
}

/** Addresses for pods that a node holds in some subnets and no pod has, but for the one that stays warm. */
function unusedIn({ node, pods }: OldNode, subnetIds: ReadonlySet<string>): number {
  const enis = node.enis.filter(({ subnetId }) => subnetIds.has(subnetId)).length;
  const used = pods.filter(hasOwnAddress).length;
  return Math.max(0, heldIn(node, subnetIds) - enis - used - 1);
}

function hasOwnAddress(pod: ClusterPod): boolean {
  return !pod.hostNetwork && !isFinished(pod);
}

/** DaemonSets whose pods have addresses of their own, so that each worker takes one for each. */
function addressedDaemons(pods: readonly ClusterPod[]): number {
  return new Set(
    pods
      .filter(hasOwnAddress)
      .flatMap(({ controller }) => (controller?.kind === "DaemonSet" ? [controller.uid] : [])),
  ).size;
}

function addressesPerWorker(
  type: InstanceType,
  pods: number,
  workers: number,
  { prefixDelegation, maxEni }: Observation["target"],
  warm: WarmTargets,
): number {
  if (workers === 0) return 0;
  const node = maxPods(type, { customNetworking: true, prefixDelegation, maxEni });
  const each = Math.min(Math.ceil(pods / workers), node.podAddresses, node.maxPods - 1);
  return nodeAddresses(node, each, warm).subnetAddresses;
}

function zonesOf(subnets: readonly SubnetRoom[]): string[] {
  return [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))].sort();
}
