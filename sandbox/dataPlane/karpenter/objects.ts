import type { V1NodeSelectorRequirement, V1ObjectMeta, V1Taint } from "@kubernetes/client-node";

/** Metadata as it is over the wire, where times are text. */
export type Metadata = Omit<V1ObjectMeta, "creationTimestamp" | "deletionTimestamp"> & {
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
};

/** What a node is to be: of NodePools' templates and of NodeClaims. */
export interface NodeClaimSpec {
  readonly nodeClassRef: { readonly group: string; readonly kind: string; readonly name: string };
  readonly requirements: readonly V1NodeSelectorRequirement[];
  readonly taints?: readonly V1Taint[];
  readonly startupTaints?: readonly V1Taint[];
  readonly expireAfter?: string;
  /** How long draining may take, such as 30m, before pods are deleted whatever their PodDisruptionBudgets say. */
  readonly terminationGracePeriod?: string;
}

/** karpenter.sh/v1 NodePool, as far as it is looked at. */
export interface NodePool {
  readonly metadata: Metadata;
  readonly spec: {
    readonly template: {
      readonly metadata?: {
        readonly labels?: Record<string, string>;
        readonly annotations?: Record<string, string>;
      };
      readonly spec: NodeClaimSpec;
    };
    /** The pool with the highest one comes first. */
    readonly weight?: number;
    readonly limits?: { readonly cpu?: string };
  };
}

/** karpenter.sh/v1 NodeClaim, as far as it is looked at. */
export interface NodeClaim {
  readonly metadata: Metadata;
  readonly spec: NodeClaimSpec;
  readonly status?: {
    readonly providerID?: string;
    readonly nodeName?: string;
    readonly conditions?: readonly Condition[];
  };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** Chooses subnets, security groups or images: by id, by name, or by tags, of which `*` means any value. */
export interface SelectorTerm {
  readonly id?: string;
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of images: such as al2023@latest. */
  readonly alias?: string;
}

/** karpenter.k8s.aws/v1 EC2NodeClass, as far as it is looked at. */
export interface Ec2NodeClass {
  readonly metadata: Metadata;
  readonly spec: {
    readonly subnetSelectorTerms: readonly SelectorTerm[];
    readonly securityGroupSelectorTerms: readonly SelectorTerm[];
    readonly amiSelectorTerms: readonly SelectorTerm[];
    readonly kubelet?: { readonly maxPods?: number };
    readonly tags?: Readonly<Record<string, string>>;
  };
}

/** Whether a condition of a NodeClaim is True. */
export function isTrue(claim: NodeClaim, type: string): boolean {
  return claim.status?.conditions?.some((one) => one.type === type && one.status === "True") === true;
}

/** A NodeClaim's conditions with some more of them True; Ready once all three that make it so are. */
export function withConditions(claim: NodeClaim, types: readonly string[], now: string): Condition[] {
  const kept = (claim.status?.conditions ?? []).filter(
    ({ type }) => !types.includes(type) && type !== "Ready",
  );
  const made = types.map((type) => condition(type, "True", now));
  const isReady = ["Launched", "Registered", "Initialized"].every((type) =>
    [...kept, ...made].some((one) => one.type === type && one.status === "True"),
  );
  return [...kept, ...made, condition("Ready", isReady ? "True" : "False", now)];
}

function condition(type: string, status: string, now: string): Condition {
  return { type, status, reason: type, message: "", lastTransitionTime: now };
}
