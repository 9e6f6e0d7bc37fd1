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
  /** The containers that read it. */
  readonly containers: readonly AwsNodeContainer[];
  /** The first version of the CNI that knows it; older than all that matter when left out. */
  readonly since?: string;
  /** What it does, in half a sentence, for help texts. */
  readonly help: string;
}

const main: readonly AwsNodeContainer[] = ["aws-node"];
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

const row = (
  env: string,
  encoding: EnvEncoding,
  help: string,
  since?: string,
  containers: readonly AwsNodeContainer[] = main,
): EnvRow => ({ env, encoding, help, containers, ...(since !== undefined && { since }) });

/**
 * Every setting as an environment variable.
 *
 * Source: aws/amazon-vpc-cni-k8s, README.md and CHANGELOG.md.
 */
export const ENV_TABLE: Readonly<Record<AwsNodeSetting, EnvRow>> = {
  customNetworking: row(
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
    boolean,
    "pods get addresses of ENIConfig subnets",
  ),
  eniConfigLabelDef: row(
    "ENI_CONFIG_LABEL_DEF",
    text("the key of a label"),
    "node label that names the ENIConfig",
    "1.4.0",
  ),
  eniConfigAnnotationDef: row(
    "ENI_CONFIG_ANNOTATION_DEF",
    text("the key of an annotation"),
    "node annotation that names it and wins over the label",
    "1.4.0",
  ),
  externalSnat: row("AWS_VPC_K8S_CNI_EXTERNALSNAT", boolean, "leave source NAT to a NAT gateway"),
  excludeSnatCidrs: row(
    "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS",
    { kind: "cidrs" },
    "destinations that see the pod's own address",
    "1.6.0",
  ),
  randomizeSnat: row(
    "AWS_VPC_K8S_CNI_RANDOMIZESNAT",
    choice("hashrandom", "prng", "none"),
    "how source ports are chosen",
  ),
  externalServiceCidrs: row(
    "AWS_EXTERNAL_SERVICE_CIDRS",
    { kind: "cidrs" },
    "destinations routed by the main route table",
    "1.12.6",
  ),
  warmEniTarget: row("WARM_ENI_TARGET", integer("ENIs"), "whole ENIs kept free"),
  warmIpTarget: row("WARM_IP_TARGET", integer("addresses"), "addresses kept free"),
  minimumIpTarget: row("MINIMUM_IP_TARGET", integer("addresses"), "addresses attached at the least", "1.6.0"),
  warmPrefixTarget: row("WARM_PREFIX_TARGET", integer("prefixes"), "/28 prefixes kept free", "1.9.0"),
  prefixDelegation: row(
    "ENABLE_PREFIX_DELEGATION",
    boolean,
    "/28 prefixes in the place of addresses",
    "1.9.0",
  ),
  maxEni: row("MAX_ENI", integer("ENIs", 1), "ENIs per node at the most"),
  subnetDiscovery: row("ENABLE_SUBNET_DISCOVERY", boolean, "tagged subnets may serve pods", "1.18.0"),
  podEni: row("ENABLE_POD_ENI", boolean, "security groups for pods", "1.7.0"),
  podSecurityGroupEnforcingMode: row(
    "POD_SECURITY_GROUP_ENFORCING_MODE",
    choice("strict", "standard"),
    "how they are enforced",
    "1.11.0",
  ),
  disableTcpEarlyDemux: row(
    "DISABLE_TCP_EARLY_DEMUX",
    boolean,
    "lets probes reach pods with security groups",
    "1.7.3",
    init,
  ),
  manageEnisNonSchedulable: row(
    "AWS_MANAGE_ENIS_NON_SCHEDULABLE",
    boolean,
    "attach and detach on cordoned nodes too",
    "1.12.6",
  ),
  disableNetworkResourceProvisioning: row(
    "DISABLE_NETWORK_RESOURCE_PROVISIONING",
    boolean,
    "attach nothing, take what is there",
    "1.9.1",
  ),
  imdsOnlyMode: row("ENABLE_IMDS_ONLY_MODE", boolean, "never call EC2", "1.19.6"),
  multiNic: row("ENABLE_MULTI_NIC", boolean, "manage further network cards", "1.20.0"),
  ipCooldownPeriodSeconds: row(
    "IP_COOLDOWN_PERIOD",
    integer("seconds"),
    "before an address is used again",
    "1.15.0",
  ),
  eniMtu: row("AWS_VPC_ENI_MTU", integer("bytes", 576, 9001), "MTU of ENIs", "1.6.0"),
  podMtu: row("POD_MTU", integer("bytes", 576, 9001), "MTU of pods", "1.16.4"),
  ipv4: row("ENABLE_IPv4", boolean, "addresses are IPv4", "1.10.0"),
  ipv6: row("ENABLE_IPv6", boolean, "addresses are IPv6", "1.10.0", both),
  v4Egress: row("ENABLE_V4_EGRESS", boolean, "IPv4 destinations from an IPv6 cluster", "1.15.1"),
  v6Egress: row("ENABLE_V6_EGRESS", boolean, "IPv6 destinations from an IPv4 cluster", "1.13.0", both),
  disablePodV6: row("DISABLE_POD_V6", boolean, "no IPv6 inside pods", "1.15.0"),
  clusterName: row("CLUSTER_NAME", text("the name of a cluster"), "tags ENIs with it"),
  clusterEndpoint: row(
    "CLUSTER_ENDPOINT",
    text("a URL"),
    "reach the API server without kube-proxy",
    "1.12.1",
  ),
  ec2Endpoint: row("AWS_EC2_ENDPOINT", text("a URL"), "endpoint of EC2", "1.13.0"),
  disableIntrospection: row("DISABLE_INTROSPECTION", boolean, "no introspection endpoint"),
  introspectionBindAddress: row(
    "INTROSPECTION_BIND_ADDRESS",
    text("an address and a port"),
    "where it listens",
  ),
  disableMetrics: row("DISABLE_METRICS", boolean, "no Prometheus metrics"),
  additionalEniTags: row("ADDITIONAL_ENI_TAGS", { kind: "tags" }, "further tags of ENIs", "1.6.0"),
  disableLeakedEniCleanup: row(
    "DISABLE_LEAKED_ENI_CLEANUP",
    boolean,
    "no search for ENIs left behind",
    "1.13.0",
  ),
  nodePortSupport: row("AWS_VPC_CNI_NODE_PORT_SUPPORT", boolean, "NodePort services on the primary ENI"),
  vethPrefix: row("AWS_VPC_K8S_CNI_VETHPREFIX", text("at most 4 characters"), "prefix of interface names"),
  annotatePodIp: row("ANNOTATE_POD_IP", boolean, "write the address on the pod", "1.9.3"),
  bandwidthPlugin: row("ENABLE_BANDWIDTH_PLUGIN", boolean, "chain the bandwidth plugin", "1.10.0"),
  networkPolicyEnforcingMode: row(
    "NETWORK_POLICY_ENFORCING_MODE",
    choice("standard", "strict", "none"),
    "how network policies are enforced",
    "1.17.1",
  ),
  manageUntaggedEni: row("MANAGE_UNTAGGED_ENI", boolean, "manage ENIs made by others"),
  logLevel: row("AWS_VPC_K8S_CNI_LOGLEVEL", logLevel, "log level of ipamd"),
  logFile: row("AWS_VPC_K8S_CNI_LOG_FILE", text("a path, stdout or stderr"), "log of ipamd"),
  pluginLogLevel: row("AWS_VPC_K8S_PLUGIN_LOG_LEVEL", logLevel, "log level of the plugin"),
  pluginLogFile: row("AWS_VPC_K8S_PLUGIN_LOG_FILE", text("a path or stderr"), "log of the plugin"),
};

/** All settings, in the order of the table. */
export const AWS_NODE_SETTINGS = Object.keys(ENV_TABLE) as AwsNodeSetting[];
