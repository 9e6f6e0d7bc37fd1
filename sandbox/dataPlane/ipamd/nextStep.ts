import type { AddressPool, PoolInterface } from "./addressPool";
import { kindOf, sizeOf, type Block } from "./block";
import type { NodeFacts } from "./nodeFacts";
import type { IpamdSettings } from "./settings";
import { blocksOver, blocksWanted, hasAddressTargets, isTooLow, placesOf } from "./targets";

/** One change of a node's ENIs, as ipamd makes them: never two at once. Blocks are of the pool's kind. */
export type Step =
  /** A new ENI, by the ENIConfig under custom networking, else like the primary one. */
  | { readonly kind: "attachInterface"; readonly blocks: number }
  | { readonly kind: "assignBlocks"; readonly interfaceId: string; readonly count: number }
  | { readonly kind: "unassignBlocks"; readonly removals: readonly Removal[] }
  | { readonly kind: "detachInterface"; readonly interfaceId: string };

/** What one ENI gives back to EC2. */
export interface Removal {
  readonly interfaceId: string;
  readonly blocks: readonly Block[];
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
  /** Between two looks at the primary ENI's security groups. */
  readonly groupRefreshMs: number;
}

/** Source: aws/amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go and pkg/ipamd/datastore/data_store.go, their constants. */
export const patienceOfIpamd: Patience = {
  decreaseIntervalMs: 30_000,
  minInterfaceLifetimeMs: 60_000,
  insufficientAddressesMs: 120_000,
  groupRefreshMs: 30_000,
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
  if (!situation.settings.provisions) return undefined;
  const change = isTooLow(situation) ? increase(situation) : decrease(situation);
  return change ?? freeInterface(situation);
}

/** increaseDatastorePool of a pool that is too low: more blocks on an ENI that has room, else another ENI. */
export function increase(situation: Situation): Step | undefined {
  const { pool, node, settings, timings, refused, patience, now } = situation;
  if (!settings.provisions) return undefined;
  if (!node.isSchedulable && !settings.managesNonSchedulable) return undefined;
  if (now - timings.lastInsufficient < patience.insufficientAddressesMs) return undefined;
  const perInterface = placesOf(node);
  const wanted = blocksWanted(situation);

  // Under custom networking the primary ENI keeps what it has and gets nothing more. Another ENI does, wherever it lies:
  // one that was made before the flag goes on growing in its old subnet.
  const leavesPrimary = settings.customNetworking || node.excludesPrimary;
  const withRoom = pool
    .interfaces()
    .filter(({ deviceIndex, isTrunk }) => isTrunk !== true && (deviceIndex !== 0 || !leavesPrimary))
    .map(({ interfaceId }) => ({ interfaceId, room: perInterface - pool.blocksOf(interfaceId).length }))
    .find(({ interfaceId, room }) => room > 0 && !refused.has(interfaceId));
  if (withRoom !== undefined) {
    return {
      kind: "assignBlocks",
      interfaceId: withRoom.interfaceId,
      count: Math.min(withRoom.room, wanted),
    };
  }
  if (pool.interfaces().length >= maxInterfaces(situation) - (node.awaitsTrunk ? 1 : 0)) return undefined;
  return { kind: "attachInterface", blocks: Math.min(wanted, perInterface) };
}

/** How many ENIs ipamd may know of: the type's, or MAX_ENI, without those that it leaves alone. */
export function maxInterfaces({ node, settings }: Pick<Situation, "node" | "settings">): number {
  return Math.min(node.maxInterfaces, settings.maxEni ?? Infinity) - node.unmanagedInterfaces;
}

/**
 * tryAssignIPs: with subnet discovery a full subnet only means that the next ENI's turn comes, and at last that of a new
 * ENI. Under custom networking too, where that is how an old node in a full subnet gets its first address of the new one.
 */
export function passesOverFullSubnet({ kind }: Step, { usesSubnetDiscovery }: IpamdSettings): boolean {
  return kind === "assignBlocks" && usesSubnetDiscovery;
}

/**
 * What is left of the other kind when ipamd starts after ENABLE_PREFIX_DELEGATION was changed, and that no pod has:
 * tryUnassignIPsFromENIs and tryUnassignPrefixesFromENIs, which nodeInit runs.
 */
export function leftOfOtherKind(pool: AddressPool): Removal[] {
  return pool
    .interfaces()
    .map(({ interfaceId }) => ({
      interfaceId,
      blocks: pool.freeableOf(interfaceId).filter((block) => kindOf(block) !== pool.kind),
    }))
    .filter(({ blocks }) => blocks.length > 0);
}

/** decreaseDatastorePool: only targets of addresses or prefixes make ipamd give single ones back. */
function decrease(situation: Situation): Step | undefined {
  const { pool, timings, patience, now } = situation;
  let over = blocksOver(situation);
  if (over === 0 || now - timings.lastDecrease <= patience.decreaseIntervalMs) return undefined;
  const removals: Removal[] = [];
  for (const { interfaceId } of pool.interfaces()) {
    const blocks = pool.freeableOf(interfaceId).slice(0, over);
    over -= blocks.length;
    if (blocks.length > 0) removals.push({ interfaceId, blocks });
  }
  return removals.length === 0 ? undefined : { kind: "unassignBlocks", removals };
}

/** tryFreeENI: shouldRemoveExtraENIs and getDeletableENI. */
function freeInterface(situation: Situation): Step | undefined {
  const { pool, node, settings, now } = situation;
  if (!node.isSchedulable && !settings.managesNonSchedulable) return undefined;
  const free = pool.interfaces().find((one) => isDeletable(one, situation));
  if (free === undefined) return undefined;
  // With prefixes the CNI frees an ENI that isDeletable even when the pool is no bigger than its target wants.
  if (!hasAddressTargets(settings) && pool.kind === "address") {
    // One more than the target, or the next look at the pool would bring it back.
    if (pool.counts(now).available < (settings.warmEniTarget + 1) * placesOf(node)) return undefined;
  }
  return { kind: "detachInterface", interfaceId: free.interfaceId };
}

function isDeletable(
  { interfaceId, deviceIndex, since, isTrunk }: PoolInterface,
  { pool, settings, patience, now }: Situation,
): boolean {
  if (deviceIndex === 0 || isTrunk === true || now - since < patience.minInterfaceLifetimeMs) return false;
  if (pool.isInUse(interfaceId, now)) return false;
  const all = pool.counts(now);
  const others = all.total - pool.counts(now, interfaceId).total;
  const inBlocks = (addresses: number) => Math.ceil(addresses / sizeOf(pool.kind)) * sizeOf(pool.kind);
  return (
    others - all.assigned >= inBlocks(settings.warmIpTarget) &&
    others >= inBlocks(settings.minimumIpTarget) &&
    (pool.kind === "address" || pool.freePrefixes(interfaceId) >= settings.warmPrefixTarget)
  );
}
