import type { V1Pod } from "@kubernetes/client-node";
import type { EksOutside } from "./eksOutside";

/**
 * Asks for the eviction of all pods of a node again and again, until they are gone or the time is over. Budgets are
 * respected: who holds a pod back holds the node.
 *
 * @returns the pods that are still there.
 */
export async function evictPods(
  node: string,
  withinMs: number,
  { access, clock, pace, signal }: EksOutside,
): Promise<readonly V1Pod[]> {
  const deadline = clock.now() + withinMs;
  for (;;) {
    const pods = (await access.podsOn(node)).filter(isToBeMoved);
    if (pods.length === 0 || clock.now() > deadline) return pods;
    for (const pod of pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)) {
      await access.evict(pod);
    }
    await clock.sleep(pace.pollMs, signal);
  }
}

/** Pods of DaemonSets and static pods stay with their node; finished ones have nothing to lose. */
function isToBeMoved({ metadata, status }: V1Pod): boolean {
  const ofDaemonSet = metadata?.ownerReferences?.some(({ kind }) => kind === "DaemonSet" || kind === "Node");
  return ofDaemonSet !== true && status?.phase !== "Succeeded" && status?.phase !== "Failed";
}
