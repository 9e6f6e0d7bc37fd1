import type { Problem } from "../problem";
import { isFinished } from "../rotation/observation";
import type { OldNode } from "../rotation/oldNodes";

/** The subnets of one zone to which pods go back. */
export interface OldRangeZone {
  readonly availabilityZone: string;
  readonly subnetIds: readonly string[];
  /** Of all of them, as EC2 counts. */
  readonly freeAddresses: number;
}

/** How far the addresses of a zone suffice. */
export interface OldRangeNeed extends OldRangeZone {
  /** Addresses that are taken while pods go back: of new workers, their network interfaces, and the pods. */
  readonly neededAddresses: number;
  /** New workers at the most that its addresses are reckoned for. */
  readonly newWorkers: number;
}

/** A new worker takes an address for itself, and one for a second network interface. */
const ADDRESSES_PER_WORKER = 2;

/**
 * What the old range has to give in each zone: an address for each pod that comes back, and two for each new
 * worker: as many as go, or as come.
 * What the workers that go give back is not counted, since most of it comes too late.
 *
 * @param leaving the nodes whose pods go back.
 * @param coming workers that come in any case, by zone; else as many as go. @default none
 */
export function oldRangeNeeds(
  zones: readonly OldRangeZone[],
  leaving: readonly Pick<OldNode, "node" | "pods">[],
  coming: ReadonlyMap<string, number> = new Map(),
): OldRangeNeed[] {
  return zones.map((zone) => {
    const here = leaving.filter(({ node }) => node.availabilityZone === zone.availabilityZone);
    const pods = here
      .flatMap((one) => one.pods)
      .filter((pod) => !pod.hostNetwork && !isFinished(pod) && !pod.isTerminating);
    const newWorkers = Math.max(here.length, coming.get(zone.availabilityZone) ?? 0);
    return { ...zone, newWorkers, neededAddresses: pods.length + newWorkers * ADDRESSES_PER_WORKER };
  });
}

/** How many new workers each zone has addresses for, beside what it needs in any case. */
export function workersWithRoom(needs: readonly OldRangeNeed[]): ReadonlyMap<string, number> {
  return new Map(
    needs.map(({ availabilityZone, freeAddresses, neededAddresses, newWorkers }) => [
      availabilityZone,
      newWorkers + Math.max(0, Math.floor((freeAddresses - neededAddresses) / ADDRESSES_PER_WORKER)),
    ]),
  );
}

/** Zones whose addresses don't suffice. */
export function oldRangeProblems(needs: readonly OldRangeNeed[]): Problem[] {
  return needs
    .filter(({ freeAddresses, neededAddresses }) => freeAddresses < neededAddresses)
    .map(({ availabilityZone, subnetIds, freeAddresses, neededAddresses }) => ({
      path: `zones.${availabilityZone}`,
      reason: `has ${freeAddresses} free addresses in the subnets of its old groups (${subnetIds.join(", ") || "none"}), and going back takes ${neededAddresses}.`,
      fix: "Scale workloads down, free addresses there, or give the old groups a subnet with room; then look again.",
    }));
}
