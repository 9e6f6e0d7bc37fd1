/**
 * The settings of the Amazon VPC CNI (the DaemonSet aws-node), typed.
 *
 * Every setting may be left out; then it is not set, and the CNI takes its default. Source of names, defaults and
 * versions: aws/amazon-vpc-cni-k8s, README.md "CNI Configuration Variables".
 */
export interface AwsNodeSettings {
  /** AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: pods get addresses of the subnet of their node's ENIConfig. @default false */
  readonly customNetworking?: boolean | undefined;
  /** ENI_CONFIG_LABEL_DEF: key of the node label that names the ENIConfig. @default k8s.amazonaws.com/eniConfig */
  readonly eniConfigLabelDef?: string | undefined;
  /** ENI_CONFIG_ANNOTATION_DEF: key of the node annotation that names it, and wins over the label. @default k8s.amazonaws.com/eniConfig */
  readonly eniConfigAnnotationDef?: string | undefined;
  /** AWS_VPC_K8S_CNI_EXTERNALSNAT: leave source NAT to a NAT gateway. @default false */
  readonly externalSnat?: boolean | undefined;
  /** AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: destinations that see the pod's own address. @default none */
  readonly excludeSnatCidrs?: readonly string[] | undefined;
  /** AWS_VPC_K8S_CNI_RANDOMIZESNAT: how source ports are chosen. @default prng */
  readonly randomizeSnat?: "hashrandom" | "prng" | "none" | undefined;
  /** AWS_EXTERNAL_SERVICE_CIDRS: destinations that are routed by the main route table. @default none */
  readonly externalServiceCidrs?: readonly string[] | undefined;
  /** WARM_ENI_TARGET: whole ENIs kept free. @default 1 */
  readonly warmEniTarget?: number | undefined;
  /** WARM_IP_TARGET: addresses kept free; 0 is the same as unset. @default 0 */
  readonly warmIpTarget?: number | undefined;
  /** MINIMUM_IP_TARGET: addresses attached at the least; 0 is the same as unset. @default 0 */
  readonly minimumIpTarget?: number | undefined;
  /** WARM_PREFIX_TARGET: whole /28 prefixes kept free. @default 0; AWS's manifest sets 1 */
  readonly warmPrefixTarget?: number | undefined;
  /** ENABLE_PREFIX_DELEGATION: /28 prefixes in the place of addresses. @default false */
  readonly prefixDelegation?: boolean | undefined;
  /** MAX_ENI: ENIs per node at the most, the primary one included. @default that of the instance type */
  readonly maxEni?: number | undefined;
  /** ENABLE_SUBNET_DISCOVERY: tagged subnets of the zone may serve pods; not with custom networking. @default true */
  readonly subnetDiscovery?: boolean | undefined;
  /** ENABLE_POD_ENI: security groups for pods, which take one ENI of the node as trunk. @default false */
  readonly podEni?: boolean | undefined;
  /** POD_SECURITY_GROUP_ENFORCING_MODE. @default strict */
  readonly podSecurityGroupEnforcingMode?: "strict" | "standard" | undefined;
  /** DISABLE_TCP_EARLY_DEMUX, of the init container: lets probes reach pods with security groups. @default false */
  readonly disableTcpEarlyDemux?: boolean | undefined;
  /** AWS_MANAGE_ENIS_NON_SCHEDULABLE: attach and detach on cordoned nodes as well. @default false */
  readonly manageEnisNonSchedulable?: boolean | undefined;
  /** DISABLE_NETWORK_RESOURCE_PROVISIONING: attach nothing; take what is there. @default false */
  readonly disableNetworkResourceProvisioning?: boolean | undefined;
  /** ENABLE_IMDS_ONLY_MODE: never call EC2. @default false */
  readonly imdsOnlyMode?: boolean | undefined;
  /** ENABLE_MULTI_NIC: manage further network cards. @default false */
  readonly multiNic?: boolean | undefined;
  /** IP_COOLDOWN_PERIOD, in seconds, before the address of a deleted pod is used again. @default 30 */
  readonly ipCooldownPeriodSeconds?: number | undefined;
  /** AWS_VPC_ENI_MTU, in bytes, 576 to 9001. @default 9001 */
  readonly eniMtu?: number | undefined;
  /** POD_MTU, in bytes, 576 to 9001. @default that of the ENI */
  readonly podMtu?: number | undefined;
  /** ENABLE_IPv4. @default true */
  readonly ipv4?: boolean | undefined;
  /** ENABLE_IPv6: excludes IPv4 and custom networking. @default false */
  readonly ipv6?: boolean | undefined;
  /** ENABLE_V4_EGRESS: IPv4 destinations from an IPv6 cluster. @default true */
  readonly v4Egress?: boolean | undefined;
  /** ENABLE_V6_EGRESS: IPv6 destinations from an IPv4 cluster. @default false */
  readonly v6Egress?: boolean | undefined;
  /** DISABLE_POD_V6: no IPv6 in pods' network namespaces. @default false */
  readonly disablePodV6?: boolean | undefined;
  /** CLUSTER_NAME: tags ENIs with it. @default none */
  readonly clusterName?: string | undefined;
  /** CLUSTER_ENDPOINT: reach the API server without kube-proxy. @default none */
  readonly clusterEndpoint?: string | undefined;
  /** AWS_EC2_ENDPOINT. @default that of the Region */
  readonly ec2Endpoint?: string | undefined;
  /** DISABLE_INTROSPECTION: no answers on the introspection address. @default false */
  readonly disableIntrospection?: boolean | undefined;
  /** INTROSPECTION_BIND_ADDRESS. @default 127.0.0.1:61679 */
  readonly introspectionBindAddress?: string | undefined;
  /** DISABLE_METRICS: no Prometheus metrics on port 61678. @default false */
  readonly disableMetrics?: boolean | undefined;
  /** ADDITIONAL_ENI_TAGS. @default none */
  readonly additionalEniTags?: Readonly<Record<string, string>> | undefined;
  /** DISABLE_LEAKED_ENI_CLEANUP: no hourly search for ENIs left behind. @default false */
  readonly disableLeakedEniCleanup?: boolean | undefined;
  /** AWS_VPC_CNI_NODE_PORT_SUPPORT. @default true */
  readonly nodePortSupport?: boolean | undefined;
  /** AWS_VPC_K8S_CNI_VETHPREFIX: at most 4 characters; not eth, vlan, lo. @default eni */
  readonly vethPrefix?: string | undefined;
  /** ANNOTATE_POD_IP: writes the address on the pod. @default false */
  readonly annotatePodIp?: boolean | undefined;
  /** ENABLE_BANDWIDTH_PLUGIN: not together with network policies. @default false */
  readonly bandwidthPlugin?: boolean | undefined;
  /** NETWORK_POLICY_ENFORCING_MODE. @default standard */
  readonly networkPolicyEnforcingMode?: "standard" | "strict" | "none" | undefined;
  /** MANAGE_UNTAGGED_ENI: manage ENIs that the CNI did not make itself. @default true */
  readonly manageUntaggedEni?: boolean | undefined;
  /** AWS_VPC_K8S_CNI_LOGLEVEL. @default DEBUG */
  readonly logLevel?: LogLevel | undefined;
  /** AWS_VPC_K8S_CNI_LOG_FILE. @default /host/var/log/aws-routed-eni/ipamd.log */
  readonly logFile?: string | undefined;
  /** AWS_VPC_K8S_PLUGIN_LOG_LEVEL. @default DEBUG */
  readonly pluginLogLevel?: LogLevel | undefined;
  /** AWS_VPC_K8S_PLUGIN_LOG_FILE. @default /var/log/aws-routed-eni/plugin.log */
  readonly pluginLogFile?: string | undefined;
}

/** Levels of the CNI's logs. */
export const LOG_LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The name of a setting. */
export type AwsNodeSetting = keyof AwsNodeSettings;
