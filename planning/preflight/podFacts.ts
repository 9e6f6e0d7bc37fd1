import type { LabelSelector } from "../rotation/observation";

/** One condition on a label of a node, as affinities name it. */
export interface NodeRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** Conditions that hold together; of several terms one is enough. */
export interface NodeTerm {
  /** On labels. */
  readonly labels: readonly NodeRequirement[];
  /** On the node itself: its name. */
  readonly fields: readonly NodeRequirement[];
}

/** Taints that a pod puts up with. */
export interface Toleration {
  readonly key?: string | undefined;
  /** `Equal` or `Exists`. @default Equal */
  readonly operator?: string | undefined;
  readonly value?: string | undefined;
  /** @default every effect */
  readonly effect?: string | undefined;
}

/** What a pod demands of its node, and what keeps it from going. */
export interface PodDemands {
  readonly namespace: string;
  readonly name: string;
  /** Its required node affinity; none where it has none. */
  readonly nodeTerms: readonly NodeTerm[] | undefined;
  readonly tolerations: readonly Toleration[];
  /** Names of its PersistentVolumeClaims. */
  readonly claims: readonly string[];
  readonly finalizers: readonly string[];
}

/** A volume, as far as it ties the pods that use it to nodes. */
export interface VolumeFacts {
  readonly name: string;
  /** The claim that it is bound to, as `namespace/name`. */
  readonly claim: string;
  /** The nodes from which it can be reached; none where from all. */
  readonly nodeTerms: readonly NodeTerm[] | undefined;
}

/** What an admission webhook is asked about: what happens to pods when nodes are emptied. */
export type WebhookOccasion = "evict" | "delete" | "create";

/** An admission webhook that fails what it does not answer (`failurePolicy: Fail`). */
export interface AskedWebhook {
  /** `ValidatingWebhookConfiguration` or `MutatingWebhookConfiguration`. */
  readonly kind: string;
  /** Of that object. */
  readonly configuration: string;
  readonly name: string;
  readonly occasions: readonly WebhookOccasion[];
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
}

/** One that a Service of the cluster answers. */
export interface WebhookFacts extends AskedWebhook {
  readonly service: {
    readonly namespace: string;
    readonly name: string;
    /** Endpoints of it that are ready. */
    readonly readyEndpoints: number;
  };
}

/** The admission webhooks that count, and what they select by. */
export interface Admission {
  readonly webhooks: readonly WebhookFacts[];
  /** Those that are asked at a URL. */
  readonly elsewhere: readonly (AskedWebhook & { readonly url: string })[];
  /** Labels of the namespaces, by their names. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Deployments that make and end nodes, beside the groups themselves. */
export interface Autoscalers {
  readonly clusterAutoscalers: readonly {
    /** As `namespace/name`. */
    readonly deployment: string;
    /** Whether its groups are listed one by one (`--nodes`), so that it does not find new ones. */
    readonly listsGroups: boolean;
  }[];
  /** None where Karpenter is not there. */
  readonly karpenter:
    | {
        /** As `namespace/name`. */
        readonly deployment: string;
        /** RESERVED_ENIS: network interfaces that it reckons carry no pods. */
        readonly reservedEnis: number;
        /** EC2NodeClasses that leave it to Karpenter to reckon how many pods a node runs. */
        readonly reckoningNodeClasses: readonly string[];
      }
    | undefined;
}
