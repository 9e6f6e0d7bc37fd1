import type { CustomResourceDefinitionArgs } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";

/** Group and version of ENIConfigs. */
export const ENI_CONFIG_API_VERSION = "crd.k8s.amazonaws.com/v1alpha1";

/**
 * The definition of ENIConfig as the CNI has it since 1.19, whose schema wants a subnet and takes security groups as a
 * list only. Source: aws/amazon-vpc-cni-k8s, charts/aws-vpc-cni/crds.
 */
export const ENI_CONFIG_DEFINITION: CustomResourceDefinitionArgs = {
  metadata: { name: "eniconfigs.crd.k8s.amazonaws.com" },
  spec: {
    group: "crd.k8s.amazonaws.com",
    names: { plural: "eniconfigs", singular: "eniconfig", kind: "ENIConfig", listKind: "ENIConfigList" },
    scope: "Cluster",
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            description: "Where the pods of some nodes get their addresses.",
            // Older CNIs took anything, and objects from their time may have it.
            x_kubernetes_preserve_unknown_fields: true,
            properties: {
              apiVersion: { type: "string" },
              kind: { type: "string" },
              metadata: { type: "object" },
              spec: {
                type: "object",
                required: ["subnet"],
                properties: {
                  subnet: { type: "string", description: "The subnet of the network interfaces, by its id." },
                  securityGroups: {
                    type: "array",
                    description: "Their security groups; those of the node where there are none.",
                    items: { type: "string" },
                  },
                },
              },
              status: { type: "object" },
            },
          },
        },
      },
    ],
  },
};
