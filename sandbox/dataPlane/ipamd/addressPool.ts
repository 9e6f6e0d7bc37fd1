/** An ENI as ipamd knows it. */
export interface PoolInterface {
  readonly interfaceId: string;
  /** 0 is the primary one. */
  readonly deviceIndex: number;
  /** When ipamd first knew of it, in milliseconds since 1970. */
  readonly since: number;
}

/** What the decisions look at. Of all ENIs together unless it says otherwise. */
export interface PoolCounts {
  /** Secondary addresses; an ENI's own address is nobody's to give. */
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
}

interface Held {
  readonly facts: PoolInterface;
  readonly addresses: Map<string, Address>;
}

/**
 * The addresses of one node, and which pod has which: ipamd's data store.
 *
 * It decides nothing and calls nobody; every time is given to it.
 */
export class AddressPool {
  private readonly held = new Map<string, Held>();
  private readonly addressOfHolder = new Map<string, string>();

  /** @param cooldownMs how long an address that was given back is left alone: IP_COOLDOWN_PERIOD. */
  constructor(private readonly cooldownMs: number) {}

  addInterface(facts: PoolInterface, addresses: readonly string[]): void {
    this.held.set(facts.interfaceId, { facts, addresses: new Map() });
    this.addAddresses(facts.interfaceId, addresses);
  }

  /** @throws Error for an address that another ENI of the node has: two pods would get the same one. */
  addAddresses(interfaceId: string, addresses: readonly string[]): void {
    const held = this.interfaceHeld(interfaceId);
    for (const address of addresses) {
      const other = this.interfaceOf(address);
      if (other !== undefined) {
        throw new Error(
          `${address} was added to ${interfaceId}, but ${other.facts.interfaceId} has it already`,
        );
      }
      held.addresses.set(address, { holder: undefined, freeFrom: 0 });
    }
  }

  /** @throws Error while a pod has one of them. */
  removeAddresses(interfaceId: string, addresses: readonly string[]): void {
    const held = this.interfaceHeld(interfaceId);
    for (const address of addresses) {
      const holder = held.addresses.get(address)?.holder;
      if (holder !== undefined) throw new Error(`${address} can't be taken away: pod ${holder} has it`);
      held.addresses.delete(address);
    }
  }

  /** @throws Error while a pod has one of its addresses. */
  removeInterface(interfaceId: string): void {
    const held = this.interfaceHeld(interfaceId);
    this.removeAddresses(interfaceId, [...held.addresses.keys()]);
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
    for (const { addresses } of this.byDeviceIndex()) {
      for (const [address, state] of addresses) {
        if (state.holder !== undefined || state.freeFrom > now) continue;
        this.give(holder, address, state);
        return address;
      }
    }
    return undefined;
  }

  /** Notes that a pod has an address already, as after a restart. @returns whether it could have it from this pool. */
  adopt(holder: string, address: string): boolean {
    const state = this.interfaceOf(address)?.addresses.get(address);
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
    const state = this.interfaceOf(address)?.addresses.get(address);
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

  addressesOf(interfaceId: string): readonly string[] {
    return [...this.interfaceHeld(interfaceId).addresses.keys()];
  }

  /** Addresses of an ENI that may be taken away from it: EC2 gets them back even while they cool down. */
  freeableOf(interfaceId: string): readonly string[] {
    return [...this.interfaceHeld(interfaceId).addresses]
      .filter(([, { holder }]) => holder === undefined)
      .map(([address]) => address);
  }

  /** Of all ENIs, or of one. */
  counts(now: number, interfaceId?: string): PoolCounts {
    const among = interfaceId === undefined ? [...this.held.values()] : [this.interfaceHeld(interfaceId)];
    let [total, assigned, cooling] = [0, 0, 0];
    for (const { addresses } of among) {
      for (const state of addresses.values()) {
        total += 1;
        if (state.holder !== undefined) assigned += 1;
        else if (state.freeFrom > now) cooling += 1;
      }
    }
    return { total, assigned, cooling, available: total - assigned };
  }

  private give(holder: string, address: string, state: Address): void {
    state.holder = holder;
    this.addressOfHolder.set(holder, address);
  }

  private byDeviceIndex(): Held[] {
    return [...this.held.values()].sort((a, b) => a.facts.deviceIndex - b.facts.deviceIndex);
  }

  private interfaceOf(address: string): Held | undefined {
    return [...this.held.values()].find(({ addresses }) => addresses.has(address));
  }

  private interfaceHeld(interfaceId: string): Held {
    const held = this.held.get(interfaceId);
    if (held === undefined) throw new Error(`the pool knows no ENI ${interfaceId}`);
    return held;
  }
}
