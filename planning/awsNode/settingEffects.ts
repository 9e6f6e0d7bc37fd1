import type { Rule } from "./rule";

/**
 * What is overridden, without effect, or good to know; each names the settings that it is about.
 *
 * Sources: aws/amazon-vpc-cni-k8s README.md, docs/eni-and-ip-target.md, docs/prefix-and-ip-target.md.
 */
export const effects: readonly Rule<string>[] = [
  ({ warmEniTarget, hasIpTarget }) =>
    warmEniTarget !== undefined && hasIpTarget
      ? "warmEniTarget has no effect: warmIpTarget or minimumIpTarget is set and wins."
      : undefined,
  ({ warmPrefixTarget, prefixDelegation, hasIpTarget }) =>
    warmPrefixTarget !== undefined && prefixDelegation === true && hasIpTarget
      ? "warmPrefixTarget has no effect: warmIpTarget or minimumIpTarget is set and wins."
      : undefined,
  ({ warmPrefixTarget, prefixDelegation }) =>
    warmPrefixTarget !== undefined && prefixDelegation !== true
      ? "warmPrefixTarget has no effect without prefixDelegation."
      : undefined,
  ({ warmEniTarget, prefixDelegation, hasIpTarget }) =>
    warmEniTarget !== undefined && prefixDelegation === true && !hasIpTarget
      ? "warmEniTarget has no effect with prefixDelegation: warmPrefixTarget is used."
      : undefined,
  ({ minimumIpTarget = 0, warmIpTarget = 0 }) =>
    minimumIpTarget > 0 && warmIpTarget === 0
      ? `minimumIpTarget alone: the pool never grows past ${minimumIpTarget} addresses, and pods beyond get none. Set warmIpTarget to 1 or more.`
      : undefined,
  ({ excludeSnatCidrs, externalSnat }) =>
    (excludeSnatCidrs ?? []).length > 0 && externalSnat === true
      ? "excludeSnatCidrs has no effect with externalSnat: nothing is translated on the node."
      : undefined,
  ({ excludeSnatCidrs = [] }) =>
    excludeSnatCidrs.includes("0.0.0.0/0")
      ? "excludeSnatCidrs with 0.0.0.0/0 excludes everything: pods reach nothing outside the VPC without a NAT gateway."
      : undefined,
  ({ randomizeSnat, externalSnat }) =>
    randomizeSnat !== undefined && externalSnat === true
      ? "randomizeSnat has no effect with externalSnat."
      : undefined,
  ({ externalSnat, customNetworking }) =>
    externalSnat === true && customNetworking === true
      ? "externalSnat with customNetworking: the pod subnets need a route to a NAT gateway; destinations outside see pod addresses."
      : undefined,
  ({ subnetDiscovery, customNetworking }) =>
    subnetDiscovery === true && customNetworking === true
      ? "subnetDiscovery is not consulted under customNetworking."
      : undefined,
  ({ eniConfigLabelDef, eniConfigAnnotationDef, customNetworking }) =>
    (eniConfigLabelDef !== undefined || eniConfigAnnotationDef !== undefined) && customNetworking !== true
      ? "eniConfigLabelDef and eniConfigAnnotationDef have no effect without customNetworking."
      : undefined,
  ({ eniConfigLabelDef }) =>
    eniConfigLabelDef === "failure-domain.beta.kubernetes.io/zone"
      ? "eniConfigLabelDef: failure-domain.beta.kubernetes.io/zone is deprecated; topology.kubernetes.io/zone takes its place."
      : undefined,
  ({ podEni, disableTcpEarlyDemux, podSecurityGroupEnforcingMode = "strict" }) =>
    podEni === true && disableTcpEarlyDemux !== true && podSecurityGroupEnforcingMode === "strict"
      ? "podEni in strict mode: kubelet's TCP probes reach pods with security groups only with disableTcpEarlyDemux."
      : undefined,
  ({ podSecurityGroupEnforcingMode, disableTcpEarlyDemux, podEni }) =>
    podEni !== true && (podSecurityGroupEnforcingMode !== undefined || disableTcpEarlyDemux === true)
      ? "podSecurityGroupEnforcingMode and disableTcpEarlyDemux have no effect without podEni."
      : undefined,
  ({ bandwidthPlugin }) =>
    bandwidthPlugin === true ? "bandwidthPlugin breaks network policies of the VPC CNI." : undefined,
  ({ ipCooldownPeriodSeconds }) =>
    ipCooldownPeriodSeconds === 0
      ? "ipCooldownPeriodSeconds 0: an address may be used again before kube-proxy forgot the pod that had it."
      : undefined,
  ({ ipv6, warmEniTarget, warmIpTarget, minimumIpTarget, warmPrefixTarget }) =>
    ipv6 === true &&
    [warmEniTarget, warmIpTarget, minimumIpTarget, warmPrefixTarget].some((it) => it !== undefined)
      ? "The warm targets have no effect with IPv6."
      : undefined,
  ({ customNetworking, imdsOnlyMode, disableNetworkResourceProvisioning }) =>
    customNetworking === true && (imdsOnlyMode === true || disableNetworkResourceProvisioning === true)
      ? "imdsOnlyMode and disableNetworkResourceProvisioning: the CNI attaches no ENI itself; with customNetworking, somebody else must attach those of the pod subnets before a node starts."
      : undefined,
];
