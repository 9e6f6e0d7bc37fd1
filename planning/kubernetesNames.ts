/**
 * Syntax of names in Kubernetes and EKS.
 *
 * Source: kubernetes/apimachinery, pkg/util/validation; EKS API reference, CreateCluster.
 */

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const CLUSTER_NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;

/** Whether EKS takes a cluster of this name: letters, digits, - and _, at most 100. */
export function isClusterName(text: string): boolean {
  return CLUSTER_NAME.test(text);
}

/** Whether a text is the key of a label or a taint: a name of at most 63 characters, perhaps behind a DNS name and /. */
export function isLabelKey(text: string): boolean {
  const parts = text.split("/");
  const name = parts.pop() ?? "";
  const [prefix] = parts;
  if (parts.length > 1 || !NAME.test(name)) return false;
  return prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix));
}

/** Whether a text names an object of most kinds: a DNS name of up to 253 characters, in lower case. */
export function isObjectName(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

/** Whether a text is the value of a label or a taint: empty, or as the name of a key. */
export function isLabelValue(text: string): boolean {
  return text === "" || NAME.test(text);
}

/** Labels of Kubernetes' own domains that kubelet may set on its node besides those of the two domains below. */
const KUBELET_LABELS = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "failure-domain.kubernetes.io/zone",
  "failure-domain.kubernetes.io/region",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
]);

/**
 * Whether kubelet takes a label by --node-labels. It refuses to start with any other of kubernetes.io or k8s.io
 * (kubernetes/kubernetes, pkg/kubelet/apis/well_known_labels.go).
 */
export function isLabelForKubelet(key: string): boolean {
  const domain = key.includes("/") ? (key.split("/")[0] ?? "") : "";
  const isIn = (parent: string) => domain === parent || domain.endsWith(`.${parent}`);
  if (!isIn("kubernetes.io") && !isIn("k8s.io")) return true;
  return KUBELET_LABELS.has(key) || isIn("kubelet.kubernetes.io") || isIn("node.kubernetes.io");
}
