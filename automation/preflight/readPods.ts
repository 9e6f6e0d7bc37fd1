import type { NodeTerm, PodDemands, Toleration, VolumeFacts } from "../../planning/preflight/podFacts";
import type { ApiObject, Kubernetes } from "../kubernetes";

interface ApiRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface ApiNodeSelector {
  readonly nodeSelectorTerms?: readonly {
    readonly matchExpressions?: readonly ApiRequirement[];
    readonly matchFields?: readonly ApiRequirement[];
  }[];
}

/** A Pod as the API server writes it, as far as it is read here. */
interface ApiPod extends ApiObject {
  readonly metadata: ApiObject["metadata"] & { readonly finalizers?: readonly string[] };
  readonly spec?: {
    readonly affinity?: {
      readonly nodeAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution?: ApiNodeSelector;
      };
    };
    readonly tolerations?: readonly Toleration[];
    readonly volumes?: readonly {
      readonly name: string;
      readonly persistentVolumeClaim?: { readonly claimName: string };
      readonly ephemeral?: object;
    }[];
  };
}

/** A PersistentVolume as the API server writes it, as far as it is read here. */
interface ApiVolume extends ApiObject {
  readonly spec?: {
    readonly claimRef?: { readonly namespace: string; readonly name: string };
    readonly nodeAffinity?: { readonly required?: ApiNodeSelector };
  };
}

/** What every pod demands of its node. Needs list on pods. */
export function readPodDemands(kubernetes: Kubernetes): Promise<PodDemands[]> {
  return kubernetes.list("/api/v1/pods", ({ metadata, spec = {} }: ApiPod): PodDemands => {
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    return {
      namespace: metadata.namespace ?? "",
      name: metadata.name,
      nodeTerms: termsOf(required),
      tolerations: (spec.tolerations ?? []).map(({ key, operator, value, effect }) => ({
        key,
        operator,
        value,
        effect,
      })),
      // An ephemeral volume's claim is named after the pod and the volume.
      claims: (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) =>
        ephemeral === undefined ? (persistentVolumeClaim?.claimName ?? []) : [`${metadata.name}-${name}`],
      ),
      finalizers: metadata.finalizers ?? [],
    };
  });
}

/** The volumes that are bound to a claim. Needs list on persistentvolumes. */
export async function readVolumes(kubernetes: Kubernetes): Promise<VolumeFacts[]> {
  const all = await kubernetes.list("/api/v1/persistentvolumes", ({ metadata, spec = {} }: ApiVolume) => {
    const { claimRef, nodeAffinity } = spec;
    if (claimRef === undefined) return [];
    return [
      {
        name: metadata.name,
        claim: `${claimRef.namespace}/${claimRef.name}`,
        nodeTerms: termsOf(nodeAffinity?.required),
      },
    ];
  });
  return all.flat();
}

function termsOf(selector: ApiNodeSelector | undefined): NodeTerm[] | undefined {
  const requirements = (all: readonly ApiRequirement[] = []) =>
    all.map(({ key, operator, values = [] }) => ({ key, operator, values }));
  return selector?.nodeSelectorTerms?.map(({ matchExpressions, matchFields }) => ({
    labels: requirements(matchExpressions),
    fields: requirements(matchFields),
  }));
}
