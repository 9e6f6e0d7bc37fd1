/** Names of Karpenter's own (kubernetes-sigs/karpenter and aws/karpenter-provider-aws, pkg/apis/v1/labels.go and taints.go). */
export const LABELS = {
  nodePool: "karpenter.sh/nodepool",
  nodeClass: "karpenter.k8s.aws/ec2nodeclass",
  capacityType: "karpenter.sh/capacity-type",
  registered: "karpenter.sh/registered",
  initialized: "karpenter.sh/initialized",
  instanceType: "node.kubernetes.io/instance-type",
  zone: "topology.kubernetes.io/zone",
  architecture: "kubernetes.io/arch",
  operatingSystem: "kubernetes.io/os",
} as const;

/** The tag by which an instance is known as that of a NodeClaim. */
export const NODE_CLAIM_TAG = "karpenter.sh/nodeclaim";

/** On NodeClaims and their Nodes: they stay until they are drained and their instance is gone. */
export const TERMINATION_FINALIZER = "karpenter.sh/termination";

/** Which a node has from its first moment until its NodeClaim has taken it over. */
export const UNREGISTERED_TAINT = { key: "karpenter.sh/unregistered", effect: "NoExecute" } as const;

/** Which a node has from the moment at which it is to go. */
export const DISRUPTED_TAINT = { key: "karpenter.sh/disrupted", effect: "NoSchedule" } as const;

/** Of pods, with the value true: they are not evicted. */
export const DO_NOT_DISRUPT_ANNOTATION = "karpenter.sh/do-not-disrupt";

/** Of a NodeClaim that goes: when it is gone at the latest. */
export const TERMINATION_TIME_ANNOTATION = "karpenter.sh/nodeclaim-termination-timestamp";
