import type { AddressPool } from "./addressPool";
import type { IpamdSettings } from "./settings";

/** One change of a node's ENIs, as ipamd makes them: never two at once. */
export type Step =
  /** A new ENI, by the ENIConfig under custom networking, else like the primary one. */
  | { readonly kind: "attachInterface"; readonly addresses: number }
  | { readonly kind: "assignAddresses"; readonly interfaceId: string; readonly count: number }
  | { readonly kind: "unassignAddresses"; readonly removals: readonly Removal[] }
  | { readonly kind: "detachInterface"; readonly interfaceId: string };

/** Addresses that one ENI gives back to EC2. */
export interface Removal {
  readonly interfaceId: string;
  readonly addresses: readonly string[];
}

/** What ipamd knows of its node. */
export interface NodeFacts {
  /** ENIs of the default network card, the primary one included. */
  readonly maxInterfaces: number;
  /** Addresses of one ENI, its own included. */
  readonly addressesPerInterface: number;
  /** ENIs that are there and that ipamd leaves alone; they take up places. */
  readonly unmanagedInterfaces: number;
  /** status.capacity.pods when ipamd started. */
  readonly maxPods: number;
  /** Not cordoned. */
  readonly isSchedulable: boolean;
}

/** When ipamd last did, or could not do, something; milliseconds since 1970. */
export interface Timings {
  readonly lastDecrease: number;
  /** A subnet had no address left, and ipamd did not pass it over. */
  readonly lastInsufficient: number;
}

/** How long ipamd waits with what it could do. */
export interface Patience {
  /** Between two rounds of giving addresses back to EC2. */
  readonly decreaseIntervalMs: number;
  /** How long a new ENI is kept even if nobody needs it. */
  readonly minInterfaceLifetimeMs: number;
  /** Before a full subnet is asked again. */
  readonly insufficientAddressesMs: number;
}

/** Source: aws/amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go and pkg/ipamd/datastore/data_store.go, their constants. */
export const patienceOfIpamd: Patience = {
  decreaseIntervalMs: 30_000,
  minInterfaceLifetimeMs: 60_000,
  insufficientAddressesMs: 120_000,
};

/** Everything that a decision depends on. */
export interface Situation {
  readonly pool: AddressPool;
  readonly node: NodeFacts;
  readonly settings: IpamdSettings;
  readonly timings: Timings;
  /** ENIs to which a full subnet refused addresses in this round; they are passed over. */
  readonly refused: ReadonlySet<string>;
  readonly patience: Patience;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * What ipamd does next to its pool; nothing when it is content.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go (updateIPPoolIfRequired).
 */
export function nextStep(situation: Situation): Step | undefined {
  const change = isTooLow(situation) ? increase(situation) : decrease(situation);
  return change ?? freeInterface(situation);
}

/** increaseDatastorePool: more addresses on an ENI that has room, else another ENI. */
export function increase(situation: Situation): Step | undefined {
  const { pool, node, settings, timings, refused, patience, now } = situation;
  if (!node.isSchedulable && !settings.managesNonSchedulable) return undefined;
  if (now - timings.lastInsufficient < patience.insufficientAddressesMs) return undefined;
  const perInterface = node.addressesPerInterface - 1;
  const short = targetState(pool, settings, now)?.short;
  if (short === 0) return undefined;
  const wanted = short ?? perInterface;

  // Under custom networking the primary ENI keeps what it has and gets nothing more. Another ENI does, wherever it lies:
  // one that was made before the flag goes on growing in its old subnet.
  const withRoom = pool
    .interfaces()
    .filter(({ deviceIndex }) => deviceIndex !== 0 || !settings.customNetworking)
    .map(({ interfaceId }) => ({ interfaceId, room: perInterface - pool.addressesOf(interfaceId).length }))
    .find(({ interfaceId, room }) => room > 0 && !refused.has(interfaceId));
  if (withRoom !== undefined) {
    return {
      kind: "assignAddresses",
      interfaceId: withRoom.interfaceId,
      count: Math.min(withRoom.room, wanted),
    };
  }
  const maxInterfaces = Math.min(node.maxInterfaces, settings.maxEni ?? Infinity) - node.unmanagedInterfaces;
  if (pool.interfaces().length >= maxInterfaces) return undefined;
  return { kind: "attachInterface", addresses: Math.min(wanted, perInterface) };
}

/**
 * tryAssignIPs: with subnet discovery a full subnet only means that the next ENI's turn comes, and at last that of a new
 * ENI. Under custom networking too, where that is how an old node in a full subnet gets its first address of the new one.
 */
export function passesOverFullSubnet({ kind }: Step, { usesSubnetDiscovery }: IpamdSettings): boolean {
  return kind === "assignAddresses" && usesSubnetDiscovery;
}

/** isDatastorePoolTooLow. */
export function isTooLow({ pool, node, settings, now }: Situation): boolean {
  const { total, available } = pool.counts(now);
  if (total >= node.maxPods) return false;
  const target = targetState(pool, settings, now);
  if (target !== undefined) return target.short > 0;
  const { warmEniTarget } = settings;
  return (
    available < (node.addressesPerInterface - 1) * warmEniTarget || (warmEniTarget === 0 && available === 0)
  );
}

/** datastoreTargetState: how far the pool is from the address targets; nothing where none is set. */
function targetState(
  pool: AddressPool,
  { warmIpTarget, minimumIpTarget }: IpamdSettings,
  now: number,
): { short: number; over: number } | undefined {
  if (warmIpTarget === 0 && minimumIpTarget === 0) return undefined;
  const { total, available } = pool.counts(now);
  const short = Math.max(warmIpTarget - available, minimumIpTarget - total, 0);
  const over = Math.max(Math.min(available - warmIpTarget, total - minimumIpTarget), 0);
  return { short, over };
}

/** decreaseDatastorePool: only address targets make ipamd give single addresses back. */
function decrease({ pool, settings, timings, patience, now }: Situation): Step | undefined {
  let over = targetState(pool, settings, now)?.over ?? 0;
  if (over === 0 || now - timings.lastDecrease <= patience.decreaseIntervalMs) return undefined;
  const removals: Removal[] = [];
  for (const { interfaceId } of pool.interfaces()) {
    const addresses = pool.freeableOf(interfaceId).slice(0, over);
    over -= addresses.length;
    if (addresses.length > 0) removals.push({ interfaceId, addresses });
  }
  return removals.length === 0 ? undefined : { kind: "unassignAddresses", removals };
}

/** shouldRemoveExtraENIs and getDeletableENI. */
function freeInterface(situation: Situation): Step | undefined {
  const { pool, node, settings, patience, now } = situation;
  if (!node.isSchedulable && !settings.managesNonSchedulable) return undefined;
  const { warmEniTarget, warmIpTarget, minimumIpTarget } = settings;
  const counts = pool.counts(now);
  if (targetState(pool, settings, now) === undefined) {
    // One more than the target, or the next look at the pool would bring it back.
    if (counts.available < (warmEniTarget + 1) * (node.addressesPerInterface - 1)) return undefined;
  }
  const free = pool.interfaces().find(({ interfaceId, deviceIndex, since }) => {
    if (deviceIndex === 0 || now - since < patience.minInterfaceLifetimeMs) return false;
    const own = pool.counts(now, interfaceId);
    if (own.assigned > 0 || own.cooling > 0) return false;
    const othersFree = counts.total - own.total - counts.assigned;
    return othersFree >= warmIpTarget && counts.total - own.total >= minimumIpTarget;
  });
  return free === undefined ? undefined : { kind: "detachInterface", interfaceId: free.interfaceId };
}
