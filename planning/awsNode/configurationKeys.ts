/**
 * Top-level keys of the configuration of the add-on vpc-cni that there have been: enough to tell configuration values
 * from other documents, and not a list of what one version takes, which only its own schema says.
 *
 * Source: the schema in the AWS CLI's reference of describe-addon-configuration, and the values of the chart that it
 * is made of, aws/amazon-vpc-cni-k8s, charts/aws-vpc-cni/values.yaml.
 */
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  "affinity",
  "branchENICooldown",
  "cniConfig",
  "enableNetworkPolicy",
  "enableWindowsIpam",
  "enableWindowsPrefixDelegation",
  "eniConfig",
  "env",
  "extraVolumeMounts",
  "extraVolumes",
  "image",
  "imagePullSecrets",
  "init",
  "livenessProbe",
  "livenessProbeTimeoutSeconds",
  "minimumWindowsIPTarget",
  "nodeAgent",
  "nodeSelector",
  "originalMatchLabels",
  "podAnnotations",
  "podLabels",
  "podSecurityContext",
  "priorityClassName",
  "readinessProbe",
  "readinessProbeTimeoutSeconds",
  "resources",
  "securityContext",
  "serviceAccount",
  "tolerations",
  "updateStrategy",
  "warmWindowsIPTarget",
  "warmWindowsPrefixTarget",
]);

/**
 * Whether a document may be configuration values of the add-on: it is empty, or has a key that they are known to have.
 * Keys that are new beside such a one don't make it another document.
 */
export function mayBeConfigurationValues(document: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(document);
  return keys.length === 0 || keys.some((key) => KNOWN_KEYS.has(key));
}
