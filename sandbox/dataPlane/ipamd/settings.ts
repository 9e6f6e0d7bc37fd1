import { isSince, NEWEST_CNI, type CniVersion } from "./cniVersion";

/** What ipamd takes from the environment of its container, and what its release makes of it. */
export interface IpamdSettings {
  /** ENIs beyond the primary one are made as an ENIConfig says. */
  readonly customNetworking: boolean;
  /** The node label whose value names the ENIConfig. */
  readonly eniConfigLabel: string;
  /** The node annotation whose value names it, before the label. */
  readonly eniConfigAnnotation: string;
  readonly warmEniTarget: number;
  /** 0 is the same as unset. */
  readonly warmIpTarget: number;
  /** 0 is the same as unset. */
  readonly minimumIpTarget: number;
  /** Pods get addresses of prefixes, where the instance type can have them. */
  readonly prefixDelegation: boolean;
  /** Matters with prefix delegation, and without address targets, only. */
  readonly warmPrefixTarget: number;
  /** Security groups for pods: one place is kept for, and taken by, the trunk ENI. */
  readonly podEni: boolean;
  /** Counts the primary ENI. */
  readonly maxEni: number | undefined;
  /** Whether the pool of a cordoned node goes on changing. */
  readonly managesNonSchedulable: boolean;
  /**
   * Whether a full subnet of one ENI leaves the others, and a new one, to be tried and, without custom networking, new ENIs
   * go into tagged subnets as well. Since 1.18.
   */
  readonly usesSubnetDiscovery: boolean;
  /** Whether the tag `kubernetes.io/role/cni` with the value 0 keeps ENIs out of a subnet. Since 1.22.1. */
  readonly knowsExcludedSubnets: boolean;
  /** Whether ENIs without groups of their ENIConfig's own have those of the primary ENI; before 1.8 the VPC's default one. */
  readonly copiesPrimaryGroups: boolean;
  /** Whether ipamd ends when custom networking leaves it without an address. Since 1.13; before, only pods had to wait. */
  readonly endsWithoutAddress: boolean;
  /** Whether ENIs and addresses are changed at all. */
  readonly provisions: boolean;
  /** As which cluster it reads tags of subnets; nothing when it is not told. */
  readonly clusterName: string | undefined;
  /** How long an address that was given back is left alone. */
  readonly cooldownMs: number;
  /** Tags of new ENIs, besides the one that names the instance. */
  readonly interfaceTags: Readonly<Record<string, string>>;
}

/** aws-node would run with this, and this data plane can't play it. */
export class UnsupportedSettingError extends Error {
  override readonly name = "UnsupportedSettingError";
}

/**
 * Reads the environment of the container aws-node as the CNI does, silently taking its default for what it can't read.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go (getWarmENITarget and its neighbours), README.md and CHANGELOG.md.
 *
 * @param version the release that runs. @default the newest
 * @throws Error for IPv6 with custom networking, as the CNI; UnsupportedSettingError for modes that this data plane does not
 *   play, before anything is done in their name.
 */
export function readIpamdSettings(
  env: Readonly<Record<string, string>>,
  version: CniVersion = NEWEST_CNI,
): IpamdSettings {
  const customNetworking = boolean(env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, false);
  if (customNetworking && boolean(env.ENABLE_IPv6, false)) {
    throw new Error(
      "Unsupported configuration: custom networking (AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG) and IPv6 (ENABLE_IPv6)",
    );
  }
  for (const [name, unsupported] of [
    ["ENABLE_IPv6", true],
    ["ENABLE_MULTI_NIC", true],
    ["ENABLE_IPv4", false],
  ] as const) {
    if (boolean(env[name], !unsupported) === unsupported) {
      throw new UnsupportedSettingError(
        `${name}=${env[name] ?? ""}: the sandbox's data plane plays IPv4 addresses and prefixes of one network card only; leave it out.`,
      );
    }
  }
  const maxEni = integer(env.MAX_ENI);
  const cooldownSeconds = integer(env.IP_COOLDOWN_PERIOD);
  return {
    customNetworking,
    eniConfigLabel: nonEmpty(env.ENI_CONFIG_LABEL_DEF) ?? "k8s.amazonaws.com/eniConfig",
    eniConfigAnnotation: nonEmpty(env.ENI_CONFIG_ANNOTATION_DEF) ?? "k8s.amazonaws.com/eniConfig",
    warmEniTarget: atLeast(0, integer(env.WARM_ENI_TARGET)) ?? 1,
    warmIpTarget: atLeast(0, integer(env.WARM_IP_TARGET)) ?? 0,
    minimumIpTarget: atLeast(0, integer(env.MINIMUM_IP_TARGET)) ?? 0,
    prefixDelegation: isSince(version, [1, 9, 0]) && boolean(env.ENABLE_PREFIX_DELEGATION, false),
    warmPrefixTarget: atLeast(0, integer(env.WARM_PREFIX_TARGET)) ?? 0,
    podEni: boolean(env.ENABLE_POD_ENI, false),
    maxEni: atLeast(1, maxEni),
    managesNonSchedulable: boolean(env.AWS_MANAGE_ENIS_NON_SCHEDULABLE, false),
    usesSubnetDiscovery: isSince(version, [1, 18, 0]) && boolean(env.ENABLE_SUBNET_DISCOVERY, true),
    knowsExcludedSubnets: isSince(version, [1, 22, 1]),
    copiesPrimaryGroups: isSince(version, [1, 8, 0]),
    endsWithoutAddress: isSince(version, [1, 13, 0]),
    provisions: !boolean(env.DISABLE_NETWORK_RESOURCE_PROVISIONING, false),
    clusterName: nonEmpty(env.CLUSTER_NAME),
    cooldownMs: (atLeast(0, cooldownSeconds) ?? 30) * 1000,
    interfaceTags: {
      ...additionalTags(env.ADDITIONAL_ENI_TAGS),
      ...(nonEmpty(env.CLUSTER_NAME) === undefined
        ? {}
        : { "cluster.k8s.amazonaws.com/name": env.CLUSTER_NAME }),
    },
  };
}

/** A JSON object of strings; keys of the CNI's own are passed over, and so is what is no such object. */
function additionalTags(text = "{}"): Record<string, string> {
  let tags: unknown;
  try {
    tags = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof tags !== "object" || tags === null) return {};
  if (Object.values(tags).some((value) => typeof value !== "string")) return {};
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.includes("k8s.amazonaws.com")));
}

/** As strconv.ParseBool. */
export function boolean(text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined) return otherwise;
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  return otherwise;
}

/** As strconv.Atoi. */
function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function atLeast(least: number, value: number | undefined): number | undefined {
  return value !== undefined && value >= least ? value : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
