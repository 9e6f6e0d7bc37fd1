import { classifyEviction } from "../../planning/rotation/evictionAnswer";
import { podName, type ClusterPod } from "../../planning/rotation/observation";
import { KubernetesError } from "../kubernetes";
import type { HeldLease } from "./lease";
import type { TellingTools } from "./outside";

/** Evictions that are asked for at the same time. */
const AT_ONCE = 10;
/**
 * Longer than the 10 s for which the API server itself tries where the pod is Pending and another one by now. An
 * eviction that is given up in the middle may have taken its budget's allowance and deleted nothing; the budget then
 * allows nothing for 2 minutes.
 */
const TIMEOUT_MS = 15_000;

/**
 * Asks for evictions. Each one that was begun is finished, whatever the signal says; none is begun after it.
 *
 * @returns why pods were not evicted, by their UID.
 * @throws LeaseLostError; KubernetesError for a refusal that no time heals, such as a missing permission.
 */
export async function evictPods(
  tools: TellingTools,
  lease: HeldLease,
  pods: readonly ClusterPod[],
): Promise<ReadonlyMap<string, string>> {
  const refusals = new Map<string, string>();
  const queue = [...pods];
  const failures: unknown[] = [];
  const work = async () => {
    for (let pod = queue.shift(); pod !== undefined; pod = queue.shift()) {
      try {
        tools.signal.throwIfAborted();
        await lease.assertHeld();
        const because = await evictPod(tools, pod);
        if (because !== undefined) refusals.set(pod.uid, because);
      } catch (error) {
        failures.push(error);
        queue.length = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failures.length > 0) throw failures[0];
  return refusals;
}

/** Why a pod was not evicted; none when it was, or is gone. */
async function evictPod({ kubernetes, emit }: TellingTools, pod: ClusterPod): Promise<string | undefined> {
  const answer = await kubernetes.evict(pod, TIMEOUT_MS);
  const outcome = classifyEviction(answer);
  const named = { node: pod.nodeName ?? "", pod: podName(pod) };
  switch (outcome.kind) {
    case "evicted":
      emit({ type: "evicted", ...named });
      return undefined;
    case "gone":
      return undefined;
    case "blocked":
    case "retry":
      emit({ type: "evictionRefused", ...named, because: outcome.because });
      return outcome.because;
    case "fatal":
      throw new KubernetesError(`eviction of ${podName(pod)}`, answer.status, answer.message, answer);
  }
}
