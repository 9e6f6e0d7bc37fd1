import { isLabelKey } from "../kubernetesNames";
import { shown, type Problem } from "../problem";
import type { Rule } from "./rule";

const problem = (path: string, reason: string, fix: string): Problem => ({ path, reason, fix });

/**
 * What can't be: the CNI does not start with it, or pods are sure to get no address.
 *
 * Sources: aws/amazon-vpc-cni-k8s cmd/aws-vpc-cni/main.go (validateEnvVars), pkg/ipamd/ipamd.go (isConfigValid,
 * getMaxENI, hasRoomForEni).
 */
export const impossible: readonly Rule<Problem>[] = [
  ({ ipv6, customNetworking }) =>
    ipv6 === true && customNetworking === true
      ? problem(
          "customNetworking",
          "ipamd does not start with IPv6 and custom networking together.",
          "Leave custom networking out; an IPv6 cluster has no need of it.",
        )
      : undefined,
  ({ ipv4, ipv6 = false }) =>
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
  ({ prefixDelegation, warmPrefixTargetInForce, hasIpTarget }) =>
    prefixDelegation === true && warmPrefixTargetInForce === 0 && !hasIpTarget
      ? problem(
          "warmPrefixTarget",
          "aws-node does not start with prefixDelegation and without a warm target: WARM_PREFIX_TARGET is 0 or not set.",
          "Give 1, or set warmIpTarget and minimumIpTarget.",
        )
      : undefined,
  ({ pluginLogFile }) =>
    pluginLogFile === "stdout"
      ? problem("pluginLogFile", "aws-node does not start with stdout here.", "Give stderr or a path.")
      : undefined,
  ({ ipv6, eniMtu }) => (ipv6 === true ? mtuProblem("eniMtu", eniMtu) : undefined),
  ({ ipv6, podMtu }) => (ipv6 === true ? mtuProblem("podMtu", podMtu) : undefined),
  ({ eniConfigLabelDef: key = "" }) => keyProblem("eniConfigLabelDef", key),
  ({ eniConfigAnnotationDef: key = "" }) => keyProblem("eniConfigAnnotationDef", key),
  ({ vethPrefix }) =>
    vethPrefix !== undefined &&
    (!/^[^\s/]{1,4}$/.test(vethPrefix) || ["eth", "vlan", "lo"].includes(vethPrefix))
      ? problem(
          "vethPrefix",
          `${shown(vethPrefix)} can't be used.`,
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
          `the CNI or EC2 would not take ${bad.map(([key]) => shown(key)).join(", ")}.`,
          "Give keys of 1 to 128 characters without k8s.amazonaws.com, and values up to 256.",
        )
      : undefined;
  },
];

function keyProblem(path: string, key: string): Problem | undefined {
  // An empty key means the default.
  return key === "" || isLabelKey(key)
    ? undefined
    : problem(
        path,
        `${shown(key)} is not the key of a label.`,
        "Give one such as topology.kubernetes.io/zone.",
      );
}

function mtuProblem(path: string, mtu: number | undefined): Problem | undefined {
  return mtu !== undefined && mtu < 1280
    ? problem(path, `aws-node does not start with ${mtu} and IPv6.`, "Give 1280 to 9001.")
    : undefined;
}
