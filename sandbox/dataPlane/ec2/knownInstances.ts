import type { ClusterInstance } from "./instances";

/** The instances of clusters, listed again only once EC2 has changed: to list hundreds takes the emulated EC2 a second. */
export class KnownInstances {
  private listed: readonly ClusterInstance[] | undefined;
  private changes = 0;

  /** @param list asks EC2. */
  constructor(private readonly list: () => Promise<readonly ClusterInstance[]>) {}

  /** Takes note that there may be others, or that they may be different. */
  changed(): void {
    this.changes += 1;
    this.listed = undefined;
  }

  async current(): Promise<readonly ClusterInstance[]> {
    if (this.listed !== undefined) return this.listed;
    const { changes } = this;
    const listed = await this.list();
    // What changed while EC2 answered may not be in its answer.
    if (changes === this.changes) this.listed = listed;
    return listed;
  }
}
