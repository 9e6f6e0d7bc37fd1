import type { ClusterPod } from "../rotation/observation";
import {
  labelDemands,
  taintInWords,
  termDemand,
  untolerated,
  type Demand,
  type NodeOffer,
} from "./nodeOffer";
import type { PodDemands, VolumeFacts } from "./podFacts";

/** Whether a node of this offer takes a pod: by its labels, and by its taints. */
function isTaken(pod: ClusterPod, demands: PodDemands, offer: NodeOffer): boolean {
  return (
    demandsOf(pod, demands).every((demand) => demand.isMetBy(offer)) &&
    untolerated(offer, demands.tolerations).length === 0
  );
}

/** What keeps a pod from every offer, in words; none where one takes it. */
export function lacking(
  pod: ClusterPod,
  demands: PodDemands,
  offers: readonly NodeOffer[],
): string | undefined {
  if (offers.some((offer) => isTaken(pod, demands, offer))) return undefined;
  const all = demandsOf(pod, demands);
  const nowhere = all.filter((demand) => !offers.some((offer) => demand.isMetBy(offer)));
  if (nowhere.length > 0) return `it needs ${nowhere.map(({ needs }) => needs).join(", ")}`;
  const byLabels = offers.filter((offer) => all.every((demand) => demand.isMetBy(offer)));
  if (byLabels.length === 0) return `it needs ${all.map(({ needs }) => needs).join(", ")} on one node`;
  const taints = new Set(
    byLabels.flatMap((offer) => untolerated(offer, demands.tolerations).map(taintInWords)),
  );
  return `it does not tolerate ${[...taints].join(", ")}`;
}

/**
 * The volumes of a pod that are tied to nodes, where none that takes the pod reaches all of them; none where one does, or
 * where nobody takes the pod at all, which its labels tell.
 */
export function outOfReach(
  pod: ClusterPod,
  demands: PodDemands,
  volumes: ReadonlyMap<string, VolumeFacts>,
  offers: readonly NodeOffer[],
): VolumeFacts[] {
  const tied = demands.claims
    .flatMap((claim) => volumes.get(`${pod.namespace}/${claim}`) ?? [])
    .filter(({ nodeTerms }) => nodeTerms !== undefined);
  if (tied.length === 0) return [];
  const fitting = offers.filter((offer) => isTaken(pod, demands, offer));
  const reaches = (offer: NodeOffer) =>
    tied.every(({ nodeTerms = [] }) => termDemand(nodeTerms).isMetBy(offer));
  return fitting.length === 0 || fitting.some(reaches) ? [] : tied;
}

/** Volumes by the claims that they are bound to. */
export function volumesByClaim(volumes: readonly VolumeFacts[]): ReadonlyMap<string, VolumeFacts> {
  return new Map(volumes.map((volume) => [volume.claim, volume]));
}

/** A volume with the nodes that it can be reached from, in words. */
export function placeInWords({ name, claim, nodeTerms = [] }: VolumeFacts): string {
  return `PersistentVolume ${name} of claim ${claim} asks for a node with ${termDemand(nodeTerms).needs}`;
}

function demandsOf({ nodeSelector }: ClusterPod, { nodeTerms }: PodDemands): Demand[] {
  return labelDemands(nodeSelector, nodeTerms);
}
