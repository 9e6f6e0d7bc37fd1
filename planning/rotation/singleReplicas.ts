import type { ClusterPod } from "./observation";

/** A Deployment, as far as it decides whether a rolling restart moves its pod. */
export interface Deployment {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly isPaused: boolean;
  /** `RollingUpdate` or `Recreate`. */
  readonly strategy: string;
  /** As it is given: a number or a percentage. */
  readonly maxUnavailable: number | string;
  readonly maxSurge: number | string;
  /** Whether its pods have volumes by claims, which two pods on two nodes can't share for a moment (ReadWriteOnce). */
  readonly hasClaims: boolean;
}

/**
 * Whether a rolling restart of a Deployment of one replica starts its new pod before the old one ends: percentages of
 * `maxUnavailable` are rounded down, those of `maxSurge` up, and where both are none one may be missing
 * (kubernetes/kubernetes, pkg/controller/deployment/util: ResolveFenceposts).
 *
 * StatefulSets never do: their pod of an ordinal ends before the next one of it starts.
 */
export function startsNewPodFirst(deployment: Deployment): boolean {
  const { replicas, isPaused, strategy, maxUnavailable, maxSurge, hasClaims } = deployment;
  if (replicas !== 1 || isPaused || hasClaims || strategy !== "RollingUpdate") return false;
  const isNone = (amount: number | string, round: (share: number) => number) =>
    (typeof amount === "number" ? amount : round(Number.parseFloat(amount) / 100)) <= 0;
  return isNone(maxUnavailable, Math.floor) && !isNone(maxSurge, Math.ceil);
}

/**
 * The Deployment that a pod's ReplicaSet is of, by their names: a ReplicaSet has that of its Deployment and the hash of
 * its template behind it, which its pods bear as a label.
 */
export function deploymentOf({
  controller,
  labels,
}: Pick<ClusterPod, "controller" | "labels">): string | undefined {
  const ending = `-${labels["pod-template-hash"] ?? ""}`;
  if (controller?.kind !== "ReplicaSet" || ending === "-" || !controller.name.endsWith(ending))
    return undefined;
  return controller.name.slice(0, -ending.length);
}

/** UIDs of the ReplicaSets whose only pod a rolling restart of their Deployment moves, each with its Deployment. */
export function restartable(
  pods: readonly ClusterPod[],
  deployments: readonly Deployment[],
): ReadonlyMap<string, Deployment> {
  const byName = new Map(
    deployments.filter(startsNewPodFirst).map((one) => [`${one.namespace}/${one.name}`, one] as const),
  );
  return new Map(
    pods.flatMap((pod) => {
      const deployment = byName.get(`${pod.namespace}/${deploymentOf(pod) ?? ""}`);
      return deployment === undefined || pod.controller === undefined
        ? []
        : [[pod.controller.uid, deployment] as const];
    }),
  );
}
