import type { AttachedInterface, NewInterface } from "../../../../sandbox/dataPlane/ec2/nodeInterfaces";
import type { IpamdOutside } from "../../../../sandbox/dataPlane/ipamd/ipamd";

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
  private readonly attached: AttachedInterface[] = [];
  private made = 0;
  private addresses = 0;

  /** @param free addresses that are left, by subnet. */
  constructor(readonly free: Map<string, number>) {}

  /** Puts an ENI there without a call. */
  place(subnetId: string, secondaryAddresses: number): AttachedInterface {
    this.take(subnetId, secondaryAddresses + 1);
    const one: AttachedInterface = {
      interfaceId: `eni-${this.made}`,
      attachmentId: `attach-${this.made}`,
      deviceIndex: this.attached.length,
      subnetId,
      securityGroups: ["sg-node"],
      ownAddress: this.address(),
      secondaryAddresses: Array.from({ length: secondaryAddresses }, () => this.address()),
      isUnmanaged: false,
    };
    this.made += 1;
    this.attached.push(one);
    return one;
  }

  list(): Promise<AttachedInterface[]> {
    return Promise.resolve([...this.attached]);
  }

  async attach({ subnetId, secondaryAddresses }: NewInterface): Promise<AttachedInterface> {
    this.calls.push(`attach ${subnetId}`);
    if (this.refuseToAttach !== undefined) {
      const interfaceId = `eni-${this.made}`;
      this.made += 1;
      throw this.refuseToAttach(interfaceId);
    }
    return Promise.resolve(this.place(subnetId, secondaryAddresses));
  }

  async assign(interfaceId: string, count: number): Promise<readonly string[]> {
    this.calls.push(`assign ${interfaceId} ${count}`);
    this.take(this.attached.find((one) => one.interfaceId === interfaceId)?.subnetId ?? "", count);
    return Promise.resolve(Array.from({ length: count }, () => this.address()));
  }

  unassign(): Promise<void> {
    return Promise.reject(new Error("these ENIs only grow"));
  }

  detach(): Promise<void> {
    return Promise.reject(new Error("these ENIs stay"));
  }

  private take(subnetId: string, count: number): void {
    const left = (this.free.get(subnetId) ?? 0) - count;
    if (left < 0) throw refusal("InsufficientFreeAddressesInSubnet", `${subnetId} has not enough`);
    this.free.set(subnetId, left);
  }

  private address(): string {
    this.addresses += 1;
    return `10.8.0.${this.addresses}`;
  }
}
