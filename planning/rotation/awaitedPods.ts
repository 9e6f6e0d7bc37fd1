import { isFinished, type ClusterPod } from "./observation";

/** Whether a pod does its work: it is Ready, and was not told to end. */
export function isServing({ isReady, isTerminating }: ClusterPod): boolean {
  return isReady && !isTerminating;
}

/** Pods of an owner that are to become ready in the place of those that have left a node. */
export interface AwaitedPods {
  /** UIDs of those that are not ready yet. */
  readonly unready: ReadonlySet<string>;
  /** How many of them need not be: as many as were not ready before. */
  readonly spare: number;
}

/**
 * What is to be awaited of an owner once its pods have left a node: the pods that it has at this moment. Those that are
 * made later replace pods that left other nodes later, and it is those nodes that wait for them: else a node would wait
 * for as long as there is any other to drain.
 *
 * @param pods all that the owner has.
 * @param ready how many of them are to be ready.
 * @returns none while it has not made as many pods.
 */
export function awaitedPods(pods: readonly ClusterPod[], ready: number): AwaitedPods | undefined {
  const there = pods.filter(isThere);
  if (there.length < ready) return undefined;
  const unready = there.filter(({ isReady }) => !isReady);
  return { unready: new Set(unready.map(({ uid }) => uid)), spare: there.length - ready };
}

/**
 * What is left of it later on.
 *
 * @returns none where one of them has gone and was never seen ready: what is to be awaited is to be found anew.
 */
export function stillAwaited(pods: readonly ClusterPod[], awaited: AwaitedPods): AwaitedPods | undefined {
  const { unready, spare } = awaited;
  const found = new Map(pods.map((pod) => [pod.uid, pod]));
  const left = new Set([...unready].filter((uid) => found.get(uid)?.isReady !== true));
  for (const uid of left) {
    const pod = found.get(uid);
    if (pod === undefined || !isThere(pod)) return undefined;
  }
  return { unready: left, spare };
}

function isThere(pod: ClusterPod): boolean {
  return !pod.isTerminating && !isFinished(pod);
}
