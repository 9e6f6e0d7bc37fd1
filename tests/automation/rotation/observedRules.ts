import type { V1Node, V1Pod, V1PodDisruptionBudget } from "@kubernetes/client-node";
import { selects } from "../../../sandbox/labelSelector";

/** The annotations by which a node says that a rotation took it out of service, and when. */
const EXPLANATION = ["eks-pod-network.io/run", "eks-pod-network.io/drain-began"];

/** What the rules are judged by, besides the cluster. */
export interface RuleLimits {
  /** Nodes that may be out of service or on their way out at once. */
  readonly maxUnavailable: number;
}

/**
 * What may never be so while a cluster is rotated, judged at each change of it. It knows nothing of how rotation works,
 * and shares no code with it.
 *
 * What was so before {@link begin} is not of the rotation's making: budgets that were not kept, nodes out of service.
 */
export class ObservedRules {
  private readonly nodes = new Map<string, V1Node>();
  private readonly pods = new Map<string, V1Pod>();
  private readonly budgets = new Map<string, V1PodDisruptionBudget>();
  private readonly outBefore = new Set<string>();
  /** Budgets that were kept at least once, by what they are kept by and their names. */
  private readonly kept = new Set<string>();
  private readonly found = new Set<string>();
  private readonly evictedUids = new Set<string>();
  private hasBegun = false;
  private most = 0;
  private gone = 0;

  constructor(private readonly limits: RuleLimits) {}

  /** From here on everything counts; what was told before is how the cluster was. */
  begin(): void {
    for (const node of this.nodes.values()) if (isOut(node)) this.outBefore.add(node.metadata?.uid ?? "");
    this.hasBegun = true;
    for (const namespace of new Set([...this.budgets.values()].map((budget) => namespaceOf(budget))))
      this.judgeBudgets(namespace);
  }

  /** Each rule that was broken, in words, once. */
  broken(): string[] {
    return [...this.found];
  }

  /** Pods that the eviction API was asked to evict. */
  evicted(): number {
    return this.evictedUids.size;
  }

  /** The most nodes that were out of service at once. */
  mostOut(): number {
    return this.most;
  }

  /** Nodes that went. */
  nodesGone(): number {
    return this.gone;
  }

  node(node: V1Node): void {
    this.nodes.set(nameOf(node), node);
    if (!this.hasBegun) return;
    if (this.isOutByRotation(node) && !isExplained(node))
      this.found.add(`${nameOf(node)} is out of service, and no annotation says why`);
    const out = [...this.nodes.values()].filter((one) => this.isOutByRotation(one)).map(nameOf);
    this.most = Math.max(this.most, out.length);
    if (out.length > this.limits.maxUnavailable)
      this.found.add(`${out.sort().join(", ")} are out of service at once`);
  }

  nodeGone(node: V1Node): void {
    this.nodes.delete(nameOf(node));
    if (!this.hasBegun) return;
    this.gone += 1;
    if (!isOut(node)) this.found.add(`${nameOf(node)} went while it was in service`);
    const left = [...this.pods.values()].filter(
      (pod) => pod.spec?.nodeName === nameOf(node) && !staysWithNode(pod) && !hasEnded(pod),
    );
    if (left.length > 0)
      this.found.add(`${nameOf(node)} went with ${left.map(nameOf).sort().join(", ")} on it`);
  }

  pod(pod: V1Pod): void {
    this.pods.set(nameOf(pod), pod);
    if (!this.hasBegun) return;
    if (isEvicted(pod)) {
      this.evictedUids.add(pod.metadata?.uid ?? "");
      if (staysWithNode(pod)) this.found.add(`${nameOf(pod)} was evicted, and belongs to its node`);
    }
    this.judgeBudgets(namespaceOf(pod));
  }

  podGone(pod: V1Pod): void {
    this.pods.delete(nameOf(pod));
    if (this.hasBegun) this.judgeBudgets(namespaceOf(pod));
  }

  budget(budget: V1PodDisruptionBudget): void {
    this.budgets.set(nameOf(budget), budget);
    if (this.hasBegun) this.judgeBudgets(namespaceOf(budget));
  }

  budgetGone(budget: V1PodDisruptionBudget): void {
    this.budgets.delete(nameOf(budget));
    for (const by of ["pods", "status"]) this.kept.delete(`${by} ${nameOf(budget)}`);
  }

  private isOutByRotation(node: V1Node): boolean {
    return isOut(node) && !this.outBefore.has(node.metadata?.uid ?? "");
  }

  /** Both what the budget's own controller counts, and what the pods themselves say. */
  private judgeBudgets(namespace: string): void {
    for (const budget of this.budgets.values()) {
      if (namespaceOf(budget) !== namespace || budget.status === undefined) continue;
      const { currentHealthy, desiredHealthy } = budget.status;
      const ready = [...this.pods.values()].filter(
        (pod) =>
          namespaceOf(pod) === namespace &&
          isServing(pod) &&
          budget.spec?.selector !== undefined &&
          selects(budget.spec.selector, pod.metadata?.labels ?? {}),
      ).length;
      this.judge("pods", budget, ready, desiredHealthy);
      this.judge("status", budget, currentHealthy, desiredHealthy);
    }
  }

  private judge(
    by: "pods" | "status",
    budget: V1PodDisruptionBudget,
    healthy: number,
    desired: number,
  ): void {
    const key = `${by} ${nameOf(budget)}`;
    if (healthy >= desired) {
      if (desired > 0) this.kept.add(key);
    } else if (this.kept.has(key)) {
      this.found.add(`${nameOf(budget)} has ${healthy} healthy pods of ${desired} by its ${by}`);
    }
  }
}

type Named = V1Node | V1Pod | V1PodDisruptionBudget;

function namespaceOf({ metadata }: Named): string {
  return metadata?.namespace ?? "";
}

function nameOf({ metadata }: Named): string {
  const { namespace, name = "" } = metadata ?? {};
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function isOut({ spec }: V1Node): boolean {
  return spec?.unschedulable === true;
}

function isExplained({ metadata }: V1Node): boolean {
  return EXPLANATION.every((key) => (metadata?.annotations?.[key] ?? "") !== "");
}

/** Of a DaemonSet, or a static pod, of which the API server has a mirror. */
function staysWithNode({ metadata }: V1Pod): boolean {
  return (
    metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined ||
    (metadata?.ownerReferences ?? []).some(({ kind, controller }) => controller && kind === "DaemonSet")
  );
}

function hasEnded({ status }: V1Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

function isServing({ metadata, status }: V1Pod): boolean {
  return (
    metadata?.deletionTimestamp === undefined &&
    (status?.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True")
  );
}

/** The eviction API writes it on the pod (kubernetes/kubernetes, pkg/registry/core/pod/storage/eviction.go). */
function isEvicted({ status }: V1Pod): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: is, reason }) =>
      type === "DisruptionTarget" && is === "True" && reason === "EvictionByEvictionAPI",
  );
}
