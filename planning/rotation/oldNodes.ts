import { oldReasons, type OldReason } from "./oldNode";
import { podsByNode, type ClusterNode, type ClusterPod, type Observation } from "./observation";

/** A node that is to go, with why, and what runs on it. */
export interface OldNode {
  readonly node: ClusterNode;
  readonly reasons: readonly OldReason[];
  /** Every pod on it, whatever becomes of it. */
  readonly pods: readonly ClusterPod[];
}

/** The nodes of a cluster that are old, in the order of their names. */
export function oldNodes({ nodes, pods, target }: Observation): OldNode[] {
  const byNode = podsByNode(pods);
  return nodes
    .map((node) => {
      const here = byNode.get(node.name) ?? [];
      return { node, pods: here, reasons: oldReasons(node, here, target) };
    })
    .filter(({ reasons }) => reasons.length > 0)
    .sort((a, b) => (a.node.name < b.node.name ? -1 : 1));
}
