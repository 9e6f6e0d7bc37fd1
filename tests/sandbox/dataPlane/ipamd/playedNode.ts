import { AddressPool } from "../../../../sandbox/dataPlane/ipamd/addressPool";
import type { BlockKind } from "../../../../sandbox/dataPlane/ipamd/block";
import { nextStep, patienceOfIpamd, type Step } from "../../../../sandbox/dataPlane/ipamd/nextStep";
import type { NodeFacts } from "../../../../sandbox/dataPlane/ipamd/nodeFacts";
import { readIpamdSettings, type IpamdSettings } from "../../../../sandbox/dataPlane/ipamd/settings";

/** A node whose EC2 is a counter: what ipamd decides is done at once, and nothing fails. */
export class PlayedNode {
  settings: IpamdSettings;
  pool: AddressPool;
  node: NodeFacts;
  now = 1_000_000;
  /** Every step so far. */
  readonly steps: Step[] = [];
  private lastDecrease = -Infinity;
  private interfaces = 0;
  private addresses = 0;
  private pods = 0;

  constructor(
    env: Record<string, string>,
    facts: Partial<NodeFacts> & Pick<NodeFacts, "maxInterfaces" | "addressesPerInterface">,
  ) {
    this.settings = readIpamdSettings(env);
    const kind: BlockKind = this.settings.prefixDelegation ? "prefix" : "address";
    this.pool = new AddressPool(this.settings.cooldownMs, kind);
    this.node = {
      unmanagedInterfaces: 0,
      excludesPrimary: false,
      awaitsTrunk: false,
      maxPods: 1000,
      isSchedulable: true,
      ...facts,
    };
    this.addInterface(0);
  }

  /** Goes on with another environment, as after a rollout of aws-node. */
  restart(env: Record<string, string>): void {
    this.settings = readIpamdSettings(env);
  }

  /** Does what ipamd decides until it is content. */
  settle(): void {
    for (;;) {
      const { pool, node, settings, now, lastDecrease } = this;
      const timings = { lastDecrease, lastInsufficient: -Infinity };
      const step = nextStep({
        pool,
        node,
        settings,
        timings,
        refused: new Set(),
        patience: patienceOfIpamd,
        now,
      });
      if (step === undefined) return;
      this.steps.push(step);
      this.perform(step);
    }
  }

  /** A pod comes; it waits until there is an address. */
  addPod(): string {
    this.pods += 1;
    const uid = `pod-${this.pods}`;
    this.settle();
    this.pool.assign(uid, this.now);
    this.settle();
    this.pool.assign(uid, this.now);
    return uid;
  }

  removePod(uid: string): void {
    this.pool.release(uid, this.now);
  }

  /** Lets time go by. */
  wait(seconds: number): void {
    this.now += seconds * 1000;
  }

  /** How many addresses or prefixes each ENI has, by device index. */
  perInterface(): number[] {
    return this.pool.interfaces().map(({ interfaceId }) => this.pool.blocksOf(interfaceId).length);
  }

  private perform(step: Step): void {
    switch (step.kind) {
      case "attachInterface":
        this.addInterface(step.blocks);
        return;
      case "assignBlocks":
        this.pool.addBlocks(step.interfaceId, this.make(step.count));
        return;
      case "unassignBlocks":
        this.lastDecrease = this.now;
        for (const { interfaceId, blocks } of step.removals) this.pool.removeBlocks(interfaceId, blocks);
        return;
      case "detachInterface":
        this.pool.removeInterface(step.interfaceId);
    }
  }

  private addInterface(blocks: number): void {
    const interfaceId = `eni-${this.interfaces}`;
    this.pool.addInterface({ interfaceId, deviceIndex: this.interfaces, since: this.now }, this.make(blocks));
    this.interfaces += 1;
  }

  private make(count: number): string[] {
    return Array.from({ length: count }, () => {
      this.addresses += 1;
      if (this.pool.kind === "prefix") {
        return `10.8.${Math.floor(this.addresses / 16)}.${(this.addresses % 16) * 16}/28`;
      }
      return `10.8.${Math.floor(this.addresses / 256)}.${this.addresses % 256}`;
    });
  }
}

/** m5.large, as EKS computes its pods without custom networking. */
export const m5Large = { maxInterfaces: 3, addressesPerInterface: 10, maxPods: 29 };
