import { kindOf, sizeOf } from "../ipamd/block";
import type { ManagedInterface } from "../ipamd/ipamdState";

/** Addresses for pods on some ENIs, and how many of them pods have. */
export function countAddresses(interfaces: readonly Pick<ManagedInterface, "blocks">[]): {
  readonly total: number;
  readonly assigned: number;
} {
  let [total, assigned] = [0, 0];
  for (const { block, addresses } of interfaces.flatMap(({ blocks }) => blocks)) {
    total += sizeOf(kindOf(block));
    assigned += addresses.filter(({ holder }) => holder !== undefined).length;
  }
  return { total, assigned };
}
