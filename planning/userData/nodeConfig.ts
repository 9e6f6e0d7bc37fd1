import { stringify, type SchemaOptions, type ToStringOptions } from "yaml";
import { labelsFlag, taintFlag, type NodeSettings } from "./nodeSettings";

/** Texts on one line, and quoted where YAML 1.1, which nodeadm reads, would take one for a boolean or a number. */
const yamlOptions: ToStringOptions & SchemaOptions = { lineWidth: 0, blockQuote: false, compat: "yaml-1.1" };

/** The media type of a NodeConfig part (awslabs/amazon-eks-ami, nodeadm/internal/configprovider/userdata.go). */
export const NODE_CONFIG_MEDIA_TYPE = "application/node.eks.aws";

/**
 * Max pods under custom networking, computed by nodeadm for whatever instance type the node has; without the
 * recommended cap of 110 or 250 (nodeadm, test case custom-max-pods-expression).
 */
export const CUSTOM_NETWORKING_MAX_PODS = "((default_enis - 1) * (ips_per_eni - 1)) + 2";

/**
 * The NodeConfig of an AL2023 node, as YAML.
 *
 * Source: awslabs/amazon-eks-ami, nodeadm/api/v1alpha1/nodeconfig_types.go.
 */
export function renderNodeConfig(settings: NodeSettings): string {
  const { clusterName, cluster, maxPods, maxPodsExpression, labels = {}, taints = [] } = settings;
  const flags = [
    ...(Object.keys(labels).length > 0 ? [`--node-labels=${labelsFlag(labels)}`] : []),
    ...(taints.length > 0 ? [`--register-with-taints=${taints.map(taintFlag).join(",")}`] : []),
  ];
  const kubelet = {
    ...(maxPods !== undefined && { config: { maxPods } }),
    ...(flags.length > 0 && { flags }),
    ...(maxPodsExpression !== undefined && { maxPodsExpression }),
  };
  const spec = {
    ...(cluster && {
      cluster: {
        name: clusterName,
        apiServerEndpoint: cluster.apiServerEndpoint,
        certificateAuthority: cluster.certificateAuthority,
        cidr: cluster.serviceCidr,
      },
    }),
    ...(Object.keys(kubelet).length > 0 && { kubelet }),
  };
  return stringify({ apiVersion: "node.eks.aws/v1alpha1", kind: "NodeConfig", spec }, yamlOptions);
}
