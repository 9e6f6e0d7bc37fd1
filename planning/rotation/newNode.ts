import { isUsable, podsByNode, type ClusterNode, type Observation } from "./observation";
import { oldReasons } from "./oldNode";

/** A node that has nothing of the old range, and takes pods; none where there is none yet. */
export function newNodeIn({ nodes, pods, target }: Observation): ClusterNode | undefined {
  const byNode = podsByNode(pods);
  return nodes.find(
    (node) =>
      node.owner.kind !== "fargate" &&
      isUsable(node) &&
      oldReasons(node, byNode.get(node.name) ?? [], target).length === 0,
  );
}
