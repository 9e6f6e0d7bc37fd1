import { oldReasons, podsOutside } from "../rotation/oldNode";
import {
  isUsable,
  podsByNode,
  type ClusterNode,
  type ClusterPod,
  type Observation,
} from "../rotation/observation";
import type { Share } from "../rotation/verification";

/** A pod of a smoke test, with what its kubelet or the scheduler says of it. */
export interface SmokePod extends ClusterPod {
  /** Why it is not ready, as far as anybody says so. */
  readonly because?: string | undefined;
}

/** What became of new pods that were tried. */
export interface SmokeTest {
  readonly image: string;
  /** Pods that are ready on a new node, with an address of the pod subnets. */
  readonly pods: Share;
  /** Pods by the zone of their node, in the order of the zones' names. */
  readonly zones: readonly { readonly availabilityZone: string; readonly pods: number }[];
  /** What is not as it should be, a line each. */
  readonly failures: readonly string[];
}

/** The nodes that new pods should come to: new, ready, and not cordoned. */
export function smokeNodes({ nodes, pods, target }: Observation): ClusterNode[] {
  const byNode = podsByNode(pods);
  return nodes.filter(
    (node) => takesPods(node) && oldReasons(node, byNode.get(node.name) ?? [], target).length === 0,
  );
}

/**
 * The label by which only new nodes are chosen, where there are others that take pods; none where there are not, so that
 * pods may come to nodes that an autoscaler makes for them.
 */
export function newNodesOnly(
  observed: Observation,
): { readonly key: string; readonly values: string[] } | undefined {
  const eligible = smokeNodes(observed);
  if (observed.nodes.filter(takesPods).length === eligible.length) return undefined;
  const key = "kubernetes.io/hostname";
  return { key, values: eligible.map(({ name, labels }) => labels[key] ?? name) };
}

function takesPods(node: ClusterNode): boolean {
  return node.owner.kind !== "fargate" && isUsable(node);
}

/**
 * Judges the pods of a smoke test.
 *
 * @param observed the cluster as it is with them.
 * @param asked how many pods there should be, and how long they had.
 */
export function judgeSmokeTest(
  pods: readonly SmokePod[],
  observed: Observation,
  {
    image,
    replicas,
    timeoutSeconds,
  }: { readonly image: string; readonly replicas: number; readonly timeoutSeconds: number },
): SmokeTest {
  const nodes = new Map(observed.nodes.map((node) => [node.name, node]));
  const isNew = new Set(smokeNodes(observed).map(({ name }) => name));
  const judged = pods.map((pod) => failureOf(pod, observed, isNew, timeoutSeconds));
  const failures = judged.flatMap((failure) => failure ?? []);
  const missing = replicas - pods.length;
  const zones = new Map<string, number>();
  for (const { nodeName = "" } of pods) {
    const zone = nodes.get(nodeName)?.availabilityZone;
    if (zone !== undefined) zones.set(zone, (zones.get(zone) ?? 0) + 1);
  }
  return {
    image,
    pods: { right: judged.filter((failure) => failure === undefined).length, of: replicas },
    zones: [...zones]
      .map(([availabilityZone, count]) => ({ availabilityZone, pods: count }))
      .sort((a, b) => (a.availabilityZone < b.availabilityZone ? -1 : 1)),
    failures: missing > 0 ? [...failures, `${missing} of ${replicas} pods were not made`] : failures,
  };
}

function failureOf(
  pod: SmokePod,
  { target }: Observation,
  isNew: ReadonlySet<string>,
  timeoutSeconds: number,
): string | undefined {
  const { name, nodeName, address, isReady, because } = pod;
  const why = because === undefined ? "" : `: ${because}`;
  if (nodeName === undefined) return `pod ${name} has no node after ${timeoutSeconds} s${why}`;
  const said = `pod ${name} on ${nodeName}`;
  if (address !== undefined && podsOutside([pod], target).length > 0)
    return `${said} has ${address}, which is in no pod subnet`;
  if (!isReady) return `${said} is not ready after ${timeoutSeconds} s${why}`;
  return isNew.has(nodeName) ? undefined : `${said} is not on a new node`;
}
