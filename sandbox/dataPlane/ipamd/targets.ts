import type { AddressPool } from "./addressPool";
import { sizeOf } from "./block";
import type { NodeFacts } from "./nodeFacts";
import type { IpamdSettings } from "./settings";

/** What the targets are held against. */
export interface Held {
  readonly pool: AddressPool;
  readonly node: NodeFacts;
  readonly settings: IpamdSettings;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How far a pool is from its address targets, in blocks of its kind. */
export interface Distance {
  readonly short: number;
  readonly over: number;
}

/** isDatastorePoolTooLow. */
export function isTooLow(held: Held): boolean {
  const { pool, node, settings, now } = held;
  const { total, available } = pool.counts(now);
  if (total >= node.maxPods) return false;
  const distance = distanceFromAddressTargets(held);
  if (distance !== undefined) return distance.short > 0;
  const [target, each] =
    pool.kind === "prefix"
      ? [settings.warmPrefixTarget, sizeOf(pool.kind)]
      : [settings.warmEniTarget, placesOf(node)];
  return available < each * target || (target === 0 && available === 0);
}

/**
 * How many blocks ipamd wants when its pool is too low: getPrefixesNeeded, and the first lines of tryAssignIPs. Prefixes
 * one at a time at least, addresses by the whole ENI when no target says less.
 */
export function blocksWanted(held: Held): number {
  const { pool, node, settings } = held;
  const distance = distanceFromAddressTargets(held);
  if (pool.kind === "address") return distance?.short ?? placesOf(node);
  return Math.max(1, distance?.short ?? settings.warmPrefixTarget - pool.freePrefixes());
}

/**
 * How many blocks there are more than the targets want: isDatastorePoolTooHigh and computeExtraPrefixesOverWarmTarget.
 * Without a target ipamd gives no single address back.
 */
export function blocksOver(held: Held): number {
  const { pool, settings } = held;
  const distance = distanceFromAddressTargets(held);
  if (distance !== undefined) return distance.over;
  return pool.kind === "prefix" ? Math.max(pool.freePrefixes() - settings.warmPrefixTarget, 0) : 0;
}

/** Whether WARM_IP_TARGET or MINIMUM_IP_TARGET is set, which leaves the other targets without effect. */
export function hasAddressTargets({ warmIpTarget, minimumIpTarget }: IpamdSettings): boolean {
  return warmIpTarget !== 0 || minimumIpTarget !== 0;
}

/** How many blocks one ENI takes. */
export function placesOf({ addressesPerInterface }: NodeFacts): number {
  return addressesPerInterface - 1;
}

/** datastoreTargetState: nothing where no address target is set. */
function distanceFromAddressTargets({ pool, settings, now }: Held): Distance | undefined {
  if (!hasAddressTargets(settings)) return undefined;
  const { warmIpTarget, minimumIpTarget } = settings;
  const { total, assigned, available } = pool.counts(now);
  const short = Math.max(warmIpTarget - available, minimumIpTarget - total, 0);
  if (pool.kind === "address") {
    return { short, over: Math.max(Math.min(available - warmIpTarget, total - minimumIpTarget), 0) };
  }
  const inPrefixes = (addresses: number) => Math.ceil(addresses / sizeOf("prefix"));
  const needed = Math.max(inPrefixes(assigned + warmIpTarget), inPrefixes(minimumIpTarget));
  // What is over may be spread over prefixes that are in use, and those can't go.
  const over = Math.max(Math.min(pool.freePrefixes(), pool.totalPrefixes() - needed), 0);
  return { short: inPrefixes(short), over };
}
