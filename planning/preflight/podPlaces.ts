import { podName, type ClusterPod } from "../rotation/observation";
import { check, type Found, type Seen } from "./check";
import { counted, listed } from "../amounts";
import { movingPods } from "./movingPods";
import type { PodDemands, VolumeFacts } from "./podFacts";
import { offersOf, renewalOf, RENEWAL_PARTS, type Renewal } from "./renewal";
import { lacking, outOfReach, placeInWords, volumesByClaim } from "./whyNowhere";

/**
 * Pods that go with their nodes and that no node would take afterwards: by their nodeSelector, their required node
 * affinity, or the taints of the new workers.
 */
export const podsWithoutNode = check(
  {
    id: "POD-NO-NODE",
    level: "stop",
    about: "every pod that moves finds a node by its labels and tolerations",
    looksAt: [...RENEWAL_PARTS, "podDemands"],
  },
  (seen) => {
    const renewal = renewalOf(seen);
    const offers = offersOf(renewal);
    const leaving = leavingPods(renewal, seen);
    return together(leaving, ({ pod, demands }) => lacking(pod, demands, offers)).map(({ pods, lacks }) => ({
      title: `${ownerOf(pods)} would find no node: ${lacks}`,
      evidence: [
        `${counted(pods.length, "pod")} on nodes that go: ${listed(pods.map(podName))}`,
        ...assumption(renewal),
      ],
      wayOut: lacks.includes(OWN_GROUP)
        ? "Let it ask for a label of its own: the name of a node group changes with the group."
        : "Give it to a worker group (labels of workerGroups in the stack's configuration), or let the pods go without.",
    }));
  },
);

/** Pods whose volumes are where no new worker will be: an EBS volume stays in its zone, a local one on its node. */
export const volumesLeftBehind = check(
  {
    id: "VOLUME-PLACE",
    level: "stop",
    about: "volumes can be reached from a node that takes their pods",
    looksAt: [...RENEWAL_PARTS, "podDemands", "volumes"],
  },
  (seen) => {
    const renewal = renewalOf(seen);
    const offers = offersOf(renewal);
    const byClaim = volumesByClaim(seen.volumes);
    return leavingPods(renewal, seen).flatMap(({ pod, demands }) => {
      const tied = outOfReach(pod, demands, byClaim, offers);
      if (tied.length === 0) return [];
      return [volumeFinding(pod, tied, renewal)];
    });
  },
);

interface LeavingPod {
  readonly pod: ClusterPod;
  readonly demands: PodDemands;
}

/** The pods that move with their nodes, each with its demands. */
function leavingPods(
  { leaving }: Renewal,
  { cluster, podDemands }: Seen<"cluster" | "podDemands">,
): LeavingPod[] {
  const nodes = new Set(leaving.map(({ name }) => name));
  const byName = new Map(podDemands.map((demands) => [podName(demands), demands]));
  return movingPods(cluster.pods)
    .filter(({ nodeName }) => nodeName !== undefined && nodes.has(nodeName))
    .flatMap((pod) => {
      const demands = byName.get(podName(pod));
      return demands === undefined ? [] : [{ pod, demands }];
    });
}

/** The label by which EKS names a managed node's group. */
const OWN_GROUP = "eks.amazonaws.com/nodegroup";

interface AlikePods {
  readonly pods: readonly ClusterPod[];
  readonly lacks: string;
}

/** Pods of one owner that lack the same, together. */
function together(
  leaving: readonly LeavingPod[],
  lacks: (one: LeavingPod) => string | undefined,
): AlikePods[] {
  const found = new Map<string, { pods: ClusterPod[]; lacks: string }>();
  for (const one of leaving) {
    const missing = lacks(one);
    if (missing === undefined) continue;
    const key = `${one.pod.controller?.uid ?? one.pod.uid} ${missing}`;
    const known = found.get(key) ?? { pods: [], lacks: missing };
    known.pods.push(one.pod);
    found.set(key, known);
  }
  return [...found.values()];
}

function ownerOf([first]: readonly ClusterPod[]): string {
  if (first === undefined) return "";
  const { namespace, controller } = first;
  return controller === undefined
    ? `pod ${podName(first)}`
    : `${controller.kind} ${namespace}/${controller.name}`;
}

function volumeFinding(pod: ClusterPod, volumes: readonly VolumeFacts[], renewal: Renewal): Found {
  const places = volumes.map((volume) => `${placeInWords(volume)}.`);
  return {
    title: `${podName(pod)} would find no node that reaches its volumes`,
    evidence: [...places, ...assumption(renewal)],
    wayOut:
      "Let the new workers have the zone of the volume (zones of the stack's configuration, subnets of the group that is copied); a local volume goes with its node: move its data first.",
  };
}

function assumption({ isAssumed }: Renewal): string[] {
  return isAssumed ? ["New workers are taken to be copies of today's managed node groups."] : [];
}
