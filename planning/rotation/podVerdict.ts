import { isFinished, podName, type ClusterPod } from "./observation";

/** What becomes of a pod when its node is drained, and why. */
export interface PodVerdict {
  readonly action: "evict" | "skip" | "refuse";
  /** Groups like with like in what people read; the pod is named beside it. */
  readonly reason: string;
}

/** What a person decided about pods. */
export interface VerdictOptions {
  /** Evict pods without a controller: nobody makes them again. @default false */
  readonly force?: boolean | undefined;
}

/** A verdict, or none where the next filter is to be asked. */
type PodFilter = (pod: ClusterPod, options: VerdictOptions) => PodVerdict | undefined;

const skip = (reason: string): PodVerdict => ({ action: "skip", reason });
const refuse = (reason: string): PodVerdict => ({ action: "refuse", reason });
const evict = (reason: string): PodVerdict => ({ action: "evict", reason });

/** Asked in this order; the first that answers decides. hostNetwork is no reason for anything. */
const FILTERS: readonly PodFilter[] = [
  (pod) => (isFinished(pod) ? skip("finished") : undefined),
  (pod) => (pod.isMirror ? skip("static pod") : undefined),
  // Its controller would put it back on the very node, which it tolerates.
  (pod) => (pod.controller?.kind === "DaemonSet" ? skip("DaemonSet pod") : undefined),
  (pod) => (pod.isTerminating ? evict("already terminating") : undefined),
  (pod, { force }) => {
    if (pod.controller !== undefined) return undefined;
    return force === true
      ? evict("bare pod, deleted for good")
      : refuse("bare pod, nobody would make it again");
  },
  (pod) => (pod.hasEmptyDir ? evict("moves, its emptyDir is lost") : undefined),
];

/** What becomes of a pod when its node is drained. */
export function podVerdict(pod: ClusterPod, options: VerdictOptions = {}): PodVerdict {
  for (const filter of FILTERS) {
    const verdict = filter(pod, options);
    if (verdict !== undefined) return verdict;
  }
  return evict("moves");
}

/** The pods that a verdict's action falls on. */
export function podsTo(
  action: PodVerdict["action"],
  pods: readonly ClusterPod[],
  options: VerdictOptions = {},
): ClusterPod[] {
  return pods.filter((pod) => podVerdict(pod, options).action === action);
}

/** Pods of one action and reason. */
export interface VerdictGroup extends PodVerdict {
  /** As `namespace/name`. */
  readonly pods: readonly string[];
}

/** Verdicts with like put to like, in the order in which they first occur. */
export function verdictGroups(pods: readonly ClusterPod[], options: VerdictOptions = {}): VerdictGroup[] {
  const groups = new Map<string, VerdictGroup & { pods: string[] }>();
  for (const pod of pods) {
    const verdict = podVerdict(pod, options);
    const key = `${verdict.action} ${verdict.reason}`;
    const group = groups.get(key) ?? { ...verdict, pods: [] };
    group.pods.push(podName(pod));
    groups.set(key, group);
  }
  return [...groups.values()];
}
