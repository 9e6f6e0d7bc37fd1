import { listed } from "../amounts";
import type { Problem } from "../problem";
import { podsInside } from "../rotation/oldNode";
import { podName, type ClusterNode, type Observation } from "../rotation/observation";
import { oldNodes } from "../rotation/oldNodes";

/**
 * What keeps the pod subnets in use, by how the cluster is now; none once they may go. Pods of nodes that are gone are
 * only names, which Kubernetes takes away later.
 */
export function leftInPodSubnets(observation: Observation): Problem[] {
  const nodes = oldNodes(observation).map(({ node }) => node.name);
  const there = new Set(observation.nodes.map(({ name }) => name));
  const pods = podsInside(observation.pods, observation.target)
    .filter(({ nodeName = "" }) => there.has(nodeName))
    .map(podName);
  const fix =
    "Nothing of the pod network was removed yet. Run podnet rollback again, which goes on from here.";
  return [
    ...(nodes.length === 0
      ? []
      : [{ path: "nodes", reason: `${listed(nodes)} still have to do with the pod subnets.`, fix }]),
    ...(pods.length === 0
      ? []
      : [{ path: "pods", reason: `${listed(pods)} still have addresses of the pod subnets.`, fix }]),
  ];
}

/** Pods on Fargate are moved by nobody: they take addresses of the subnets that their profile names. */
export function fargateProblems({ nodes, pods, target }: Observation): Problem[] {
  const onFargate = new Set(nodes.filter(isFargate).map(({ name }) => name));
  const stuck = podsInside(pods, target).filter(({ nodeName = "" }) => onFargate.has(nodeName));
  if (stuck.length === 0) return [];
  return [
    {
      path: "fargateProfile",
      reason: `${listed(stuck.map(podName))} run on Fargate in the pod subnets, where nothing moves them.`,
      fix: "Give them a profile of other subnets: take fargateProfile out of the stack's configuration, run podnet up, and start them again.",
    },
  ];
}

function isFargate({ owner }: ClusterNode): boolean {
  return owner.kind === "fargate";
}
