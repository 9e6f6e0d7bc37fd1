import type { SubnetAddresses } from "./subnetAddresses";

/**
 * Which addresses are taken, in the subnets that were asked for.
 *
 * Moto is asked once for each subnet, since its answer takes longer with every ENI; what passes through the front from
 * then on is noted here.
 */
export interface SubnetLedger {
  /** @throws AwsError InvalidSubnetID.NotFound */
  of(subnetId: string): Promise<SubnetAddresses>;
  take(subnetId: string, addresses: readonly string[]): void;
  giveBack(subnetId: string, addresses: readonly string[]): void;
  /** Asks moto again the next time: something happened that only moto knows. */
  forget(): void;
}

/** A ledger that knows nothing yet. */
export function subnetLedger(look: (subnetId: string) => Promise<SubnetAddresses>): SubnetLedger {
  const known = new Map<string, { readonly cidrBlock: string; readonly taken: Set<string> }>();
  return {
    of: async (subnetId) => {
      const present = known.get(subnetId);
      if (present !== undefined) return { subnetId, ...present };
      const { cidrBlock, taken } = await look(subnetId);
      const entry = { cidrBlock, taken: new Set(taken) };
      known.set(subnetId, entry);
      return { subnetId, ...entry };
    },
    take: (subnetId, addresses) => {
      for (const address of addresses) known.get(subnetId)?.taken.add(address);
    },
    giveBack: (subnetId, addresses) => {
      for (const address of addresses) known.get(subnetId)?.taken.delete(address);
    },
    forget: () => {
      known.clear();
    },
  };
}
