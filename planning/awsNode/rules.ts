import { coerce, lt } from "semver";
import { isLabelKey } from "../kubernetesNames";
import { type Problem } from "../problem";
import { decodeSetting, encodeSetting } from "./env";
import { AWS_NODE_SETTINGS, ENV_TABLE } from "./envTable";
import type { AwsNodeSettings } from "./settings";

/** What the settings of aws-node mean together. */
export interface SettingsReview {
  /** What can't be: refused by the CNI, or sure to leave pods without addresses. */
  readonly problems: readonly Problem[];
  /** What is overridden, without effect, or good to know. Each names its settings. */
  readonly notes: readonly string[];
}

/** Settings, read against each other and against a version of the CNI. */
interface Reviewed extends AwsNodeSettings {
  /** Whether WARM_IP_TARGET or MINIMUM_IP_TARGET is in force; 0 is the same as unset. */
  readonly hasIpTarget: boolean;
}

/** A rule: the problem or the note where it holds. */
type Rule<T> = (settings: Reviewed) => T | undefined;

/**
 * Reviews settings by the rules of the CNI.
 *
 * Sources: aws/amazon-vpc-cni-k8s README.md (what overrides what), pkg/ipamd/ipamd.go (isConfigValid,
 * getMaxENI, handlePreScaling, hasRoomForEni), docs/prefix-and-ip-target.md.
 *
 * @param cniVersion the version in use, such as `1.18.3` or `v1.18.3-eksbuild.1`; versions are not checked when it is
 *   left out.
 */
export function reviewSettings(settings: AwsNodeSettings, cniVersion?: string): SettingsReview {
  const reviewed: Reviewed = {
    ...settings,
    hasIpTarget: (settings.warmIpTarget ?? 0) > 0 || (settings.minimumIpTarget ?? 0) > 0,
  };
  const hold = <T>(rules: readonly Rule<T>[]) =>
    rules.flatMap((rule) => {
      const finding = rule(reviewed);
      return finding === undefined ? [] : [finding];
    });
  return {
    problems: [...valueProblems(settings), ...hold(impossible), ...versionProblems(settings, cniVersion)],
    notes: [...hold(effects), ...versionNotes(settings, cniVersion)],
  };
}

const problem = (path: string, reason: string, fix: string): Problem => ({ path, reason, fix });

const impossible: readonly Rule<Problem>[] = [
  ({ ipv6, customNetworking }) =>
    ipv6 === true && customNetworking === true
      ? problem(
          "customNetworking",
          "ipamd does not start with IPv6 and custom networking together.",
          "Leave custom networking out; an IPv6 cluster has no need of it.",
        )
      : undefined,
  ({ ipv4 = true, ipv6 = false }) =>
    ipv4 === ipv6
      ? problem(
          "ipv6",
          ipv4
            ? "ipamd does not start with IPv4 and IPv6 both on."
            : "ipamd does not start with IPv4 and IPv6 both off.",
          "Turn on one of the two, the one that the cluster was created with.",
        )
      : undefined,
  ({ ipv6, prefixDelegation }) =>
    ipv6 === true && prefixDelegation !== true
      ? problem(
          "prefixDelegation",
          "IPv6 works with prefix delegation only.",
          "Set prefixDelegation to true.",
        )
      : undefined,
  ({ customNetworking, maxEni, podEni }) => {
    if (customNetworking !== true || maxEni === undefined) return undefined;
    const forPods = maxEni - 1 - (podEni === true ? 1 : 0);
    if (maxEni < 1 || forPods >= 1) return undefined;
    const takes = podEni === true ? "the primary ENI and the trunk of podEni take" : "the primary ENI takes";
    return problem(
      "maxEni",
      `under custom networking ${takes} all of MAX_ENI ${maxEni}: no pod would get an address.`,
      `Give ${maxEni - forPods + 1} or more, or leave it out.`,
    );
  },
  ({ prefixDelegation, warmPrefixTarget, hasIpTarget }) =>
    prefixDelegation === true && warmPrefixTarget === 0 && !hasIpTarget
      ? problem(
          "warmPrefixTarget",
          "0 is not supported with prefix delegation: each pod would wait for a prefix, or for a whole ENI.",
          "Give 1, or set warmIpTarget and minimumIpTarget.",
        )
      : undefined,
  ({ customNetworking, imdsOnlyMode, disableNetworkResourceProvisioning }) =>
    customNetworking === true && (imdsOnlyMode === true || disableNetworkResourceProvisioning === true)
      ? problem(
          imdsOnlyMode === true ? "imdsOnlyMode" : "disableNetworkResourceProvisioning",
          "the CNI attaches no ENI then, so none is ever made in the subnet of an ENIConfig and nodes stay NotReady.",
          "Turn it off for custom networking.",
        )
      : undefined,
  ({ eniConfigLabelDef: key = "" }) => keyProblem("eniConfigLabelDef", key),
  ({ eniConfigAnnotationDef: key = "" }) => keyProblem("eniConfigAnnotationDef", key),
  ({ vethPrefix }) =>
    vethPrefix !== undefined &&
    (!/^[^\s/]{1,4}$/.test(vethPrefix) || ["eth", "vlan", "lo"].includes(vethPrefix))
      ? problem(
          "vethPrefix",
          `${JSON.stringify(vethPrefix)} can't be used.`,
          "Give 1 to 4 characters, not eth, vlan or lo.",
        )
      : undefined,
  ({ additionalEniTags = {} }) => {
    const bad = Object.entries(additionalEniTags).filter(
      ([key, value]) =>
        key.includes("k8s.amazonaws.com") || key === "" || key.length > 128 || value.length > 256,
    );
    return bad.length > 0
      ? problem(
          "additionalEniTags",
          `the CNI or EC2 would not take ${bad.map(([key]) => JSON.stringify(key)).join(", ")}.`,
          "Give keys of 1 to 128 characters without k8s.amazonaws.com, and values up to 256.",
        )
      : undefined;
  },
];

const effects: readonly Rule<string>[] = [
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
];

function keyProblem(path: string, key: string): Problem | undefined {
  // An empty key means the default.
  return key === "" || isLabelKey(key)
    ? undefined
    : problem(
        path,
        `${JSON.stringify(key)} is not the key of a label.`,
        "Give one such as topology.kubernetes.io/zone.",
      );
}

/** Numbers and lists that their own encoding does not take. */
function valueProblems(settings: AwsNodeSettings): Problem[] {
  return AWS_NODE_SETTINGS.flatMap((name) => {
    const value = settings[name];
    const { env } = ENV_TABLE[name];
    if (value === undefined) return [];
    const decoded = decodeSetting(name, encodeSetting(value));
    if ("value" in decoded) return [];
    return [problem(name, `(${env}) ${decoded.reason}`, decoded.fix)];
  });
}

function versionProblems(settings: AwsNodeSettings, cniVersion: string | undefined): Problem[] {
  if (cniVersion === undefined) return [];
  const version = coerce(cniVersion);
  if (version === null) {
    return [
      problem(
        "cniVersion",
        `${JSON.stringify(cniVersion)} is not a version.`,
        "Give it as v1.18.3-eksbuild.1.",
      ),
    ];
  }
  return AWS_NODE_SETTINGS.flatMap((name) => {
    const { since, env } = ENV_TABLE[name];
    if (settings[name] === undefined || since === undefined || !lt(version, since)) return [];
    return [
      problem(
        name,
        `CNI ${version.version} does not know ${env}; ${since} is the first that does.`,
        "Update the CNI first.",
      ),
    ];
  });
}

function versionNotes(settings: AwsNodeSettings, cniVersion: string | undefined): string[] {
  const version = cniVersion === undefined ? null : coerce(cniVersion);
  if (version === null || settings.customNetworking !== true) return [];
  const notes: string[] = [];
  if (lt(version, "1.8.0")) {
    notes.push(
      `CNI ${version.version}: an ENIConfig without securityGroups gets the default group of the VPC; from 1.8.0 on, those of the node.`,
    );
  }
  if (lt(version, "1.13.0")) {
    notes.push(
      `CNI ${version.version}: a node without its ENIConfig still becomes Ready, and its pods hang in ContainerCreating; from 1.13.0 on, it stays NotReady.`,
    );
  }
  return notes;
}
