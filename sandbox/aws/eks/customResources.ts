/** ENIConfig: the subnet and security groups of pods, by name. */
export function eniConfigDefinition(labels: Readonly<Record<string, string>>): object {
  return definition(
    "crd.k8s.amazonaws.com",
    { plural: "eniconfigs", singular: "eniconfig", kind: "ENIConfig" },
    labels,
    {
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
      properties: {
        spec: {
          type: "object",
          required: ["subnet"],
          properties: {
            subnet: { type: "string" },
            securityGroups: { type: "array", items: { type: "string" } },
          },
        },
        status: { type: "object" },
      },
    },
  );
}

/** CNINode: what a node's CNI asks of the VPC resource controller. */
export function cniNodeDefinition(labels: Readonly<Record<string, string>>): object {
  return definition(
    "vpcresources.k8s.aws",
    { plural: "cninodes", singular: "cninode", kind: "CNINode" },
    labels,
    {
      type: "object",
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { type: "object" },
        spec: {
          type: "object",
          properties: {
            features: {
              type: "array",
              items: {
                type: "object",
                properties: { name: { type: "string" }, value: { type: "string" } },
              },
            },
            tags: { type: "object", additionalProperties: { type: "string" } },
          },
        },
        status: { type: "object" },
      },
    },
  );
}

function definition(
  group: string,
  names: { plural: string; singular: string; kind: string },
  labels: Readonly<Record<string, string>>,
  schema: object,
): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${names.plural}.${group}`, labels: { ...labels } },
    spec: {
      group,
      names,
      scope: "Cluster",
      preserveUnknownFields: false,
      versions: [{ name: "v1alpha1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}
