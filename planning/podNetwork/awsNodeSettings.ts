import type { AwsNodeSettings } from "../awsNode/settings";

/**
 * What makes aws-node give pods addresses of their zone's pod subnet: the zone label names the ENIConfig.
 *
 * Source: EKS user guide, "Customize the secondary network interface in Amazon EKS nodes".
 */
export const POD_NETWORK_SETTINGS = {
  customNetworking: true,
  eniConfigLabelDef: "topology.kubernetes.io/zone",
} as const satisfies AwsNodeSettings;
