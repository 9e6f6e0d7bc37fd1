import type { KubernetesObject, V1Pod } from "@kubernetes/client-node";

/** What the witness keeps of a pod. */
export interface WitnessedPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isHealthy: boolean;
}

/** Pods with the same labels in one namespace: every budget takes in all of them or none. */
export interface PodsAlike {
  readonly labels: Readonly<Record<string, string>>;
  healthy: number;
}

/**
 * Takes from a pod what counts.
 *
 * Healthy is what the disruption controller calls so: Ready, and not being deleted
 * (kubernetes/kubernetes, pkg/controller/disruption/disruption.go, countHealthyPods).
 */
export function witnessedPod(object: KubernetesObject): WitnessedPod {
  const { metadata, status } = object as V1Pod;
  const isReady = status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return {
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    labels: metadata?.labels ?? {},
    isHealthy: isReady === true && metadata?.deletionTimestamp === undefined,
  };
}

/**
 * Counts healthy pods by namespace and labels, so that a change of one pod among thousands costs no look at the others.
 */
export class HealthyPods {
  private readonly alike = new Map<string, Map<string, PodsAlike>>();
  private readonly known = new Map<string, WitnessedPod>();

  put(pod: WitnessedPod): void {
    this.remove(pod);
    this.known.set(keyOf(pod), pod);
    if (pod.isHealthy) this.count(pod, 1);
  }

  remove(pod: Pick<WitnessedPod, "namespace" | "name">): void {
    const before = this.known.get(keyOf(pod));
    if (before === undefined) return;
    this.known.delete(keyOf(pod));
    if (before.isHealthy) this.count(before, -1);
  }

  clear(): void {
    this.alike.clear();
    this.known.clear();
  }

  /** Groups of which at least one pod is healthy. */
  in(namespace: string): Iterable<PodsAlike> {
    return this.alike.get(namespace)?.values() ?? [];
  }

  private count({ namespace, labels }: WitnessedPod, by: 1 | -1): void {
    const there = this.alike.get(namespace) ?? new Map<string, PodsAlike>();
    this.alike.set(namespace, there);
    const key = JSON.stringify(Object.entries(labels).sort());
    const group = there.get(key) ?? { labels, healthy: 0 };
    there.set(key, group);
    group.healthy += by;
    if (group.healthy === 0) there.delete(key);
  }
}

function keyOf({ namespace, name }: Pick<WitnessedPod, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}
