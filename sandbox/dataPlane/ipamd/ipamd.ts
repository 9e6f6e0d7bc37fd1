import { isOutOfAddresses, type AttachedInterface } from "../ec2/nodeInterfaces";
import { AddressPool } from "./addressPool";
import { eniConfigName } from "./eniConfigName";
import { messageOf, sameEachTime } from "./failure";
import type { NodeFacts } from "./nodeFacts";
import {
  increase,
  leftOfOtherKind,
  maxInterfaces,
  nextStep,
  passesOverFullSubnet,
  type Removal,
  type Situation,
  type Step,
} from "./nextStep";
import type { IpamdState } from "./ipamdState";
import type { IpamdArgs, IpamdOutside } from "./outside";
import { placementOf, type Placement } from "./placement";
import { discoveredSubnets, isExcluded, type ZoneSubnet } from "./subnetDiscovery";
import { isTooLow } from "./targets";

/** ipamd of one node: carries its decisions out on EC2. */
export class Ipamd {
  readonly pool: AddressPool;
  private readonly attached = new Map<string, AttachedInterface>();
  private unmanagedInterfaces = 0;
  private excludesPrimary = false;
  private groupsReadAt = -Infinity;
  private lastDecrease = -Infinity;
  private lastInsufficient = -Infinity;
  /** What was last logged of each kind of step, so that an attempt every few seconds is not a line every few seconds. */
  private readonly lastFailures = new Map<Step["kind"], string>();

  private constructor(
    private readonly args: IpamdArgs,
    private readonly outside: IpamdOutside,
  ) {
    const { settings, limits } = args;
    // Where the type can have no prefixes the CNI goes on with addresses, and says so in its log only.
    const kind = settings.prefixDelegation && limits.prefixes ? "prefix" : "address";
    this.pool = new AddressPool(settings.cooldownMs, kind);
  }

  /**
   * Starts as after every restart: with what EC2 says is attached and which pods the API server knows, and with one
   * attempt to fill a pool that is too low.
   *
   * @throws Error when it can't do its work at all: EC2 refuses, or custom networking is on and there is no address, as
   *   when the ENIConfig is missing. (aws/amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go, nodeInit; before 1.13 it went on without
   *   an address.)
   */
  static async start(args: IpamdArgs, outside: IpamdOutside): Promise<Ipamd> {
    const ipamd = new Ipamd(args, outside);
    await ipamd.rebuild();
    if (!args.settings.provisions) return ipamd;
    const left = leftOfOtherKind(ipamd.pool);
    if (left.length > 0) await ipamd.attempt({ kind: "unassignBlocks", removals: left });
    const { step, failure } = (await ipamd.round((now) => (isTooLow(now) ? increase(now) : undefined))) ?? {};
    if (failure !== undefined && step?.kind !== "attachInterface" && !isOutOfAddresses(failure)) {
      throw new Error("error while trying to increase datastore pool", { cause: failure });
    }
    const { customNetworking, endsWithoutAddress } = args.settings;
    if (customNetworking && endsWithoutAddress && ipamd.pool.counts(outside.now()).total === 0) {
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
      if (step.kind !== "assignBlocks" || !passesOver) return { step, failure };
      refused.add(step.interfaceId);
    }
  }

  private async rebuild(): Promise<void> {
    for (const one of await this.outside.interfaces.list()) {
      if (!one.isUnmanaged) this.add(one);
      // Other network cards have places of their own.
      else if (one.networkCard === 0) this.unmanagedInterfaces += 1;
    }
    this.excludesPrimary = isExcluded(this.primary().subnetId, await this.zoneSubnets(), this.args.settings);
    for (const [uid, address] of this.args.addressesInUse) this.pool.adopt(uid, address);
  }

  /**
   * Gives the other ENIs the security groups that the primary one has now, as every 30 seconds without custom networking;
   * with it they keep what they were made with. What EC2 refuses is logged, and tried again the next time.
   *
   * @param current the primary ENI's; none where EC2 does not tell.
   *
   * Source: aws/amazon-vpc-cni-k8s, pkg/awsutils/awsutils.go (RefreshSGIDs).
   */
  async refreshSecurityGroups(current: readonly string[]): Promise<void> {
    const { patience, now, interfaces, log } = this.outside;
    if (current.length === 0 || now() - this.groupsReadAt < patience.groupRefreshMs) return;
    this.groupsReadAt = now();
    const { customNetworking } = this.args.settings;
    for (const [interfaceId, one] of this.attached) {
      const isPrimary = one.deviceIndex === 0;
      const stays = one.isTrunk || (customNetworking && !isPrimary);
      if (stays || sameGroups(one.securityGroups, current)) continue;
      try {
        if (!isPrimary) await interfaces.setSecurityGroups(interfaceId, current);
      } catch (error) {
        log(`security groups of ${interfaceId}: ${messageOf(error)}`);
        continue;
      }
      if (!isPrimary) log(`${interfaceId} has the security groups ${current.join(", ")}`);
      this.attached.set(interfaceId, { ...one, securityGroups: current });
    }
  }

  /** What it holds, for its introspection. */
  state(): IpamdState {
    const { limits } = this.args;
    const interfaces = [...this.attached.values()]
      .sort((a, b) => a.deviceIndex - b.deviceIndex)
      .map(({ interfaceId, deviceIndex, subnetId, isTrunk }) => ({
        interfaceId,
        deviceIndex,
        subnetId,
        isTrunk,
        isExcluded: deviceIndex === 0 && this.excludesPrimary,
        blocks: this.pool.historyOf(interfaceId),
      }));
    return {
      interfaces,
      maxInterfaces: limits.interfaces - this.unmanagedInterfaces,
      blocksPerInterface: limits.addressesPerInterface - 1,
    };
  }

  /** Where the trunk of branch ENIs is to go, if one is wanted and ipamd has left a place for it. */
  trunkPlacement(): Placement | undefined {
    const situation = this.situation(new Set());
    if (!situation.node.awaitsTrunk) return undefined;
    if (this.pool.interfaces().length >= maxInterfaces(situation)) return undefined;
    const { settings } = this.args;
    const node = this.outside.node();
    // ipamd tells the VPC resource controller the ENIConfig's name, but not where it is "default".
    const isTold = settings.customNetworking && eniConfigName(node, settings) !== "default";
    const told = { ...settings, customNetworking: isTold };
    return placementOf(this.primary(), node, told, this.outside.eniConfig);
  }

  /** Takes note of the trunk, which the VPC resource controller attached. */
  addTrunk(trunk: AttachedInterface): void {
    this.add(trunk);
  }

  private primary(): AttachedInterface {
    const primary = [...this.attached.values()].find(({ deviceIndex }) => deviceIndex === 0);
    if (primary === undefined) throw new Error("EC2 knows no primary ENI of this instance");
    return primary;
  }

  private add(one: AttachedInterface): void {
    const { interfaceId, deviceIndex, secondaryAddresses, prefixes, isTrunk } = one;
    this.attached.set(interfaceId, one);
    const facts = { interfaceId, deviceIndex, since: this.outside.now(), isTrunk };
    this.pool.addInterface(facts, [...secondaryAddresses, ...prefixes]);
  }

  private situation(refused: ReadonlySet<string>): Situation {
    const { limits, maxPods, settings } = this.args;
    const { patience, now } = this.outside;
    const node: NodeFacts = {
      maxInterfaces: limits.interfaces,
      addressesPerInterface: limits.addressesPerInterface,
      unmanagedInterfaces: this.unmanagedInterfaces,
      excludesPrimary: this.excludesPrimary,
      awaitsTrunk: this.awaitsTrunk(),
      maxPods,
      isSchedulable: this.outside.node().isSchedulable,
    };
    const { lastDecrease, lastInsufficient } = this;
    const timings = { lastDecrease, lastInsufficient };
    return { pool: this.pool, node, settings, timings, refused, patience, now: now() };
  }

  private awaitsTrunk(): boolean {
    const { limits, settings } = this.args;
    if (!settings.podEni || limits.branchInterfaces === 0) return false;
    return this.pool.interfaces().every(({ isTrunk }) => isTrunk !== true);
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
        const attached = await this.attachInOneOf(await this.placements(), step.blocks);
        this.add(attached);
        return `attached ${attached.interfaceId} in ${attached.subnetId} with ${this.inWords(step.blocks)}`;
      }
      case "assignBlocks": {
        const known = new Set(this.pool.blocksOf(step.interfaceId));
        known.add(this.attached.get(step.interfaceId)?.ownAddress ?? "");
        const answered = await interfaces.assign(step.interfaceId, step.count, this.pool.kind);
        const added = answered.filter((block) => !known.has(block));
        this.pool.addBlocks(step.interfaceId, added);
        return `${step.interfaceId} has ${this.inWords(added.length)} more`;
      }
      case "unassignBlocks":
        this.lastDecrease = this.outside.now();
        return await this.giveBack(step.removals);
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

  private async giveBack(removals: readonly Removal[]): Promise<string> {
    for (const { interfaceId, blocks } of removals) {
      // Out of the pool first: no pod gets what is about to go.
      this.pool.removeBlocks(interfaceId, blocks);
      await this.outside.interfaces.unassign(interfaceId, blocks);
    }
    return `gave ${removals.flatMap(({ blocks }) => blocks).join(", ")} back`;
  }

  private inWords(blocks: number): string {
    return `${blocks} ${this.pool.kind === "prefix" ? "prefixes" : "addresses"}`;
  }

  /** In the first subnet that takes it. @throws Error of the last one, where none does. */
  private async attachInOneOf(placements: readonly Placement[], blocks: number): Promise<AttachedInterface> {
    const { interfaces } = this.outside;
    let failure: unknown = new Error("no subnet of the zone is tagged for ENIs of the VPC CNI");
    for (const placement of placements) {
      try {
        return await interfaces.attach({
          ...placement,
          blocks,
          kind: this.pool.kind,
          tags: this.args.settings.interfaceTags,
        });
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Where the next ENI may go, in order. @throws Error when the ENIConfig that the node names is not there. */
  private async placements(): Promise<Placement[]> {
    const { node, eniConfig } = this.outside;
    const { settings } = this.args;
    const placement = placementOf(this.primary(), node(), settings, eniConfig);
    if (settings.customNetworking || !settings.usesSubnetDiscovery) return [placement];
    return discoveredSubnets(placement.subnetId, await this.zoneSubnets(), settings).map((subnetId) => ({
      ...placement,
      subnetId,
    }));
  }

  /** None where nobody asks for them, and where EC2 does not tell: the CNI goes on with the node's own. */
  private async zoneSubnets(): Promise<readonly ZoneSubnet[]> {
    const { customNetworking, usesSubnetDiscovery } = this.args.settings;
    if (customNetworking || !usesSubnetDiscovery) return [];
    return await this.outside.subnets().catch(() => []);
  }
}

function sameGroups(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}
