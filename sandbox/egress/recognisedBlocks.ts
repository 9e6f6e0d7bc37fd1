import { isIn } from "../dataPlane/reachability/blocks";

/** A block of the cluster's VPC, and since when the control plane reaches it. */
export interface RecognisedBlock {
  readonly cidrBlock: string;
  /** In milliseconds since 1970; 0 for blocks that were there before the cluster. */
  readonly recognisedAt: number;
}

/**
 * Which blocks of its VPC a control plane has recognised. On EKS it takes up to five hours until one that was associated
 * after the cluster was made is reached (EKS user guide, "View Amazon EKS networking requirements for VPC and subnets").
 */
export class RecognisedBlocks {
  private readonly recognisedAt = new Map<string, number>();

  /** @param afterMs how long it takes from the moment at which a block is associated. */
  constructor(readonly afterMs: number) {}

  /**
   * Takes note of the blocks that are associated at a moment; those that are not among them are forgotten.
   *
   * @param isNewCluster whether they were there when the cluster was made.
   */
  observe(cidrBlocks: readonly string[], now: number, isNewCluster: boolean): void {
    for (const known of this.recognisedAt.keys())
      if (!cidrBlocks.includes(known)) this.recognisedAt.delete(known);
    for (const cidrBlock of cidrBlocks) {
      if (this.recognisedAt.has(cidrBlock)) continue;
      this.recognisedAt.set(cidrBlock, isNewCluster ? 0 : now + this.afterMs);
    }
  }

  /** Has the control plane recognise a block at once, or all of them. @returns whether there was one to recognise. */
  recognise(now: number, cidrBlock?: string): boolean {
    const wanted = this.all().filter((one) => cidrBlock === undefined || one.cidrBlock === cidrBlock);
    for (const one of wanted) this.recognisedAt.set(one.cidrBlock, Math.min(one.recognisedAt, now));
    return wanted.length > 0;
  }

  all(): RecognisedBlock[] {
    return [...this.recognisedAt].map(([cidrBlock, recognisedAt]) => ({ cidrBlock, recognisedAt }));
  }

  /** The block because of which an address is not reached yet; nothing where it is, or is in no block of the VPC. */
  unrecognised(address: string, now: number): RecognisedBlock | undefined {
    return this.all().find(({ cidrBlock, recognisedAt }) => recognisedAt > now && isIn(address, [cidrBlock]));
  }
}
