import type { InterfaceBlock } from "./addressPool";

/** What ipamd holds at one moment. */
export interface IpamdState {
  /** By device index. */
  readonly interfaces: readonly ManagedInterface[];
  /** ENIs that the node may have, less those that are not ipamd's. */
  readonly maxInterfaces: number;
  /** Addresses for pods, or prefixes, that one ENI takes. */
  readonly blocksPerInterface: number;
}

/** An ENI that ipamd manages. */
export interface ManagedInterface {
  readonly interfaceId: string;
  /** 0 is the primary one. */
  readonly deviceIndex: number;
  readonly subnetId: string;
  /** Branch ENIs hang of it; it has no addresses for other pods. */
  readonly isTrunk: boolean;
  /** No pod gets an address of it. */
  readonly isExcluded: boolean;
  readonly blocks: readonly InterfaceBlock[];
}
