import { setTimeout as delay } from "node:timers/promises";
import { ApiError, type ApiServer } from "../cluster/apiServer";
import { advance } from "./lifecycle";
import type { Ec2NodeClass, NodeClaim, NodePool } from "./objects";
import { NODE_CLAIMS, NODE_CLASSES, NODE_POOLS, type KarpenterOutside, type Round } from "./outside";
import { provision } from "./provisioner";
import { readSettings } from "./settings";
import { end } from "./termination";

const ROUND_MS = 1_000;
/** How often it is looked for Karpenter where there is none. */
const IDLE_MS = 5_000;

/**
 * Plays Karpenter while its Deployment has a Ready pod and its definitions are there: nodes for pods that the scheduler
 * finds none for, and the end of NodeClaims and Nodes that somebody deletes.
 *
 * Not played: drift, consolidation and every other disruption that Karpenter begins by itself, spot and reserved
 * capacity, expireAfter, limits, and topology spread when a zone is chosen.
 */
export class Karpenter {
  private readonly failed = new Map<string, string>();

  constructor(
    private readonly outside: Omit<KarpenterOutside, "api"> & {
      readonly api: ApiServer;
      readonly signal: AbortSignal;
    },
  ) {}

  /** Plays until the signal; ends after the round that is under way. */
  async run(): Promise<void> {
    const { api, log, signal } = this.outside;
    while (!signal.aborted) {
      let isActive = false;
      try {
        const settings = (await this.isDefined()) ? await readSettings(api) : undefined;
        isActive = settings !== undefined;
        if (settings !== undefined) await this.round({ ...this.outside, settings });
      } catch (error) {
        // What fails while it is being ended is no news.
        if (!this.hasEnded()) log(`Karpenter: ${String(error)}`);
      }
      await delay(isActive ? ROUND_MS : IDLE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private hasEnded(): boolean {
    return this.outside.signal.aborted;
  }

  private async isDefined(): Promise<boolean> {
    try {
      await this.outside.api.call("GET", "/apis/karpenter.sh/v1");
      await this.outside.api.call("GET", "/apis/karpenter.k8s.aws/v1");
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }

  private async round(round: Round): Promise<void> {
    const [claims, pools, nodeClasses] = await Promise.all([
      listOf<NodeClaim>(NODE_CLAIMS, round),
      listOf<NodePool>(NODE_POOLS, round),
      listOf<Ec2NodeClass>(NODE_CLASSES, round),
    ]);
    const classes = new Map(nodeClasses.map((one) => [one.metadata.name ?? "", one]));
    await this.endClaimsOfDeletedNodes(claims, round);
    await Promise.all(
      claims.map((claim) => this.follow(claim, classes.get(claim.spec.nodeClassRef.name), round)),
    );
    await provision(claims, pools, classes, round);
  }

  /** What fails of one NodeClaim is said once, tried again, and holds up no other. */
  private async follow(claim: NodeClaim, nodeClass: Ec2NodeClass | undefined, round: Round): Promise<void> {
    const name = claim.metadata.name ?? "";
    try {
      if (claim.metadata.deletionTimestamp === undefined) await advance(claim, nodeClass, round);
      else await end(claim, round);
      this.failed.delete(name);
    } catch (error) {
      // Changed by somebody else in the meantime: the next round looks again.
      if (error instanceof ApiError && error.status === 409) return;
      const message = String(error);
      if (this.failed.get(name) !== message && !this.hasEnded()) round.log(`NodeClaim ${name}: ${message}`);
      this.failed.set(name, message);
    }
  }

  /** Whoever deletes a Node of Karpenter's means its NodeClaim as well. */
  private async endClaimsOfDeletedNodes(claims: readonly NodeClaim[], { api, view }: Round): Promise<void> {
    for (const { metadata, status } of claims) {
      const node = view.nodes.get(status?.nodeName ?? "");
      if (metadata.deletionTimestamp !== undefined || node?.isTerminating !== true) continue;
      await api.call("DELETE", `${NODE_CLAIMS}/${metadata.name ?? ""}`);
    }
  }
}

async function listOf<T>(path: string, { api }: Round): Promise<T[]> {
  return (await api.call<{ items: T[] }>("GET", path)).items;
}
