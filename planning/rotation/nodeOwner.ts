/** Who made a node's instance, and would have to end it. */
export type NodeOwner =
  | { readonly kind: "managedNodeGroup"; readonly name: string }
  | { readonly kind: "autoScalingGroup"; readonly name: string }
  | { readonly kind: "karpenter"; readonly nodePool: string }
  | { readonly kind: "fargate" }
  | { readonly kind: "standalone" };

/** What tells a node's owner. */
export interface OwnerMarks {
  readonly labels: Readonly<Record<string, string>>;
  /** The Auto Scaling group of its instance, where it is in one. */
  readonly autoScalingGroup?: string | undefined;
}

/**
 * Who owns a node, by the labels that EKS, Karpenter and Fargate give to theirs; a managed node group has an Auto
 * Scaling group as well, so it is asked first.
 */
export function nodeOwner({ labels, autoScalingGroup }: OwnerMarks): NodeOwner {
  if (labels["eks.amazonaws.com/compute-type"] === "fargate") return { kind: "fargate" };
  const nodeGroup = labels["eks.amazonaws.com/nodegroup"];
  if (nodeGroup !== undefined) return { kind: "managedNodeGroup", name: nodeGroup };
  const nodePool = labels["karpenter.sh/nodepool"] ?? labels["karpenter.sh/provisioner-name"];
  if (nodePool !== undefined) return { kind: "karpenter", nodePool };
  if (autoScalingGroup !== undefined) return { kind: "autoScalingGroup", name: autoScalingGroup };
  return { kind: "standalone" };
}

/** An owner as messages name it. */
export function describeOwner(owner: NodeOwner): string {
  switch (owner.kind) {
    case "managedNodeGroup":
      return `managed node group ${owner.name}`;
    case "autoScalingGroup":
      return `Auto Scaling group ${owner.name}`;
    case "karpenter":
      return `Karpenter node pool ${owner.nodePool}`;
    case "fargate":
      return "Fargate";
    case "standalone":
      return "no group";
  }
}
