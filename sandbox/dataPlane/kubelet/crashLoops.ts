import { ApiError, type ApiServer } from "../cluster/apiServer";
import type { PodView } from "../cluster/view";
import { nextTurn, type Turn } from "./crashLoop";

/** Writes what becomes of a node's pods that crash-loop, each at its time. */
export class CrashLoops {
  private alarm: NodeJS.Timeout | undefined;

  constructor(
    private readonly outside: {
      readonly api: Pick<ApiServer, "patch">;
      /** What the kubelet's back-off is multiplied with. */
      readonly pace: number;
      /** Milliseconds since 1970. */
      readonly now: () => number;
      /** Asks for the next call of `turn`. */
      readonly wake: () => void;
    },
  ) {}

  /** Does what is due, and sets an alarm for what is next. */
  async turn(pods: Iterable<PodView>): Promise<void> {
    const { now, pace, wake } = this.outside;
    let next = Infinity;
    for (const pod of pods) {
      if (pod.crashing === undefined || pod.isTerminating || pod.isFinished) continue;
      const turn = nextTurn(pod.crashing, pace);
      if (turn === undefined) continue;
      if (turn.atMs <= now()) await this.write(pod, turn);
      else next = Math.min(next, turn.atMs);
    }
    clearTimeout(this.alarm);
    this.alarm = next === Infinity ? undefined : setTimeout(wake, Math.max(next - now(), 0)).unref();
  }

  /** No alarm goes off any more. */
  close(): void {
    clearTimeout(this.alarm);
  }

  private async write(pod: PodView, turn: Turn): Promise<void> {
    const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/status`;
    try {
      await this.outside.api.patch(path, "strategic-merge", {
        // Decided by this version of the pod: what has changed since is refused, and looked at again.
        metadata: { uid: pod.uid, resourceVersion: pod.crashing?.metadata?.resourceVersion },
        status: turn.status(new Date(this.outside.now()).toISOString().replace(/\.\d+Z$/, "Z")),
      });
    } catch (error) {
      if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) throw error;
    }
  }
}
