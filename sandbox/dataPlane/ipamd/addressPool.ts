import { addressesIn, kindOf, type Block, type BlockKind } from "./block";

/** An ENI as ipamd knows it. */
export interface PoolInterface {
  readonly interfaceId: string;
  /** 0 is the primary one. */
  readonly deviceIndex: number;
  /** When ipamd first knew of it, in milliseconds since 1970. */
  readonly since: number;
  /** The ENI of which branch ENIs hang; it takes a place and has no addresses for other pods. @default false */
  readonly isTrunk?: boolean;
}

/**
 * What the decisions look at. Of all ENIs together unless it says otherwise, and of blocks of the pool's kind only: what
 * is left of the other kind after a change of settings is not given to pods.
 */
export interface PoolCounts {
  /** Addresses for pods; an ENI's own address is nobody's to give. */
  readonly total: number;
  readonly assigned: number;
  /** Given back, and not to be given again for a while. */
  readonly cooling: number;
  /** No pod has them; those that cool down count, as in the CNI's AvailableAddresses. */
  readonly available: number;
}

interface Address {
  holder: string | undefined;
  /** From when on it may be given again, in milliseconds since 1970. */
  freeFrom: number;
  /** When it was last given, in milliseconds since 1970; nothing of a pod that had it before ipamd started. */
  assignedAt?: number;
}

/** What became of an address that a pod has, or had. */
export interface AddressHistory {
  readonly address: string;
  /** The uid of the pod that has it. */
  readonly holder: string | undefined;
  /** In milliseconds since 1970; nothing where it is not known, as of pods from before ipamd started. */
  readonly assignedAt: number | undefined;
  /** In milliseconds since 1970; nothing where no pod gave it back yet. */
  readonly unassignedAt: number | undefined;
}

/** A block of an ENI, with those of its addresses that were ever given. */
export interface InterfaceBlock {
  readonly block: Block;
  readonly addresses: readonly AddressHistory[];
}

type Addresses = Map<string, Address>;

interface Held {
  readonly facts: PoolInterface;
  readonly blocks: Map<Block, Addresses>;
}

/**
 * The addresses of one node, and which pod has which: ipamd's data store.
 *
 * It decides nothing and calls nobody; every time is given to it.
 */
export class AddressPool {
  private readonly held = new Map<string, Held>();
  private readonly addressOfHolder = new Map<string, string>();
  /** Where each address is, so that nobody searches. */
  private readonly stateOf = new Map<string, { readonly interfaceId: string; readonly state: Address }>();

  /**
   * @param cooldownMs how long an address that was given back is left alone: IP_COOLDOWN_PERIOD.
   * @param kind what pods get their addresses from.
   */
  constructor(
    private readonly cooldownMs: number,
    readonly kind: BlockKind = "address",
  ) {}

  addInterface(facts: PoolInterface, blocks: readonly Block[]): void {
    this.held.set(facts.interfaceId, { facts, blocks: new Map() });
    this.addBlocks(facts.interfaceId, blocks);
  }

  /** @throws Error for an address that an ENI of the node has already: two pods would get the same one. */
  addBlocks(interfaceId: string, blocks: readonly Block[]): void {
    const held = this.interfaceHeld(interfaceId);
    for (const block of blocks) {
      const addresses: Addresses = new Map();
      for (const address of addressesIn(block)) {
        const known = this.stateOf.get(address);
        if (known !== undefined) {
          throw new Error(`${address} was added to ${interfaceId}, but ${known.interfaceId} has it already`);
        }
        addresses.set(address, { holder: undefined, freeFrom: 0 });
      }
      held.blocks.set(block, addresses);
      for (const [address, state] of addresses) this.stateOf.set(address, { interfaceId, state });
    }
  }

  /** @throws Error while a pod has an address of one of them. */
  removeBlocks(interfaceId: string, blocks: readonly Block[]): void {
    const held = this.interfaceHeld(interfaceId);
    for (const block of blocks) {
      const addresses = held.blocks.get(block) ?? new Map<string, Address>();
      for (const [address, { holder }] of addresses) {
        if (holder !== undefined) throw new Error(`${address} can't be taken away: pod ${holder} has it`);
      }
      for (const address of addresses.keys()) this.stateOf.delete(address);
      held.blocks.delete(block);
    }
  }

  /** @throws Error while a pod has one of its addresses. */
  removeInterface(interfaceId: string): void {
    this.removeBlocks(interfaceId, this.blocksOf(interfaceId));
    this.held.delete(interfaceId);
  }

  /**
   * Gives a pod an address: of the ENI with the lowest device index that has one, the primary ENI first. (The CNI goes
   * through its ENIs in no order at all.) The same pod gets the same address when it asks again.
   *
   * @param holder the pod's uid.
   * @returns nothing when no address is free.
   */
  assign(holder: string, now: number): string | undefined {
    const has = this.addressOfHolder.get(holder);
    if (has !== undefined) return has;
    for (const held of this.byDeviceIndex()) {
      for (const [address, state] of this.given(held)) {
        if (state.holder !== undefined || state.freeFrom > now) continue;
        this.give(holder, address, state);
        state.assignedAt = now;
        return address;
      }
    }
    return undefined;
  }

  /** Notes that a pod has an address already, as after a restart. @returns whether it could have it from this pool. */
  adopt(holder: string, address: string): boolean {
    const state = this.stateOf.get(address)?.state;
    if (state === undefined || (state.holder ?? holder) !== holder) return false;
    if (this.addressOfHolder.has(holder)) return this.addressOfHolder.get(holder) === address;
    this.give(holder, address, state);
    return true;
  }

  /** Takes a pod's address back and lets it cool down. */
  release(holder: string, now: number): void {
    const address = this.addressOfHolder.get(holder);
    if (address === undefined) return;
    this.addressOfHolder.delete(holder);
    const state = this.stateOf.get(address)?.state;
    if (state === undefined) return;
    state.holder = undefined;
    state.freeFrom = now + this.cooldownMs;
  }

  addressOf(holder: string): string | undefined {
    return this.addressOfHolder.get(holder);
  }

  /** Who has which. */
  assignments(): ReadonlyMap<string, string> {
    return new Map(this.addressOfHolder);
  }

  /** By device index. */
  interfaces(): readonly PoolInterface[] {
    return this.byDeviceIndex().map(({ facts }) => facts);
  }

  /** Of both kinds: each takes a place on the ENI. */
  blocksOf(interfaceId: string): readonly Block[] {
    return [...this.interfaceHeld(interfaceId).blocks.keys()];
  }

  /** Of both kinds, with what became of their addresses. */
  historyOf(interfaceId: string): readonly InterfaceBlock[] {
    return [...this.interfaceHeld(interfaceId).blocks].map(([block, addresses]) => ({
      block,
      addresses: [...addresses].flatMap(([address, { holder, freeFrom, assignedAt }]) => {
        if (holder === undefined && freeFrom === 0) return [];
        const unassignedAt = freeFrom === 0 ? undefined : freeFrom - this.cooldownMs;
        return [{ address, holder, assignedAt, unassignedAt }];
      }),
    }));
  }

  /** Blocks of both kinds that may be taken from an ENI: EC2 gets them back even while they cool down. */
  freeableOf(interfaceId: string): readonly Block[] {
    return [...this.interfaceHeld(interfaceId).blocks]
      .filter(([, addresses]) => isUnheld(addresses))
      .map(([block]) => block);
  }

  /** Prefixes of which no pod has an address. Of all ENIs, or of all but one. */
  freePrefixes(except?: string): number {
    return this.prefixes((addresses) => isUnheld(addresses), except);
  }

  totalPrefixes(): number {
    return this.prefixes(() => true);
  }

  /** Whether a pod has an address of an ENI, or had one a moment ago. Of either kind. */
  isInUse(interfaceId: string, now: number): boolean {
    return [...this.interfaceHeld(interfaceId).blocks.values()].some((addresses) =>
      [...addresses.values()].some(({ holder, freeFrom }) => holder !== undefined || freeFrom > now),
    );
  }

  /** Of all ENIs, or of one. */
  counts(now: number, interfaceId?: string): PoolCounts {
    const among = interfaceId === undefined ? [...this.held.values()] : [this.interfaceHeld(interfaceId)];
    let [total, assigned, cooling] = [0, 0, 0];
    for (const held of among) {
      for (const [, state] of this.given(held)) {
        total += 1;
        if (state.holder !== undefined) assigned += 1;
        else if (state.freeFrom > now) cooling += 1;
      }
    }
    return { total, assigned, cooling, available: total - assigned };
  }

  /** The addresses of an ENI that this pool gives to pods. */
  private *given({ blocks }: Held): Generator<[address: string, state: Address]> {
    for (const [block, addresses] of blocks) if (kindOf(block) === this.kind) yield* addresses;
  }

  private prefixes(counts: (addresses: Addresses) => boolean, except?: string): number {
    const blocks = [...this.held.values()]
      .filter(({ facts }) => facts.interfaceId !== except)
      .flatMap(({ blocks }) => [...blocks]);
    return blocks.filter(([block, addresses]) => kindOf(block) === "prefix" && counts(addresses)).length;
  }

  private give(holder: string, address: string, state: Address): void {
    state.holder = holder;
    this.addressOfHolder.set(holder, address);
  }

  private byDeviceIndex(): Held[] {
    return [...this.held.values()].sort((a, b) => a.facts.deviceIndex - b.facts.deviceIndex);
  }

  private interfaceHeld(interfaceId: string): Held {
    const held = this.held.get(interfaceId);
    if (held === undefined) throw new Error(`the pool knows no ENI ${interfaceId}`);
    return held;
  }
}

function isUnheld(addresses: Addresses): boolean {
  return [...addresses.values()].every(({ holder }) => holder === undefined);
}
