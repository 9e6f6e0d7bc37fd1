import type { InstanceType } from "./instanceType";
import { throwIfAny, type Problem } from "./problem";

/** How the CNI hands out addresses on a node: one by one, or by /28 prefixes. */
export type AddressMode = "secondaryIp" | "prefix";

/** Addresses in one delegated prefix: the CNI asks EC2 for a /28 each time. */
export const ADDRESSES_PER_PREFIX = 16;

/** Pods on every node that take the node's own address: aws-node and kube-proxy. */
export const HOST_NETWORK_PODS = 2;

/** What max pods depends on besides the instance type. */
export interface MaxPodsOptions {
  /** AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: the primary ENI carries no pods. @default false */
  readonly customNetworking?: boolean | undefined;
  /** ENABLE_PREFIX_DELEGATION: a /28 in the place of each address, on Nitro and bare metal. @default false */
  readonly prefixDelegation?: boolean | undefined;
  /** MAX_ENI: the CNI attaches no more ENIs than this, the primary one included. @default no limit of its own */
  readonly maxEni?: number | undefined;
  /** Leave out the recommended cap of 110 or 250 pods. @default false */
  readonly uncapped?: boolean | undefined;
  /** DaemonSets with hostNetwork beyond aws-node and kube-proxy; their pods need no address. @default 0 */
  readonly hostNetworkDaemonSets?: number | undefined;
}

/** The answer for one instance type, with its reasons. */
export interface MaxPods {
  readonly instanceType: string;
  readonly maxPods: number;
  /** ENIs on the default network card. */
  readonly enis: number;
  /** IPv4 addresses per ENI, its primary one included. */
  readonly ipv4PerEni: number;
  /** ENIs that carry pods: after MAX_ENI, and without the primary one under custom networking. */
  readonly podEnis: number;
  /** What the node really does; a type without support falls back to single addresses. */
  readonly addressMode: AddressMode;
  /** Addresses that pods can have when every ENI is full. */
  readonly podAddresses: number;
  /** Whether the recommended cap lowered the number. */
  readonly capped: boolean;
  /** The calculation in words, a line for each step. */
  readonly steps: readonly string[];
}

/**
 * How many pods a node may run.
 *
 * The formula is that of AWS's max-pods-calculator.sh (awslabs/amazon-eks-ami): MAX_ENI first, then one ENI less
 * for custom networking, then `ENIs * (addresses per ENI - 1) + 2`. It departs from the script in one place: bare
 * metal does prefix delegation, as the CNI has done since 1.11 (`IsPrefixDelegationSupported`).
 *
 * @throws InvalidInputError when no ENI is left for pods, or a number is out of range.
 */
export function maxPods(type: InstanceType, options: MaxPodsOptions = {}): MaxPods {
  throwIfAny(maxPodsOptionProblems(options));
  const { enis, ipv4PerEni } = type;
  const addressMode = addressModeOf(type, options.prefixDelegation ?? false);
  const steps = [`${enis} ENIs on the default network card, ${ipv4PerEni} IPv4 addresses each`];

  let podEnis = enis;
  if (options.maxEni !== undefined) {
    podEnis = Math.min(podEnis, options.maxEni);
    steps.push(`MAX_ENI ${options.maxEni}: ${podEnis} ENIs`);
  }
  if (options.customNetworking === true) {
    podEnis -= 1;
    steps.push(`custom networking leaves the primary ENI to the node: ${podEnis} for pods`);
  }
  throwIfAny(noEniProblems(type, options, podEnis));

  if (options.prefixDelegation === true && addressMode === "secondaryIp") {
    steps.push(`prefix delegation is not possible on ${type.hypervisor ?? "this"}: single addresses instead`);
  }
  const perSlot = addressMode === "prefix" ? ADDRESSES_PER_PREFIX : 1;
  const podAddresses = podEnis * (ipv4PerEni - 1) * perSlot;
  steps.push(
    `${podEnis} x (${ipv4PerEni} - 1)${perSlot > 1 ? ` prefixes x ${perSlot}` : ""} = ${podAddresses} addresses for pods`,
  );

  const hostNetwork = HOST_NETWORK_PODS + (options.hostNetworkDaemonSets ?? 0);
  const calculated = podAddresses + hostNetwork;
  steps.push(`+ ${hostNetwork} hostNetwork pods (${hostNetworkNames(options)}) = ${calculated}`);

  const cap = recommendedCap(type.vcpus);
  const capped = options.uncapped !== true && calculated > cap;
  if (capped) steps.push(`capped at ${cap}, recommended for ${type.vcpus} vCPU`);

  return {
    instanceType: type.instanceType,
    maxPods: capped ? cap : calculated,
    enis,
    ipv4PerEni,
    podEnis,
    addressMode,
    podAddresses,
    capped,
    steps,
  };
}

/**
 * The one number a managed node group of several types gets: the smallest of them (EKS user guide, managed node
 * groups). Pods beyond it would find no address on the smallest type.
 *
 * @throws InvalidInputError for an empty group.
 */
export function groupMaxPods(members: readonly MaxPods[]): number {
  throwIfAny(
    members.length > 0
      ? []
      : [
          {
            path: "instanceTypes",
            reason: "no instance type was given.",
            fix: "Name at least one, such as m5.large.",
          },
        ],
  );
  return Math.min(...members.map((member) => member.maxPods));
}

/** Every problem of the options alone, before any instance type is looked at. */
function maxPodsOptionProblems(options: MaxPodsOptions): Problem[] {
  const problems: Problem[] = [];
  const { maxEni, hostNetworkDaemonSets } = options;
  if (maxEni !== undefined && !(Number.isSafeInteger(maxEni) && maxEni >= 1)) {
    problems.push({
      path: "maxEni",
      reason: `${maxEni} is not a number of ENIs; the CNI ignores a MAX_ENI below 1.`,
      fix: "Give a whole number from 1 up, or leave it out for the limit of the instance type.",
    });
  }
  if (
    hostNetworkDaemonSets !== undefined &&
    !(Number.isSafeInteger(hostNetworkDaemonSets) && hostNetworkDaemonSets >= 0)
  ) {
    problems.push({
      path: "hostNetworkDaemonSets",
      reason: `${hostNetworkDaemonSets} is not a number of DaemonSets.`,
      fix: "Give a whole number from 0 up, not counting aws-node and kube-proxy.",
    });
  }
  return problems;
}

/** The recommended upper limit of pods per node: 110 up to 30 vCPU, 250 above (max-pods-calculator.sh). */
function recommendedCap(vcpus: number): number {
  return vcpus > 30 ? 250 : 110;
}

/** Prefixes need Nitro or bare metal; elsewhere the CNI logs a warning and hands out single addresses. */
function addressModeOf(type: InstanceType, prefixDelegation: boolean): AddressMode {
  return prefixDelegation && (type.hypervisor === "nitro" || type.bareMetal) ? "prefix" : "secondaryIp";
}

function noEniProblems(type: InstanceType, options: MaxPodsOptions, podEnis: number): Problem[] {
  if (podEnis >= 1) return [];
  const byMaxEni = options.maxEni === 1 && type.enis > 1;
  return [
    {
      path: byMaxEni ? "maxEni" : "instanceTypes",
      reason: byMaxEni
        ? `MAX_ENI 1 leaves only the primary ENI of ${type.instanceType}, which custom networking keeps for the node: no pod would get an address.`
        : `${type.instanceType} has one ENI on its default network card, which custom networking keeps for the node: no pod would get an address.`,
      fix: byMaxEni
        ? "Give 2 or more, or leave it out."
        : "Choose a type with two ENIs or more, or run this group without custom networking.",
    },
  ];
}

function hostNetworkNames(options: MaxPodsOptions): string {
  const more = options.hostNetworkDaemonSets ?? 0;
  return more > 0 ? `aws-node, kube-proxy, ${more} more` : "aws-node, kube-proxy";
}
