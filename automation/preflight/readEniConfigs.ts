import type { EniConfigFacts } from "../../planning/preflight/picture";
import type { ApiObject, Kubernetes } from "../kubernetes";

const ENI_CONFIGS = "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs";

interface ApiEniConfig extends ApiObject {
  readonly spec?: { readonly subnet?: string; readonly securityGroups?: readonly string[] };
}

/**
 * The ENIConfigs of a cluster. Needs list on eniconfigs.
 *
 * @throws KubernetesError; of status 404 where the cluster does not know what an ENIConfig is.
 */
export function readEniConfigs(kubernetes: Kubernetes): Promise<EniConfigFacts[]> {
  return kubernetes.list(ENI_CONFIGS, ({ metadata, spec = {} }: ApiEniConfig) => ({
    name: metadata.name,
    subnetId: spec.subnet ?? "",
    ...(spec.securityGroups !== undefined && { securityGroupIds: spec.securityGroups }),
  }));
}
