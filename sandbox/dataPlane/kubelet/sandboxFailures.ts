import { createHash } from "node:crypto";
import { ApiError, type ApiServer } from "../cluster/apiServer";
import type { PodView } from "../cluster/view";

/** A pod without an address, as far as an Event names it. */
export type WaitingPod = Pick<PodView, "uid" | "namespace" | "name">;

/** Why the CNI's plugin gave no address, in its words (aws/amazon-vpc-cni-k8s, cmd/routed-eni-cni-plugin/cni.go). */
export const NO_ADDRESS = "add cmd: failed to assign an IP address to container";
export const NO_IPAMD =
  "add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: " +
  'desc = "transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"';

/** How long after the first Event it is told again; doubled each time, as a kubelet holds repeated Events back. */
const FIRST_AGAIN_MS = 15_000;
const LONGEST_AGAIN_MS = 300_000;

interface Told {
  readonly event: string;
  readonly count: number;
  readonly againAt: number;
}

/** Tells of pods that get no network as a kubelet does: with an Event, whose count goes up. */
export class SandboxFailures {
  private readonly told = new Map<string, Told>();

  constructor(
    private readonly nodeName: string,
    private readonly outside: {
      readonly api: Pick<ApiServer, "call" | "patch">;
      /** What the times between Events are multiplied with. */
      readonly pace: number;
      /** Milliseconds since 1970. */
      readonly now: () => number;
    },
  ) {}

  /** @param pods all those of the node that wait for an address. */
  async tell(pods: readonly WaitingPod[], why: string): Promise<void> {
    const waiting = new Set(pods.map(({ uid }) => uid));
    for (const uid of this.told.keys()) if (!waiting.has(uid)) this.told.delete(uid);
    await Promise.all(pods.map((pod) => this.tellOf(pod, why)));
  }

  private async tellOf(pod: WaitingPod, why: string): Promise<void> {
    const { api, pace, now } = this.outside;
    const before = this.told.get(pod.uid);
    if (before !== undefined && now() < before.againAt) return;
    const count = (before?.count ?? 0) + 1;
    const event = before?.event ?? `${pod.name}.${digest(pod.uid, String(now())).slice(0, 16)}`;
    const againMs = Math.min(FIRST_AGAIN_MS * 2 ** (count - 1), LONGEST_AGAIN_MS);
    this.told.set(pod.uid, { event, count, againAt: now() + againMs * pace });
    const time = new Date(now()).toISOString();
    const sandbox = digest(pod.uid, String(count));
    const message =
      "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox " +
      `"${sandbox}": plugin type="aws-cni" name="aws-cni" failed (add): ${why}`;
    const path = `/api/v1/namespaces/${pod.namespace}/events`;
    try {
      if (before !== undefined) {
        await api.patch(`${path}/${event}`, "merge", { count, message, lastTimestamp: time });
        return;
      }
      await api.call("POST", path, {
        metadata: { name: event, namespace: pod.namespace },
        involvedObject: {
          apiVersion: "v1",
          kind: "Pod",
          namespace: pod.namespace,
          name: pod.name,
          uid: pod.uid,
        },
        type: "Warning",
        reason: "FailedCreatePodSandBox",
        message,
        source: { component: "kubelet", host: this.nodeName },
        reportingComponent: "kubelet",
        reportingInstance: this.nodeName,
        firstTimestamp: time,
        lastTimestamp: time,
        count,
      });
    } catch (error) {
      // Its namespace is being deleted, or the Event has expired: told anew the next time.
      if (!(error instanceof ApiError)) throw error;
      this.told.delete(pod.uid);
    }
  }
}

function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join(" ")).digest("hex");
}
