import { ADDRESSES_PER_PREFIX, type MaxPods } from "./maxPods";

/**
 * How many addresses the CNI keeps attached to a node beyond those that pods use.
 *
 * The IP targets, when either is set, replace the ENI and the prefix target. All are counts from 0 up.
 */
export interface WarmTargets {
  /** WARM_ENI_TARGET: whole ENIs kept free; without prefix delegation. @default 1 */
  readonly warmEniTarget?: number | undefined;
  /** WARM_IP_TARGET: addresses kept free. 0 is the same as unset. @default 0 */
  readonly warmIpTarget?: number | undefined;
  /** MINIMUM_IP_TARGET: addresses attached at the least. 0 is the same as unset. @default 0 */
  readonly minimumIpTarget?: number | undefined;
  /** WARM_PREFIX_TARGET: whole /28 prefixes kept free; with prefix delegation. @default 1, as the manifest ships */
  readonly warmPrefixTarget?: number | undefined;
}

/** What a node holds of its subnet once its pods run and its pool is as warm as the targets ask. */
export interface NodeAddresses {
  /** Addresses that pods have. */
  readonly activeIps: number;
  /** Addresses attached and free. */
  readonly warmIps: number;
  /** ENIs with a pod on them, when pods fill one after the other. */
  readonly activeEnis: number;
  /** Further ENIs that are attached. */
  readonly warmEnis: number;
  /** /28 prefixes attached; 0 without prefix delegation. */
  readonly prefixes: number;
  /** What the node takes of the subnet that its pods' ENIs are in: pods', warm and the ENIs' own addresses. */
  readonly subnetAddresses: number;
}

/**
 * What a node with this many pods holds of its subnet.
 *
 * Follows the pool manager of the CNI (amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go: isDatastorePoolTooLow,
 * datastoreTargetState, increaseDatastorePool) for pods that come one after the other, and reproduces the tables of
 * docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md. A pool stops growing once it has as many addresses as
 * the node may run pods.
 *
 * @param pods pods with an address of their own (not hostNetwork), at most `node.podAddresses` and fewer than
 *   `maxPods`.
 * @param maxPods the node's max pods as kubelet has it. @default what was calculated
 */
export function nodeAddresses(
  node: MaxPods,
  pods: number,
  targets: WarmTargets,
  maxPods = node.maxPods,
): NodeAddresses {
  const slotsPerEni = node.ipv4PerEni - 1;
  const slots = node.podEnis * slotsPerEni;
  const perSlot = node.addressMode === "prefix" ? ADDRESSES_PER_PREFIX : 1;
  const { warmIpTarget = 0, minimumIpTarget = 0 } = targets;

  // Addresses, or prefixes of them; all of the ENIs together have room for `slots`.
  let attached: number;
  if (warmIpTarget > 0 || minimumIpTarget > 0) {
    const wanted = Math.max(pods + warmIpTarget, minimumIpTarget);
    const enough = Math.max(maxPods, warmIpTarget, minimumIpTarget);
    attached = Math.ceil(Math.min(wanted, enough) / perSlot);
  } else if (node.addressMode === "prefix") {
    const { warmPrefixTarget = 1 } = targets;
    const enough = Math.max(Math.ceil(maxPods / perSlot), warmPrefixTarget);
    attached = Math.min(inUseAndWarm(pods, perSlot, warmPrefixTarget), enough);
  } else {
    const enough = Math.ceil(maxPods / slotsPerEni);
    attached = Math.min(inUseAndWarm(pods, slotsPerEni, targets.warmEniTarget ?? 1), enough) * slotsPerEni;
  }
  attached = Math.min(attached, slots);

  const enis = Math.max(1, Math.ceil(attached / slotsPerEni));
  const activeEnis = Math.ceil(Math.ceil(pods / perSlot) / slotsPerEni);
  const addresses = attached * perSlot;
  return {
    activeIps: pods,
    warmIps: addresses - pods,
    activeEnis,
    warmEnis: enis - activeEnis,
    prefixes: perSlot > 1 ? attached : 0,
    subnetAddresses: addresses + enis,
  };
}

/**
 * Units (ENIs or prefixes) attached for this many pods: those in use and the warm ones. With a target of 0 one more
 * is attached only when none of the addresses is free.
 */
function inUseAndWarm(pods: number, perUnit: number, warm: number): number {
  return warm === 0 ? Math.floor(pods / perUnit) + 1 : Math.ceil(pods / perUnit) + warm;
}

/**
 * The addresses of a pool that never grows: with MINIMUM_IP_TARGET and without WARM_IP_TARGET, ipamd attaches so many
 * when the node starts, and no more when they are used up. `Infinity` for any other pool.
 */
export function addressesOfFixedPool(node: MaxPods, targets: WarmTargets): number {
  const { warmIpTarget = 0, minimumIpTarget = 0 } = targets;
  if (warmIpTarget > 0 || minimumIpTarget === 0) return Infinity;
  const perSlot = node.addressMode === "prefix" ? ADDRESSES_PER_PREFIX : 1;
  return Math.min(node.podAddresses, Math.ceil(minimumIpTarget / perSlot) * perSlot);
}
