import type { NodeOffer } from "../preflight/nodeOffer";
import type { PodDemands, VolumeFacts } from "../preflight/podFacts";
import { lacking, outOfReach, placeInWords, volumesByClaim } from "../preflight/whyNowhere";
import { podName, type ClusterPod } from "./observation";

/** What is known of the places where pods can be. */
export interface PodPlaces {
  /** Nodes that stay, and those that come. */
  readonly offers: readonly NodeOffer[];
  readonly demands: readonly PodDemands[];
  readonly volumes: readonly VolumeFacts[];
}

/**
 * Why pods would find no node once theirs is gone: by the UID of who makes them again (their own where nobody does), or by
 * their name where it is for a volume of theirs.
 */
export type HomelessPods = ReadonlyMap<string, string>;

/**
 * The pods that no node would take: by nodeSelector, required node affinity, taints, and the zones of volumes. Affinity to
 * other pods and topology spread depend on where those are, and are not looked at.
 *
 * @param moving those that leave their nodes.
 */
export function homelessPods(
  moving: readonly ClusterPod[],
  { offers, demands, volumes }: PodPlaces,
): HomelessPods {
  const byName = new Map(demands.map((one) => [podName(one), one]));
  const byClaim = volumesByClaim(volumes);
  const found = new Map<string, string>();
  const asked = new Set<string>();
  for (const pod of moving) {
    const own = byName.get(podName(pod));
    if (own === undefined) continue;
    // Pods of one maker demand the same.
    if (!asked.has(makerOf(pod))) {
      asked.add(makerOf(pod));
      const lacks = lacking(pod, own, offers);
      if (lacks !== undefined) found.set(makerOf(pod), `it would find no node: ${lacks}`);
    }
    const [volume] = outOfReach(pod, own, byClaim, offers);
    if (volume !== undefined)
      found.set(podName(pod), `it would find no node that reaches its volumes: ${placeInWords(volume)}`);
  }
  return found;
}

/** Why a pod would find no node; none where it would find one. */
export function whyHomeless(pod: ClusterPod, homeless: HomelessPods): string | undefined {
  return homeless.get(podName(pod)) ?? homeless.get(makerOf(pod));
}

function makerOf({ controller, uid }: ClusterPod): string {
  return controller?.uid ?? uid;
}
