import { podsOutside } from "../../planning/rotation/oldNode";
import { isFinished, type ClusterNode } from "../../planning/rotation/observation";
import type { RotationProgress } from "./events";
import type { Observed } from "./observe";

/**
 * How far a rotation is.
 *
 * @param first the nodes that were old when this process began.
 */
export function progressOf(observed: Observed, first: readonly ClusterNode[]): RotationProgress {
  const left = new Set(observed.nodes.map(({ uid }) => uid));
  const zones = [...new Set(first.map(({ availabilityZone }) => availabilityZone))].sort();
  // Pods of a node that is gone stay in the API server until they are collected, up to a minute later.
  const names = new Set(observed.nodes.map(({ name }) => name));
  const addressed = observed.pods.filter(
    (pod) =>
      !pod.hostNetwork && !isFinished(pod) && pod.address !== undefined && names.has(pod.nodeName ?? ""),
  );
  const outside = podsOutside(addressed, observed.target).length;
  return {
    zones: zones.map((availabilityZone) => {
      const here = first.filter((node) => node.availabilityZone === availabilityZone);
      return { availabilityZone, done: here.filter(({ uid }) => !left.has(uid)).length, of: here.length };
    }),
    podsInside: addressed.length - outside,
    podsOutside: outside,
  };
}
