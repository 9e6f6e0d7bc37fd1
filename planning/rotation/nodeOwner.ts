/** Who made a node's instance, and would have to end it. */
export type NodeOwner =
  | { readonly kind: "managedNodeGroup"; readonly name: string }
  | { readonly kind: "autoScalingGroup"; readonly name: string }
  | {
      readonly kind: "karpenter";
      readonly nodePool: string;
      /** The NodeClaim that owns the Node, and whose end is the node's; none before Karpenter has taken it over. */
      readonly nodeClaim?: string;
    }
  | { readonly kind: "fargate" }
  | { readonly kind: "standalone" };

/** What tells a node's owner. */
export interface OwnerMarks {
  readonly labels: Readonly<Record<string, string>>;
  /** The Auto Scaling group of its instance, where it is in one. */
  readonly autoScalingGroup?: string | undefined;
  /** The NodeClaim among the owners of the Node. */
  readonly nodeClaim?: string | undefined;
}

/**
 * Who owns a node, by the labels that EKS, Karpenter and Fargate give to theirs; a managed node group has an Auto
 * Scaling group as well, so it is asked first.
 */
export function nodeOwner({ labels, autoScalingGroup, nodeClaim }: OwnerMarks): NodeOwner {
  if (labels["eks.amazonaws.com/compute-type"] === "fargate") return { kind: "fargate" };
  const nodeGroup = labels["eks.amazonaws.com/nodegroup"];
  if (nodeGroup !== undefined) return { kind: "managedNodeGroup", name: nodeGroup };
  const nodePool = labels["karpenter.sh/nodepool"] ?? labels["karpenter.sh/provisioner-name"];
  if (nodePool !== undefined)
    return { kind: "karpenter", nodePool, ...(nodeClaim !== undefined && { nodeClaim }) };
  if (autoScalingGroup !== undefined) return { kind: "autoScalingGroup", name: autoScalingGroup };
  return { kind: "standalone" };
}

/**
 * Whether a node has joined and Karpenter has not made it its own yet: no NodeClaim owns it then, and soon one does.
 *
 * The taint is on it from its first moment on (kubernetes-sigs/karpenter, pkg/apis/v1/taints.go).
 */
export function isJoiningKarpenter({
  taints,
}: {
  readonly taints: readonly { readonly key: string }[];
}): boolean {
  return taints.some(({ key }) => key === "karpenter.sh/unregistered");
}

/** A group of nodes that Auto Scaling keeps at its size. */
export interface NodeGroupRef {
  readonly kind: "managedNodeGroup" | "autoScalingGroup";
  readonly name: string;
}

/** The group of a node; none where no group has it. */
export function groupOf(owner: NodeOwner): NodeGroupRef | undefined {
  return owner.kind === "managedNodeGroup" || owner.kind === "autoScalingGroup" ? owner : undefined;
}

const SCALING_GROUP = "autoScalingGroup/";

/**
 * A group as one text, by which it is recorded: the name of a managed node group, and that of an Auto Scaling group
 * behind a prefix with a slash, which no name of the former has.
 */
export function groupKey({ kind, name }: NodeGroupRef): string {
  return kind === "managedNodeGroup" ? name : `${SCALING_GROUP}${name}`;
}

/** The group of such a text. */
export function groupOfKey(key: string): NodeGroupRef {
  return key.startsWith(SCALING_GROUP)
    ? { kind: "autoScalingGroup", name: key.slice(SCALING_GROUP.length) }
    : { kind: "managedNodeGroup", name: key };
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
