import { readCidr } from "../cidrBlock";
import { rfc1918RangeOf } from "../cidrRestrictions";
import { isClusterName, isLabelForKubelet, isLabelKey, isLabelValue } from "../kubernetesNames";
import { shown, type Problem } from "../problem";

/** Where the cluster is, as DescribeCluster answers it. */
export interface ClusterCoordinates {
  /** `endpoint`. */
  readonly apiServerEndpoint: string;
  /** `certificateAuthority.data`, base64. */
  readonly certificateAuthority: string;
  /** `kubernetesNetworkConfig.serviceIpv4Cidr`. */
  readonly serviceCidr: string;
}

/** A taint that a node registers with. */
export interface Taint {
  readonly key: string;
  /** @default "" */
  readonly value?: string | undefined;
  readonly effect: TaintEffect;
}

export const TAINT_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;
export type TaintEffect = (typeof TAINT_EFFECTS)[number];

/** What a node must know when it boots. */
export interface NodeSettings {
  readonly clusterName: string;
  /** Where the cluster is; needed where EKS does not add it. */
  readonly cluster?: ClusterCoordinates | undefined;
  /** kubelet's max pods. */
  readonly maxPods?: number | undefined;
  /** AL2023: a CEL expression that computes max pods on the node itself; `maxPods` wins over it. */
  readonly maxPodsExpression?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Taint[] | undefined;
}

/**
 * Everything that is wrong with the settings of a node.
 *
 * Names that AWS or Kubernetes refuse are refused here and not only escaped: behind the user data they pass through
 * scripts, systemd units and kubelet flags that nobody escapes again.
 */
export function nodeSettingsProblems(settings: NodeSettings): Problem[] {
  const problems: Problem[] = [];
  const check = (holds: boolean, path: string, reason: string, fix: string) => {
    if (!holds) problems.push({ path, reason, fix });
  };
  const { clusterName, cluster, maxPods, maxPodsExpression, labels = {}, taints = [] } = settings;

  check(
    isClusterName(clusterName),
    "clusterName",
    `${shown(clusterName)} is not the name of an EKS cluster.`,
    "Give 1 to 100 letters, digits, - and _, starting with a letter or digit.",
  );
  if (cluster !== undefined) {
    const { apiServerEndpoint, certificateAuthority, serviceCidr } = cluster;
    check(
      /^https:\/\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/.test(apiServerEndpoint),
      "cluster.apiServerEndpoint",
      `${shown(apiServerEndpoint)} is not the address of an API server.`,
      "Give the endpoint that aws eks describe-cluster prints, https:// and a host name.",
    );
    check(
      /^[A-Za-z0-9+/]{4,}={0,2}$/.test(certificateAuthority) && certificateAuthority.length % 4 === 0,
      "cluster.certificateAuthority",
      `${shown(certificateAuthority)} is not base64 on one line.`,
      "Give certificateAuthority.data as aws eks describe-cluster prints it.",
    );
    check(
      isServiceRange(serviceCidr),
      "cluster.serviceCidr",
      `${shown(serviceCidr)} is not a service range; EKS takes /12 to /24 of an RFC 1918 range.`,
      "Give kubernetesNetworkConfig.serviceIpv4Cidr, such as 172.20.0.0/16.",
    );
  }
  if (maxPods !== undefined) {
    check(
      Number.isSafeInteger(maxPods) && maxPods >= 1 && maxPods <= 2 ** 31 - 1,
      "maxPods",
      `${maxPods} is not a number of pods.`,
      "Give a whole number from 1 up, such as podnet max-pods computes.",
    );
  }
  if (maxPodsExpression !== undefined) {
    check(
      isMaxPodsExpression(maxPodsExpression),
      "maxPodsExpression",
      `${shown(maxPodsExpression)} is not arithmetic over ${MAX_PODS_VARIABLES.join(", ")}; nodeadm would take the plain number without a word.`,
      "Write it on one line, such as (default_enis - 1) * (ips_per_eni - 1) + 2.",
    );
  }
  for (const [key, value] of Object.entries(labels)) {
    const path = isLabelKey(key) ? `labels.${key}` : `labels[${shown(key)}]`;
    check(isLabelKey(key), path, `${shown(key)} is not the key of a label.`, LABEL_KEY);
    check(isLabelValue(value), path, `${shown(value)} is not the value of a label.`, LABEL_VALUE);
    check(
      isLabelForKubelet(key),
      path,
      "kubelet refuses to start with this label: it belongs to Kubernetes itself.",
      "Choose a key of a domain of your own, or set it on the node once it has joined.",
    );
  }
  taints.forEach(({ key, value = "", effect }, index) => {
    const path = `taints[${index}]`;
    check(isLabelKey(key), path, `${shown(key)} is not the key of a taint.`, LABEL_KEY);
    check(isLabelValue(value), path, `${shown(value)} is not the value of a taint.`, LABEL_VALUE);
    check(
      TAINT_EFFECTS.includes(effect),
      path,
      `${shown(effect)} is not the effect of a taint.`,
      `Give one of ${TAINT_EFFECTS.join(", ")}.`,
    );
    const twin = taints.findIndex((other) => other.key === key && other.effect === effect);
    check(
      twin === index,
      path,
      `${shown(`${key}:${effect}`)} is given twice (taints[${twin}]); the API server refuses such a node.`,
      "Give each pair of key and effect once.",
    );
  });
  return problems;
}

/** What an expression of max pods may name (nodeadm/internal/kubelet/eni_max_pods.go). */
const MAX_PODS_VARIABLES = ["default_enis", "ips_per_eni", "max_pods"];

function isMaxPodsExpression(text: string): boolean {
  const names = text.match(/[A-Za-z_]\w*/g) ?? [];
  const isKnown = names.length > 0 && names.every((name) => MAX_PODS_VARIABLES.includes(name));
  return isKnown && /^[\w ()+*/%<>=!&|?:-]+$/.test(text) && hasPairedParentheses(text);
}

function hasPairedParentheses(text: string): boolean {
  let open = 0;
  for (const letter of text) {
    if (letter === "(") open += 1;
    if (letter === ")") open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

/** Source: EKS API reference, KubernetesNetworkConfigRequest. */
function isServiceRange(text: string): boolean {
  const reading = readCidr(text);
  if (reading.kind !== "block" || rfc1918RangeOf(reading.block) === undefined) return false;
  return reading.block.prefixLength >= 12 && reading.block.prefixLength <= 24;
}

const LABEL_KEY =
  "Write a name of letters, digits, -, _ and ., at most 63, perhaps behind a domain and a slash: example.com/team.";
const LABEL_VALUE = "Write letters, digits, -, _ and ., at most 63, or nothing.";

/** A taint as kubelet's --register-with-taints takes it. */
export function taintFlag({ key, value = "", effect }: Taint): string {
  return `${key}=${value}:${effect}`;
}

/** Labels as kubelet's --node-labels takes them. */
export function labelsFlag(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
