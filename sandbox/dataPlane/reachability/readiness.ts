import { setTimeout as delay } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "../cluster/apiServer";
import type { ClusterView } from "../cluster/view";
import { NEEDS_ANNOTATION, readNeeds } from "./needs";
import { Prober } from "./probing";
import { readinessStatus, readsAsReady, unhealthyEvent } from "./podReadiness";
import type { WatchedNetwork } from "./watchedNetwork";

/** What readiness is kept with. */
export interface ReadinessOutside {
  readonly api: ApiServer;
  readonly view: ClusterView;
  readonly network: Pick<WatchedNetwork, "current">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How often everything is probed when nothing is known to have changed. */
const PERIOD_MS = 3_000;
/** How long further changes are waited for, as they come in bursts. */
const BURST_MS = 200;

/**
 * Keeps pods with the annotation `sandbox/needs` Ready while they reach what they need, and only then: the part of their
 * kubelets that runs readiness probes. A probe that fails once is enough, and so is one that succeeds.
 */
export class Readiness {
  private heard = new AbortController();
  /** What the probes of pods said last, by their uids, so that an Event is written once. */
  private readonly said = new Map<string, string>();

  constructor(private readonly outside: ReadinessOutside) {}

  /** Has pods probed soon. */
  wake(): void {
    this.heard.abort();
  }

  /** Probes until the signal; ends after the round that is under way. */
  async run(): Promise<void> {
    const { log, signal } = this.outside;
    const rest = (ms: number, woken: AbortSignal) =>
      delay(ms, undefined, { signal: AbortSignal.any([signal, woken]) }).catch(() => undefined);
    while (!signal.aborted) {
      await rest(PERIOD_MS, this.heard.signal);
      await rest(BURST_MS, signal);
      this.heard = new AbortController();
      // What fails while it is being ended is no news.
      await this.round().catch((error: unknown) => {
        if (!signal.aborted) log(`probing pods: ${String(error)}`);
      });
    }
  }

  private async round(): Promise<void> {
    const { view, network, api, signal } = this.outside;
    const needing = [...view.needing()];
    const uids = new Set(needing.map(({ metadata }) => metadata?.uid));
    for (const uid of this.said.keys()) if (!uids.has(uid)) this.said.delete(uid);
    const probed = needing.filter(isProbed);
    if (probed.length === 0 || signal.aborted) return;
    const found = await network.current(probed.map(addressOfPod));
    const prober = new Prober(found, api);
    // An address may be so new that what was read of EC2 lacks it: that says nothing about what it reaches.
    const known = probed.filter((pod) => found.interfaces.has(addressOfPod(pod)));
    await Promise.all(known.map((pod) => this.probe(pod, prober)));
  }

  private async probe(pod: V1Pod, prober: Prober): Promise<void> {
    const { uid = "", name = "", namespace = "" } = pod.metadata ?? {};
    const failure = await this.failureOf(pod, prober);
    if (failure === undefined) this.said.delete(uid);
    else if (this.said.get(uid) !== failure) {
      this.said.set(uid, failure);
      await this.outside.api.call(
        "POST",
        `/api/v1/namespaces/${namespace}/events`,
        unhealthyEvent(pod, failure, this.nowText()),
      );
    }
    const status = readinessStatus(pod, failure, this.nowText());
    if (readsAsReady(pod) === (failure === undefined)) return;
    try {
      await this.outside.api.patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, "strategic-merge", {
        // As others write it too, it has to be the pod that was looked at.
        metadata: { uid, resourceVersion: pod.metadata?.resourceVersion },
        status,
      });
    } catch (error) {
      // It has changed, and is looked at again when that is known; or it is gone.
      if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) throw error;
    }
  }

  private async failureOf(pod: V1Pod, prober: Prober): Promise<string | undefined> {
    const { annotations = {}, namespace = "" } = pod.metadata ?? {};
    let needs;
    try {
      needs = readNeeds(annotations[NEEDS_ANNOTATION] ?? "");
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return await prober.failureOf({ address: addressOfPod(pod), namespace }, needs);
  }

  private nowText(): string {
    return new Date(this.outside.now()).toISOString().replace(/\.\d+Z$/, "Z");
  }
}

function addressOfPod({ status }: V1Pod): string {
  return status?.podIP ?? "";
}

/** Kubelets probe containers that run, of pods that are to stay. */
function isProbed({ metadata, status }: V1Pod): boolean {
  const containers = status?.containerStatuses ?? [];
  return (
    metadata?.deletionTimestamp === undefined &&
    status?.phase === "Running" &&
    status.podIP !== undefined &&
    containers.length > 0 &&
    containers.every(({ state }) => state?.running !== undefined)
  );
}
