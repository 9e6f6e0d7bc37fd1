import type { Subnet } from "./inventory";

/**
 * Which addresses are taken, in the subnets that were asked for.
 *
 * Moto is asked once for each subnet, since its answer takes longer with every ENI; what passes through the front from
 * then on is noted here.
 */
export interface SubnetLedger {
  /** @throws AwsError InvalidSubnetID.NotFound */
  of(subnetId: string): Promise<Subnet>;
  /** @param chosen those among the addresses that nobody named; the next choice begins behind them. */
  take(subnetId: string, addresses: readonly string[], chosen: readonly string[]): void;
  giveBack(subnetId: string, addresses: readonly string[]): void;
  /** Asks moto again the next time: something happened that only moto knows. */
  forget(): void;
}

/** A ledger that knows nothing yet. */
export function subnetLedger(look: (subnetId: string) => Promise<Subnet>): SubnetLedger {
  const known = new Map<string, Subnet & { readonly taken: Set<string> }>();
  /** Moto doesn't know it, so it is not forgotten. */
  const lastChosen = new Map<string, string>();
  return {
    of: async (subnetId) => {
      let entry = known.get(subnetId);
      if (entry === undefined) {
        const found = await look(subnetId);
        entry = { ...found, taken: new Set(found.taken) };
        known.set(subnetId, entry);
      }
      return { ...entry, lastChosen: lastChosen.get(subnetId) };
    },
    take: (subnetId, addresses, chosen) => {
      for (const address of addresses) known.get(subnetId)?.taken.add(address);
      const last = chosen.at(-1);
      if (last !== undefined) lastChosen.set(subnetId, last);
    },
    giveBack: (subnetId, addresses) => {
      for (const address of addresses) known.get(subnetId)?.taken.delete(address);
    },
    forget: () => {
      known.clear();
    },
  };
}
