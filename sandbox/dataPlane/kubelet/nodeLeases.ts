import { setTimeout as delay } from "node:timers/promises";
import { ApiError, type ApiServer } from "../cluster/apiServer";
import type { ClusterView, NodeView } from "../cluster/view";

/** What the leases are kept with. */
export interface NodeLeasesOutside {
  readonly api: Pick<ApiServer, "call" | "patch">;
  readonly view: Pick<ClusterView, "nodes">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
/** Kubelets renew a lease of 40 s every 10 s: with 1,000 nodes that alone would keep a core busy. */
const LEASE_SECONDS = 120;
/** Well within the 200 s after which the controller manager takes a node for dead. */
const RENEW_AFTER_MS = 40_000;
const LOOK_MS = 1_000;

/**
 * The sign of life of every Node: its Lease in kube-node-lease, made soon after the Node and renewed every 40 s.
 *
 * kwok could do it, but then it lets go of each event of a pod whose node has no lease in its cache yet, also of those
 * that it asks for again once it has made the lease: now and then such a pod would never start.
 *
 * https://kubernetes.io/docs/concepts/architecture/leases/#node-heartbeats
 */
export class NodeLeases {
  /** When the lease of a Node was last renewed, by the Node's uid. */
  private readonly renewedAtMs = new Map<string, number>();

  constructor(private readonly outside: NodeLeasesOutside) {}

  /** Renews what is due every second, until the signal. */
  async run(): Promise<void> {
    const { signal } = this.outside;
    while (!signal.aborted) {
      await this.renewDue();
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Makes leases that are missing and renews those that are due; what fails is tried again at the next look. */
  async renewDue(): Promise<void> {
    const { view, now } = this.outside;
    const nodes = [...view.nodes.values()];
    this.forgetAllBut(nodes);
    const due = nodes.filter(({ uid }) => now() - (this.renewedAtMs.get(uid) ?? -Infinity) >= RENEW_AFTER_MS);
    await Promise.all(due.map((node) => this.renew(node)));
  }

  private async renew(node: NodeView): Promise<void> {
    const { api, now, log, signal } = this.outside;
    const atMs = now();
    const lease = leaseOf(node, atMs);
    try {
      await api.patch(`${LEASES}/${node.name}`, "merge", lease).catch(async (error: unknown) => {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        await api.call("POST", LEASES, lease);
      });
      this.renewedAtMs.set(node.uid, atMs);
    } catch (error) {
      if (!signal.aborted) log(`${node.name}: its lease was not renewed: ${String(error)}`);
    }
  }

  private forgetAllBut(nodes: readonly NodeView[]): void {
    const there = new Set(nodes.map(({ uid }) => uid));
    for (const uid of this.renewedAtMs.keys()) if (!there.has(uid)) this.renewedAtMs.delete(uid);
  }
}

/** As a kubelet writes it; the Node owns it, so that it goes with it. */
function leaseOf({ name, uid }: NodeView, atMs: number) {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name, ownerReferences: [{ apiVersion: "v1", kind: "Node", name, uid }] },
    spec: {
      holderIdentity: name,
      leaseDurationSeconds: LEASE_SECONDS,
      renewTime: new Date(atMs).toISOString().replace("Z", "000Z"),
    },
  };
}
