import {
  KubernetesObjectApi,
  PatchStrategy,
  type KubeConfig,
  type KubernetesObject,
} from "@kubernetes/client-node";

/** What turns custom networking on, with ENIConfigs that are named like the zones. */
export const CUSTOM_NETWORKING_ENV = {
  AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
  ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
};

/**
 * Makes an ENIConfig for each subnet.
 *
 * @param subnetIds by the names of their ENIConfigs.
 * @param securityGroups of pods. @default none, which means those of the node
 */
export async function makeEniConfigs(
  kubeConfig: KubeConfig,
  subnetIds: Readonly<Record<string, string>>,
  securityGroups?: readonly string[],
): Promise<void> {
  const objects = KubernetesObjectApi.makeApiClient(kubeConfig);
  for (const [name, subnet] of Object.entries(subnetIds)) {
    const eniConfig = {
      apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
      kind: "ENIConfig",
      metadata: { name },
      spec: { subnet, ...(securityGroups === undefined ? {} : { securityGroups }) },
    } as KubernetesObject;
    await objects.patch(eniConfig, undefined, undefined, "kubectl", true, PatchStrategy.ServerSideApply);
  }
}
