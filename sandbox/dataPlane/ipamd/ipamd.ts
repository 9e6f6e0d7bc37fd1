import { isOutOfAddresses, type AttachedInterface, type NodeInterfaces } from "../ec2/nodeInterfaces";
import type { InstanceLimits } from "../limitsOfInstanceType";
import { AddressPool } from "./addressPool";
import { eniConfigName, type NodeNames } from "./eniConfigName";
import {
  increase,
  isTooLow,
  nextStep,
  passesOverFullSubnet,
  type NodeFacts,
  type Patience,
  type Situation,
  type Step,
} from "./nextStep";
import type { IpamdSettings } from "./settings";

/** A Node, as ipamd sees it now. */
export interface OwnNode extends NodeNames {
  readonly isSchedulable: boolean;
}

/** The ENIConfig of a name, if there is one. */
export type FindEniConfig = (
  name: string,
) => { readonly subnetId: string | undefined; readonly securityGroups: readonly string[] } | undefined;

/** What ipamd starts with. */
export interface IpamdArgs {
  readonly settings: IpamdSettings;
  readonly limits: InstanceLimits;
  /** status.capacity.pods. */
  readonly maxPods: number;
  /** Pods that have addresses already, by uid. */
  readonly addressesInUse: ReadonlyMap<string, string>;
}

/** What ipamd reaches. */
export interface IpamdOutside {
  readonly interfaces: Pick<NodeInterfaces, "list" | "attach" | "detach" | "assign" | "unassign">;
  /** The Node as it is at that moment. */
  readonly node: () => OwnNode;
  readonly eniConfig: FindEniConfig;
  readonly patience: Patience;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** ipamd of one node: carries its decisions out on EC2. */
export class Ipamd {
  readonly pool: AddressPool;
  private readonly attached = new Map<string, AttachedInterface>();
  private unmanagedInterfaces = 0;
  private lastDecrease = -Infinity;
  private lastInsufficient = -Infinity;
  /** What was last logged of each kind of step, so that an attempt every few seconds is not a line every few seconds. */
  private readonly lastFailures = new Map<Step["kind"], string>();

  private constructor(
    private readonly args: IpamdArgs,
    private readonly outside: IpamdOutside,
  ) {
    this.pool = new AddressPool(args.settings.cooldownMs);
  }

  /**
   * Starts as after every restart: with what EC2 says is attached and which pods the API server knows, and with one
   * attempt to fill a pool that is too low.
   *
   * @throws Error when it can't do its work at all: EC2 refuses, or custom networking is on and there is no address, as
   *   when the ENIConfig is missing. (aws/amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go, nodeInit.)
   */
  static async start(args: IpamdArgs, outside: IpamdOutside): Promise<Ipamd> {
    const ipamd = new Ipamd(args, outside);
    await ipamd.rebuild();
    const { step, failure } = (await ipamd.round((now) => (isTooLow(now) ? increase(now) : undefined))) ?? {};
    if (failure !== undefined && step?.kind !== "attachInterface" && !isOutOfAddresses(failure)) {
      throw new Error("error while trying to increase datastore pool", { cause: failure });
    }
    if (args.settings.customNetworking && ipamd.pool.counts(outside.now()).total === 0) {
      const why = failure === undefined ? "" : `: ${messageOf(failure)}`;
      throw new Error(`Failed to attach any ENIs for custom networking${why}`);
    }
    return ipamd;
  }

  /**
   * Does what there is to do until the pool is as it is to be, or something fails, which is logged and tried again the
   * next time.
   *
   * @param progressed runs after every change.
   */
  async settle(progressed: () => Promise<void>): Promise<void> {
    for (;;) {
      const done = await this.round(nextStep);
      if (done === undefined || done.failure !== undefined) return;
      await progressed();
    }
  }

  /** One look at the pool. @returns the step that was taken at last, and why it failed; nothing when there was none. */
  private async round(
    decide: (situation: Situation) => Step | undefined,
  ): Promise<{ readonly step: Step; readonly failure: unknown } | undefined> {
    const refused = new Set<string>();
    for (;;) {
      const step = decide(this.situation(refused));
      if (step === undefined) return undefined;
      const failure = await this.attempt(step);
      const passesOver = isOutOfAddresses(failure) && passesOverFullSubnet(step, this.args.settings);
      if (step.kind !== "assignAddresses" || !passesOver) return { step, failure };
      refused.add(step.interfaceId);
    }
  }

  private async rebuild(): Promise<void> {
    for (const one of await this.outside.interfaces.list()) {
      if (one.isUnmanaged) this.unmanagedInterfaces += 1;
      else this.add(one);
    }
    for (const [uid, address] of this.args.addressesInUse) this.pool.adopt(uid, address);
  }

  private add(one: AttachedInterface): void {
    const { interfaceId, deviceIndex, secondaryAddresses } = one;
    this.attached.set(interfaceId, one);
    this.pool.addInterface({ interfaceId, deviceIndex, since: this.outside.now() }, secondaryAddresses);
  }

  private situation(refused: ReadonlySet<string>): Situation {
    const { limits, maxPods, settings } = this.args;
    const { patience, now } = this.outside;
    const node: NodeFacts = {
      maxInterfaces: limits.interfaces,
      addressesPerInterface: limits.addressesPerInterface,
      unmanagedInterfaces: this.unmanagedInterfaces,
      maxPods,
      isSchedulable: this.outside.node().isSchedulable,
    };
    const { lastDecrease, lastInsufficient } = this;
    const timings = { lastDecrease, lastInsufficient };
    return { pool: this.pool, node, settings, timings, refused, patience, now: now() };
  }

  /** @returns why it failed. */
  private async attempt(step: Step): Promise<unknown> {
    try {
      this.outside.log(await this.perform(step));
      this.lastFailures.delete(step.kind);
      return undefined;
    } catch (error) {
      if (isOutOfAddresses(error) && !passesOverFullSubnet(step, this.args.settings)) {
        this.lastInsufficient = this.outside.now();
      }
      const failure = sameEachTime(error);
      if (failure !== this.lastFailures.get(step.kind)) this.outside.log(`${step.kind}: ${messageOf(error)}`);
      this.lastFailures.set(step.kind, failure);
      return error;
    }
  }

  /** @returns what was done. */
  private async perform(step: Step): Promise<string> {
    const { interfaces } = this.outside;
    switch (step.kind) {
      case "attachInterface": {
        const placement = this.placement();

        const attached = await interfaces.attach({
          ...placement,
          secondaryAddresses: step.addresses,
          tags: this.args.settings.interfaceTags,
        });
        this.add(attached);
        const count = attached.secondaryAddresses.length;
        return `attached ${attached.interfaceId} in ${placement.subnetId} with ${count} addresses`;
      }
      case "assignAddresses": {
        const known = new Set(this.pool.addressesOf(step.interfaceId));
        known.add(this.attached.get(step.interfaceId)?.ownAddress ?? "");
        const answered = await interfaces.assign(step.interfaceId, step.count);
        const added = answered.filter((address) => !known.has(address));
        this.pool.addAddresses(step.interfaceId, added);
        return `${step.interfaceId} has ${added.length} more addresses`;
      }
      case "unassignAddresses": {
        this.lastDecrease = this.outside.now();
        for (const { interfaceId, addresses } of step.removals) {
          // Out of the pool first: no pod gets what is about to go.
          this.pool.removeAddresses(interfaceId, addresses);
          await interfaces.unassign(interfaceId, addresses);
        }
        return `gave ${step.removals.flatMap(({ addresses }) => addresses).join(", ")} back`;
      }
      case "detachInterface": {
        const attached = this.attached.get(step.interfaceId);
        if (attached === undefined) throw new Error(`${step.interfaceId} is not attached`);
        this.pool.removeInterface(step.interfaceId);
        this.attached.delete(step.interfaceId);
        await interfaces.detach(attached);
        return `detached ${step.interfaceId}`;
      }
    }
  }

  /** Where the next ENI goes. @throws Error when the ENIConfig that the node names is not there. */
  private placement(): { subnetId: string; securityGroups: readonly string[] } {
    const primary = [...this.attached.values()].find(({ deviceIndex }) => deviceIndex === 0);
    if (primary === undefined) throw new Error("EC2 knows no primary ENI of this instance");
    const { settings } = this.args;
    if (!settings.customNetworking) return primary;

    const name = eniConfigName(this.outside.node(), settings);
    const config = this.outside.eniConfig(name);
    if (config === undefined) throw new Error(`eniconfig is not available: ENIConfig ${name}`);
    if (config.subnetId === undefined) throw new Error(`ENIConfig ${name} names no subnet`);
    // Without groups of its own, those of the primary ENI (CNI 1.8.0 and later).
    const securityGroups =
      config.securityGroups.length === 0 ? primary.securityGroups : config.securityGroups;
    return { subnetId: config.subnetId, securityGroups };
  }
}

/** What an error has in common with the next one of its cause: EC2's messages name the ENI, a new one each time. */
function sameEachTime(error: unknown): string {
  return error instanceof Error && error.name !== "Error" ? error.name : messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name === "Error" ? "" : `${error.name}: `}${error.message}`
    : String(error);
}
