import { readSelector, selects } from "./labelSelector";
import { isFinished, podName, type ClusterPod } from "./observation";

/** What becomes of a pod when its node is drained, and why. */
export interface PodVerdict {
  readonly action: "evict" | "skip" | "refuse";
  /** Groups like with like in what people read; the pod is named beside it. */
  readonly reason: string;
  /** Of one that is refused: what lets it move. */
  readonly wayOut?: string;
}

/** What a person decided about pods. */
export interface VerdictOptions {
  /** Evict pods without a controller: nobody makes them again. @default false */
  readonly force?: boolean | undefined;
  /** Evict only pods that it matches, in kubectl's syntax. @default all */
  readonly podSelector?: string | undefined;
  /** Evict pods with an emptyDir, whose content is lost. @default true */
  readonly deleteEmptyDirData?: boolean | undefined;
  /** UIDs of controllers whose only pod moves by a rolling restart, not by an eviction. @default none */
  readonly restarted?: ReadonlySet<string> | undefined;
}

/** A verdict, or none where the next filter is to be asked. */
type PodFilter = (pod: ClusterPod, options: VerdictOptions) => PodVerdict | undefined;

const skip = (reason: string): PodVerdict => ({ action: "skip", reason });
const refuse = (reason: string, wayOut: string): PodVerdict => ({ action: "refuse", reason, wayOut });
const evict = (reason: string): PodVerdict => ({ action: "evict", reason });

/** Asked in this order; the first that answers decides. hostNetwork is no reason for anything. */
const FILTERS: readonly PodFilter[] = [
  (pod) => (isFinished(pod) ? skip("finished") : undefined),
  (pod) => (pod.isMirror ? skip("static pod") : undefined),
  // Its controller would put it back on the very node, which it tolerates.
  (pod) => (pod.controller?.kind === "DaemonSet" ? skip("DaemonSet pod") : undefined),
  (pod) => (pod.isTerminating ? evict("already terminating") : undefined),
  (pod, { podSelector }) =>
    podSelector === undefined || isMatched(pod, podSelector)
      ? undefined
      : refuse("not matched by the pod selector", "leave out --pod-selector, or move it by hand"),
  (pod, { force }) =>
    pod.controller !== undefined || force === true
      ? undefined
      : refuse("bare pod, nobody would make it again", "--force deletes it for good"),
  (pod, { deleteEmptyDirData }) =>
    pod.hasEmptyDir && deleteEmptyDirData === false
      ? refuse("its emptyDir would be lost", "--delete-emptydir-data evicts it all the same")
      : undefined,
  (pod) => (pod.controller === undefined ? evict("bare pod, deleted for good") : undefined),
  (pod, options) => {
    if (!isRestarted(pod, options)) return undefined;
    return evict(`moves by a rolling restart${pod.hasEmptyDir ? ", its emptyDir is lost" : ""}`);
  },
  (pod) => (pod.hasEmptyDir ? evict("moves, its emptyDir is lost") : undefined),
];

/** A selector that can't be read matches nothing: it was refused with the settings. */
function isMatched({ labels }: ClusterPod, podSelector: string): boolean {
  const reading = readSelector(podSelector);
  return "selector" in reading && selects(reading.selector, labels);
}

/** Whether a pod that moves does so by a rolling restart of its workload. One that serves nobody is evicted as others are. */
export function isRestarted(
  { controller, isReady, isTerminating }: ClusterPod,
  { restarted }: VerdictOptions,
): boolean {
  return controller !== undefined && isReady && !isTerminating && restarted?.has(controller.uid) === true;
}

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

/** A pod that is refused. */
export interface RefusedPod {
  /** As `namespace/name`. */
  readonly pod: string;
  readonly because: string;
  readonly wayOut: string;
}

/** The pods that keep their node from being drained, as a person decided. */
export function refusedPods(pods: readonly ClusterPod[], options: VerdictOptions = {}): RefusedPod[] {
  return pods.flatMap((pod) => {
    const { action, reason, wayOut = "" } = podVerdict(pod, options);
    return action === "refuse" ? [{ pod: podName(pod), because: reason, wayOut }] : [];
  });
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
