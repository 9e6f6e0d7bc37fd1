/** What ipamd knows of its node. */
export interface NodeFacts {
  /** ENIs of the default network card, the primary one included. */
  readonly maxInterfaces: number;
  /** Addresses of one ENI, its own included. */
  readonly addressesPerInterface: number;
  /** ENIs that are there and that ipamd leaves alone; they take up places. */
  readonly unmanagedInterfaces: number;
  /** Whether the primary ENI gets nothing more for pods: its subnet's tag says so. Custom networking comes to the same. */
  readonly excludesPrimary: boolean;
  /** Whether a trunk ENI is still to come, for which ipamd leaves one place free. */
  readonly awaitsTrunk: boolean;
  /** status.capacity.pods when ipamd started. */
  readonly maxPods: number;
  /** Not cordoned. */
  readonly isSchedulable: boolean;
}
