import { LOG_LEVELS, type AwsNodeSetting } from "./settings";

/** How a setting is written as the value of an environment variable, all of which are strings. */
export type EnvEncoding =
  | { readonly kind: "boolean" }
  | { readonly kind: "integer"; readonly from: number; readonly to: number; readonly unit: string }
  | { readonly kind: "text"; readonly what: string }
  | { readonly kind: "choice"; readonly of: readonly string[]; readonly anyCase?: true }
  /** A comma-separated list of IPv4 blocks. The CNI skips an item it can't read. */
  | { readonly kind: "cidrs" }
  /** A JSON object of strings. */
  | { readonly kind: "tags" };

/** A container of the DaemonSet aws-node. */
export type AwsNodeContainer = "aws-node" | "aws-vpc-cni-init";

/** One setting as an environment variable. */
export interface EnvRow {
  readonly env: string;
  readonly encoding: EnvEncoding;
  /** The containers that read it. @default aws-node alone */
  readonly containers?: readonly AwsNodeContainer[];
  /**
   * What the CNI does with a value that it can't read: take the default without a word, skip that item of a list, or
   * not start. @default "default"
   */
  readonly unreadable?: "default" | "skipped" | "fatal";
  /** The first version of the CNI that knows it; older than all that matter when left out. */
  readonly since?: string;
  /** What it does, in half a sentence, for help texts. */
  readonly help: string;
}

const init: readonly AwsNodeContainer[] = ["aws-vpc-cni-init"];
const both: readonly AwsNodeContainer[] = ["aws-node", "aws-vpc-cni-init"];

const boolean: EnvEncoding = { kind: "boolean" };
const text = (what: string): EnvEncoding => ({ kind: "text", what });
const choice = (...of: string[]): EnvEncoding => ({ kind: "choice", of });
const integer = (unit: string, from = 0, to = 1_000_000): EnvEncoding => ({
  kind: "integer",
  from,
  to,
  unit,
});
const logLevel: EnvEncoding = { kind: "choice", of: LOG_LEVELS, anyCase: true };

/**
 * Every setting as an environment variable.
 *
 * Source: aws/amazon-vpc-cni-k8s, README.md and CHANGELOG.md; what is fatal, cmd/aws-vpc-cni/main.go (validateEnvVars).
 */
export const ENV_TABLE: Readonly<Record<AwsNodeSetting, EnvRow>> = {
  customNetworking: {
    env: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
    encoding: boolean,
    help: "pods get addresses of ENIConfig subnets",
  },
  eniConfigLabelDef: {
    env: "ENI_CONFIG_LABEL_DEF",
    encoding: text("the key of a label"),
    help: "node label that names the ENIConfig",
    since: "1.4.0",
  },
  eniConfigAnnotationDef: {
    env: "ENI_CONFIG_ANNOTATION_DEF",
    encoding: text("the key of an annotation"),
    help: "node annotation that names it and wins over the label",
    since: "1.4.0",
  },
  externalSnat: {
    env: "AWS_VPC_K8S_CNI_EXTERNALSNAT",
    encoding: boolean,
    help: "leave source NAT to a NAT gateway",
  },
  excludeSnatCidrs: {
    env: "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS",
    encoding: { kind: "cidrs" },
    help: "destinations that see the pod's own address",
    since: "1.6.0",
    unreadable: "skipped",
  },
  randomizeSnat: {
    env: "AWS_VPC_K8S_CNI_RANDOMIZESNAT",
    encoding: choice("hashrandom", "prng", "none"),
    help: "how source ports are chosen",
  },
  externalServiceCidrs: {
    env: "AWS_EXTERNAL_SERVICE_CIDRS",
    encoding: { kind: "cidrs" },
    help: "destinations routed by the main route table",
    since: "1.12.6",
    unreadable: "skipped",
  },
  warmEniTarget: { env: "WARM_ENI_TARGET", encoding: integer("ENIs"), help: "whole ENIs kept free" },
  warmIpTarget: { env: "WARM_IP_TARGET", encoding: integer("addresses"), help: "addresses kept free" },
  minimumIpTarget: {
    env: "MINIMUM_IP_TARGET",
    encoding: integer("addresses"),
    help: "addresses attached at the least",
    since: "1.6.0",
  },
  warmPrefixTarget: {
    env: "WARM_PREFIX_TARGET",
    encoding: integer("prefixes"),
    help: "/28 prefixes kept free",
    since: "1.9.0",
  },
  prefixDelegation: {
    env: "ENABLE_PREFIX_DELEGATION",
    encoding: boolean,
    help: "/28 prefixes in the place of addresses",
    since: "1.9.0",
  },
  maxEni: { env: "MAX_ENI", encoding: integer("ENIs", 1), help: "ENIs per node at the most" },
  subnetDiscovery: {
    env: "ENABLE_SUBNET_DISCOVERY",
    encoding: boolean,
    help: "tagged subnets may serve pods",
    since: "1.18.0",
  },
  podEni: { env: "ENABLE_POD_ENI", encoding: boolean, help: "security groups for pods", since: "1.7.0" },
  podSecurityGroupEnforcingMode: {
    env: "POD_SECURITY_GROUP_ENFORCING_MODE",
    encoding: choice("strict", "standard"),
    help: "how they are enforced",
    since: "1.11.0",
    unreadable: "fatal",
  },
  disableTcpEarlyDemux: {
    env: "DISABLE_TCP_EARLY_DEMUX",
    encoding: boolean,
    help: "lets probes reach pods with security groups",
    since: "1.7.3",
    containers: init,
  },
  manageEnisNonSchedulable: {
    env: "AWS_MANAGE_ENIS_NON_SCHEDULABLE",
    encoding: boolean,
    help: "attach and detach on cordoned nodes too",
    since: "1.12.6",
  },
  disableNetworkResourceProvisioning: {
    env: "DISABLE_NETWORK_RESOURCE_PROVISIONING",
    encoding: boolean,
    help: "attach nothing, take what is there",
    since: "1.9.1",
  },
  imdsOnlyMode: { env: "ENABLE_IMDS_ONLY_MODE", encoding: boolean, help: "never call EC2", since: "1.19.6" },
  multiNic: {
    env: "ENABLE_MULTI_NIC",
    encoding: boolean,
    help: "manage further network cards",
    since: "1.20.0",
  },
  ipCooldownPeriodSeconds: {
    env: "IP_COOLDOWN_PERIOD",
    encoding: integer("seconds"),
    help: "before an address is used again",
    since: "1.15.0",
    unreadable: "fatal",
  },
  eniMtu: {
    env: "AWS_VPC_ENI_MTU",
    encoding: integer("bytes", 576, 9001),
    help: "MTU of ENIs",
    since: "1.6.0",
    unreadable: "fatal",
  },
  podMtu: {
    env: "POD_MTU",
    encoding: integer("bytes", 576, 9001),
    help: "MTU of pods",
    since: "1.16.4",
    unreadable: "fatal",
  },
  ipv4: { env: "ENABLE_IPv4", encoding: boolean, help: "addresses are IPv4", since: "1.10.0" },
  ipv6: {
    env: "ENABLE_IPv6",
    encoding: boolean,
    help: "addresses are IPv6",
    since: "1.10.0",
    containers: both,
  },
  v4Egress: {
    env: "ENABLE_V4_EGRESS",
    encoding: boolean,
    help: "IPv4 destinations from an IPv6 cluster",
    since: "1.15.1",
  },
  v6Egress: {
    env: "ENABLE_V6_EGRESS",
    encoding: boolean,
    help: "IPv6 destinations from an IPv4 cluster",
    since: "1.13.0",
    containers: both,
  },
  disablePodV6: { env: "DISABLE_POD_V6", encoding: boolean, help: "no IPv6 inside pods", since: "1.15.0" },
  clusterName: { env: "CLUSTER_NAME", encoding: text("the name of a cluster"), help: "tags ENIs with it" },
  clusterEndpoint: {
    env: "CLUSTER_ENDPOINT",
    encoding: text("a URL"),
    help: "reach the API server without kube-proxy",
    since: "1.12.1",
  },
  ec2Endpoint: { env: "AWS_EC2_ENDPOINT", encoding: text("a URL"), help: "endpoint of EC2", since: "1.13.0" },
  disableIntrospection: {
    env: "DISABLE_INTROSPECTION",
    encoding: boolean,
    help: "no introspection endpoint",
  },
  introspectionBindAddress: {
    env: "INTROSPECTION_BIND_ADDRESS",
    encoding: text("an address and a port"),
    help: "where it listens",
  },
  disableMetrics: { env: "DISABLE_METRICS", encoding: boolean, help: "no Prometheus metrics" },
  additionalEniTags: {
    env: "ADDITIONAL_ENI_TAGS",
    encoding: { kind: "tags" },
    help: "further tags of ENIs",
    since: "1.6.0",
  },
  disableLeakedEniCleanup: {
    env: "DISABLE_LEAKED_ENI_CLEANUP",
    encoding: boolean,
    help: "no search for ENIs left behind",
    since: "1.13.0",
  },
  nodePortSupport: {
    env: "AWS_VPC_CNI_NODE_PORT_SUPPORT",
    encoding: boolean,
    help: "NodePort services on the primary ENI",
  },
  vethPrefix: {
    env: "AWS_VPC_K8S_CNI_VETHPREFIX",
    encoding: text("at most 4 characters"),
    help: "prefix of interface names",
  },
  annotatePodIp: {
    env: "ANNOTATE_POD_IP",
    encoding: boolean,
    help: "write the address on the pod",
    since: "1.9.3",
  },
  bandwidthPlugin: {
    env: "ENABLE_BANDWIDTH_PLUGIN",
    encoding: boolean,
    help: "chain the bandwidth plugin",
    since: "1.10.0",
  },
  networkPolicyEnforcingMode: {
    env: "NETWORK_POLICY_ENFORCING_MODE",
    encoding: choice("standard", "strict", "none"),
    help: "how network policies are enforced",
    since: "1.17.1",
    unreadable: "fatal",
  },
  manageUntaggedEni: { env: "MANAGE_UNTAGGED_ENI", encoding: boolean, help: "manage ENIs made by others" },
  logLevel: { env: "AWS_VPC_K8S_CNI_LOGLEVEL", encoding: logLevel, help: "log level of ipamd" },
  logFile: {
    env: "AWS_VPC_K8S_CNI_LOG_FILE",
    encoding: text("a path, stdout or stderr"),
    help: "log of ipamd",
  },
  pluginLogLevel: {
    env: "AWS_VPC_K8S_PLUGIN_LOG_LEVEL",
    encoding: logLevel,
    help: "log level of the plugin",
  },
  pluginLogFile: {
    env: "AWS_VPC_K8S_PLUGIN_LOG_FILE",
    encoding: text("a path or stderr"),
    help: "log of the plugin",
  },
};

/** All settings, in the order of the table. */
export const AWS_NODE_SETTINGS = Object.keys(ENV_TABLE) as AwsNodeSetting[];

/** The containers that read a setting. */
export function containersOf(setting: AwsNodeSetting): readonly AwsNodeContainer[] {
  return ENV_TABLE[setting].containers ?? ["aws-node"];
}
