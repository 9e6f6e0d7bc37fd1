import type { AttachedInterface, NewInterface } from "../../../../sandbox/dataPlane/ec2/nodeInterfaces";
import type { BlockKind } from "../../../../sandbox/dataPlane/ipamd/block";
import type { IpamdOutside } from "../../../../sandbox/dataPlane/ipamd/outside";

/** EC2's refusals carry their code as their name. */
export function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { name: code });
}

type Outside = IpamdOutside["interfaces"];

/** The ENIs of one instance, in subnets that run out of addresses. */
export class MemoryInterfaces implements Outside {
  /** Every call that would change something, as `attach subnet-x` or `assign eni-1 5`. */
  readonly calls: string[] = [];
  /** Why ENIs are not attached; takes the id that the next one would have. */
  refuseToAttach: ((interfaceId: string) => Error) | undefined;
  /** The security groups of every attach, in order. */
  readonly groups: (readonly string[])[] = [];
  private readonly attached: AttachedInterface[] = [];
  private made = 0;
  private addresses = 0;
  private prefixes = 0;

  /** @param free addresses that are left, by subnet. */
  constructor(readonly free: Map<string, number>) {}

  /** Puts an ENI there without a call. */
  place(subnetId: string, blocks: number, kind: BlockKind = "address"): AttachedInterface {
    this.take(subnetId, blocks, kind);
    this.take(subnetId, 1, "address");
    const one: AttachedInterface = {
      interfaceId: `eni-${this.made}`,
      attachmentId: `attach-${this.made}`,
      deviceIndex: this.attached.length,
      subnetId,
      securityGroups: ["sg-node"],
      ownAddress: this.block("address"),
      secondaryAddresses: kind === "address" ? this.blocks(blocks, kind) : [],
      prefixes: kind === "prefix" ? this.blocks(blocks, kind) : [],
      isTrunk: false,
      isUnmanaged: false,
      networkCard: 0,
    };
    this.made += 1;
    this.attached.push(one);
    return one;
  }

  list(): Promise<AttachedInterface[]> {
    return Promise.resolve([...this.attached]);
  }

  async attach({ subnetId, securityGroups, blocks, kind }: NewInterface): Promise<AttachedInterface> {
    this.calls.push(`attach ${subnetId}`);
    this.groups.push(securityGroups);
    if (this.refuseToAttach !== undefined) {
      const interfaceId = `eni-${this.made}`;
      this.made += 1;
      throw this.refuseToAttach(interfaceId);
    }
    return Promise.resolve(this.place(subnetId, blocks, kind));
  }

  async assign(interfaceId: string, count: number, kind: BlockKind): Promise<readonly string[]> {
    this.calls.push(`assign ${interfaceId} ${count}`);
    this.take(this.attached.find((one) => one.interfaceId === interfaceId)?.subnetId ?? "", count, kind);
    return Promise.resolve(this.blocks(count, kind));
  }

  unassign(interfaceId: string, blocks: readonly string[]): Promise<void> {
    this.calls.push(`unassign ${interfaceId} ${blocks.join(" ")}`);
    return Promise.resolve();
  }

  setSecurityGroups(interfaceId: string, groups: readonly string[]): Promise<void> {
    this.calls.push(`groups ${interfaceId} ${groups.join(" ")}`);
    return Promise.resolve();
  }

  detach(): Promise<void> {
    return Promise.reject(new Error("these ENIs stay"));
  }

  private take(subnetId: string, count: number, kind: BlockKind): void {
    const left = (this.free.get(subnetId) ?? 0) - count * (kind === "prefix" ? 16 : 1);
    if (left < 0 && kind === "prefix") {
      throw refusal("InsufficientCidrBlocks", `${subnetId} has no prefix left`);
    }
    if (left < 0) throw refusal("InsufficientFreeAddressesInSubnet", `${subnetId} has not enough`);
    this.free.set(subnetId, left);
  }

  private blocks(count: number, kind: BlockKind): string[] {
    return Array.from({ length: count }, () => this.block(kind));
  }

  private block(kind: BlockKind): string {
    if (kind === "address") {
      this.addresses += 1;
      return `10.8.0.${this.addresses}`;
    }
    this.prefixes += 1;
    return `10.8.${this.prefixes}.0/28`;
  }
}
