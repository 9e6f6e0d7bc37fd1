import { podEnis, oldReasons, podsCarried, podsOutside, type OldReason } from "./oldNode";
import { isFinished, podName, podsByNode, type Observation } from "./observation";
import { maxPods } from "../maxPods";
import { hasPodEni } from "./workerShape";

/** A part of the whole that is as it should be. */
export interface Share {
  readonly right: number;
  readonly of: number;
}

/** Whether every pod has moved, with the figures that show it. */
export interface Verification {
  /**
   * Whether no node is old, by the very predicate by which nodes are rotated; there is one at all, and each was seen
   * in EC2 too.
   */
  readonly isVerified: boolean;
  /** Worker nodes, Fargate aside. */
  readonly nodes: number;
  /** Those of them that are not old: how far the move is. */
  readonly newNodes: Share;
  /** Pods on them that have an address of their own and have not ended. */
  readonly pods: number;
  /** Those of these that have none outside the pod subnets. */
  readonly podsInside: Share;
  /** Pods with an address of no pod subnet: `namespace/name`, address and node. */
  readonly podsOutside: readonly { readonly pod: string; readonly address: string; readonly node: string }[];
  /**
   * Nodes of which EC2 showed no primary ENI, and so nothing at all. Of other credentials, or in another Region, EC2
   * answers every question with none, which looks like ENIs without addresses for pods.
   */
  readonly unseenNodes: readonly string[];
  /** Primary ENIs that carry no addresses for pods, of those that were seen. */
  readonly cleanPrimaryEnis: Share;
  /** Secondary ENIs that the CNI manages, in the pod subnet of their node's zone. */
  readonly secondaryEnis: Share;
  /** Nodes whose allocatable pods do not exceed what their addresses carry. */
  readonly allocatablePods: Share;
  /** Allocatable pods of new nodes per instance type, as `m5.large 20`. */
  readonly allocatableByType: readonly string[];
  /** Pods with the address of their node, by design. */
  readonly hostNetworkPods: number;
  readonly fargateNodes: number;
  readonly oldNodes: readonly { readonly node: string; readonly reasons: readonly OldReason[] }[];
  /** What is good to know, and no reason against it. */
  readonly notes: readonly string[];
}

/** Verifies a cluster, as it was observed. */
export function verification({ nodes, pods, target }: Observation): Verification {
  const workers = nodes.filter(({ owner }) => owner.kind !== "fargate");
  const byNode = podsByNode(pods);
  const here = (name: string) => byNode.get(name) ?? [];
  const living = workers.flatMap(({ name }) => here(name)).filter((pod) => !isFinished(pod));
  const secondary = workers.flatMap((node) => podEnis(node).map((eni) => ({ node, eni })));
  const exceeding = workers.filter((node) => {
    const carried = podsCarried(node, here(node.name), target);
    return carried !== undefined && node.allocatable.pods > carried;
  });
  const old = workers
    .map((node) => ({ node: node.name, reasons: oldReasons(node, here(node.name), target) }))
    .filter(({ reasons }) => reasons.length > 0);
  const outside = podsOutside(living, target);
  const unseen = workers.filter(({ enis }) => !enis.some(({ isPrimary }) => isPrimary));
  const own = living.filter(({ hostNetwork }) => !hostNetwork).length;
  return {
    isVerified: workers.length > 0 && unseen.length === 0 && old.length === 0 && outside.length === 0,
    nodes: workers.length,
    newNodes: { right: workers.length - old.length, of: workers.length },
    pods: own,
    podsInside: { right: own - outside.length, of: own },
    podsOutside: outside.map((pod) => ({
      pod: podName(pod),
      address: pod.address ?? "",
      node: pod.nodeName ?? "",
    })),
    unseenNodes: unseen.map(({ name }) => name),
    cleanPrimaryEnis: {
      right: workers.filter(({ enis }) => enis.some(isCleanPrimary)).length,
      of: workers.length - unseen.length,
    },
    secondaryEnis: {
      right: secondary.filter(({ node, eni }) =>
        target.podSubnets.some(
          ({ subnetId, availabilityZone }) =>
            subnetId === eni.subnetId && availabilityZone === node.availabilityZone,
        ),
      ).length,
      of: secondary.length,
    },
    allocatablePods: { right: workers.length - exceeding.length, of: workers.length },
    allocatableByType: [
      ...new Set(
        workers
          .filter((node) => !exceeding.includes(node))
          .map(({ instanceTypeName, allocatable }) => `${instanceTypeName} ${allocatable.pods}`),
      ),
    ].sort(),
    hostNetworkPods: living.length - own,
    fargateNodes: nodes.length - workers.length,
    oldNodes: old,
    notes: workers.flatMap((node) => notesOf(node, target)),
  };
}

function isCleanPrimary(eni: Observation["nodes"][number]["enis"][number]): boolean {
  return eni.isPrimary && eni.secondaryAddresses.length === 0 && eni.prefixes.length === 0;
}

function notesOf(node: Observation["nodes"][number], target: Observation["target"]): string[] {
  const { instanceType, instanceTypeName, allocatable, name } = node;
  if (instanceType === undefined)
    return [`${name}: ${instanceTypeName} is unknown, its max pods were not checked`];
  if (!hasPodEni(instanceType, target)) return [];
  const { prefixDelegation, maxEni } = target;
  const computed = maxPods(instanceType, { customNetworking: true, prefixDelegation, maxEni }).maxPods;
  return allocatable.pods < computed
    ? [`${name}: ${allocatable.pods} allocatable pods, where ${computed} are possible`]
    : [];
}
