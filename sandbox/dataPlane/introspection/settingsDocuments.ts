import { readIpv4Block, writeIpv4Block } from "../../aws/ec2/ipv4";
import { isSince, type CniVersion } from "../ipamd/cniVersion";
import { boolean, readIpamdSettings } from "../ipamd/settings";
import type { IpamdReport } from "./ipamdReport";

/** The numbers that stand for the kinds of SNAT. */
const SNAT_TYPES: Readonly<Record<string, number>> = { none: 0, hashrandom: 1, prng: 2 };
const DEFAULT_CONNMARK = 0x80;

/**
 * What `/v1/networkutils-env-settings` of ipamd answers: the settings as it has understood them.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/networkutils/network.go (GetConfigForDebug) at the tags of releases.
 */
export function networkSettingsDocument({ env, version }: Pick<IpamdReport, "env" | "version">): unknown {
  const since = (...release: CniVersion) => isSince(version, release);
  const snatByDefault = since(1, 7, 0) ? "prng" : "hashrandom";
  return {
    ...(since(1, 12, 6) ? {} : { AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER: true }),
    AWS_VPC_K8S_CNI_CONNMARK: integer(env.AWS_VPC_K8S_CNI_CONNMARK) ?? DEFAULT_CONNMARK,
    AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: blocks(env.AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS),
    AWS_VPC_K8S_CNI_EXTERNALSNAT: boolean(env.AWS_VPC_K8S_CNI_EXTERNALSNAT, false),
    AWS_VPC_K8S_CNI_RANDOMIZESNAT:
      SNAT_TYPES[env.AWS_VPC_K8S_CNI_RANDOMIZESNAT ?? ""] ?? SNAT_TYPES[snatByDefault],
    AWS_VPC_K8S_CNI_VETHPREFIX: env.AWS_VPC_K8S_CNI_VETHPREFIX ?? "eni",
    AWS_VPC_CNI_NODE_PORT_SUPPORT: boolean(env.AWS_VPC_CNI_NODE_PORT_SUPPORT, true),
    AWS_VPC_ENI_MTU: integer(env.AWS_VPC_ENI_MTU) ?? 9001,
    ...(since(1, 12, 6) ? { AWS_EXTERNAL_SERVICE_CIDRS: blocks(env.AWS_EXTERNAL_SERVICE_CIDRS) } : {}),
  };
}

/**
 * What `/v1/ipamd-env-settings` of ipamd answers. Prefix delegation and MINIMUM_IP_TARGET are not in it.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go (GetConfigForDebug) at the tags of releases.
 */
export function ipamdSettingsDocument({ env, version }: Pick<IpamdReport, "env" | "version">): unknown {
  const settings = readIpamdSettings(env, version);
  return {
    WARM_IP_TARGET: settings.warmIpTarget,
    WARM_ENI_TARGET: settings.warmEniTarget,
    AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: settings.customNetworking,
    ...(isSince(version, [1, 12, 6])
      ? { AWS_MANAGE_ENIS_NON_SCHEDULABLE: settings.managesNonSchedulable }
      : {}),
    ...(isSince(version, [1, 18, 0]) ? { ENABLE_SUBNET_DISCOVERY: settings.usesSubnetDiscovery } : {}),
  };
}

/** Blocks with commas between them; what is no IPv4 block is passed over. */
function blocks(text = ""): string[] | null {
  if (text === "") return null;
  const read = text.split(",").flatMap((item) => {
    const block = readIpv4Block(item.trim());
    return block === undefined ? [] : [writeIpv4Block(block)];
  });
  // A list to which nothing was added is none in Go.
  return read.length === 0 ? null : read;
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : undefined;
}
