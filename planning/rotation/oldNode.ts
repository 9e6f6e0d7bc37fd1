import { cidrBlock, contains, readCidr, type CidrBlock } from "../cidrBlock";
import { HOST_NETWORK_PODS, maxPods } from "../maxPods";
import { groupOf } from "./nodeOwner";
import {
  isFinished,
  podName,
  type ClusterNode,
  type ClusterPod,
  type PodNetworkTarget,
  type WayBack,
} from "./observation";

/** The part of the definition of an old node that one fulfils. */
export type OldClause =
  /** Its primary ENI carries secondary addresses or prefixes, which pods may be given at any time. */
  | "primaryEniCarriesPods"
  /** A secondary ENI that the CNI manages is in none of the pod subnets. */
  | "eniOutsidePodSubnets"
  /** A pod, hostNetwork aside, has an address of none of the pod subnets. */
  | "podOutsidePodSubnets"
  /** Its allocatable pods exceed what its addresses carry. */
  | "morePodsThanAddresses"
  /** On the way back: a secondary ENI that the CNI manages is in a pod subnet. */
  | "eniInPodSubnet"
  /** On the way back: a pod, hostNetwork aside, has an address of a pod subnet. */
  | "podInPodSubnet"
  /** On the way back: its group goes with the pod network. */
  | "groupLeaves";

/** Why a node is old. */
export interface OldReason {
  readonly clause: OldClause;
  /** What shows it, with names that can be pasted into aws or kubectl. */
  readonly evidence: string;
}

/**
 * Every reason for which a node is old; a node without one is new.
 *
 * ENIs that the CNI does not manage never count: those tagged no_manage, EFA, other network cards, and the trunk of the
 * VPC resource controller. Fewer allocatable pods than addresses are no reason.
 *
 * @param pods those on this node.
 */
export function oldReasons(
  node: ClusterNode,
  pods: readonly ClusterPod[],
  target: PodNetworkTarget,
): OldReason[] {
  if (node.owner.kind === "fargate") return [];
  if (target.wayBack !== undefined) return wayBackReasons(node, pods, target, target.wayBack);
  return [
    ...primaryEniReasons(node),
    ...secondaryEniReasons(node, target),
    ...podReasons(pods, target),
    ...maxPodsReasons(node, pods, target),
  ];
}

/** On the way back every trace of the pod subnets makes a node old, and nothing else does. */
function wayBackReasons(
  node: ClusterNode,
  pods: readonly ClusterPod[],
  target: PodNetworkTarget,
  { leavingGroups }: WayBack,
): OldReason[] {
  const leaving = new Set(target.podSubnets.map(({ subnetId }) => subnetId));
  const group = groupOf(node.owner)?.name ?? "";
  return [
    ...(leavingGroups.includes(group)
      ? [{ clause: "groupLeaves" as const, evidence: `its group ${group} goes with the pod network` }]
      : []),
    ...podEnis(node)
      .filter(({ subnetId }) => leaving.has(subnetId))
      .map(({ eniId, subnetId }) => ({
        clause: "eniInPodSubnet" as const,
        evidence: `secondary ENI ${eniId} is in pod subnet ${subnetId}`,
      })),
    ...podsInside(pods, target).map((pod) => ({
      clause: "podInPodSubnet" as const,
      evidence: `pod ${podName(pod)} has ${pod.address ?? "no address"}, which is in a pod subnet`,
    })),
  ];
}

/** The primary ENI's evidence of an old node, one at the most. */
function primaryEniReasons(node: ClusterNode): OldReason[] {
  return node.enis
    .filter(({ isPrimary }) => isPrimary)
    .flatMap(({ eniId, secondaryAddresses, prefixes }) => {
      const carried = [
        ...(secondaryAddresses.length > 0 ? [count(secondaryAddresses, "secondary address", "es")] : []),
        ...(prefixes.length > 0 ? [count(prefixes, "prefix", "es")] : []),
      ];
      if (carried.length === 0) return [];
      const evidence = `primary ENI ${eniId} carries ${carried.join(" and ")}`;
      return [{ clause: "primaryEniCarriesPods", evidence }];
    });
}

function secondaryEniReasons(node: ClusterNode, target: PodNetworkTarget): OldReason[] {
  const inRange = new Set(target.podSubnets.map(({ subnetId }) => subnetId));
  return podEnis(node)
    .filter(({ subnetId }) => !inRange.has(subnetId))
    .map(({ eniId, subnetId }) => ({
      clause: "eniOutsidePodSubnets",
      evidence: `secondary ENI ${eniId} is in ${subnetId}, which is no pod subnet`,
    }));
}

function podReasons(pods: readonly ClusterPod[], target: PodNetworkTarget): OldReason[] {
  return podsOutside(pods, target).map((pod) => ({
    clause: "podOutsidePodSubnets",
    evidence: `pod ${podName(pod)} has ${pod.address ?? "no address"}, which is in no pod subnet`,
  }));
}

function maxPodsReasons(
  node: ClusterNode,
  pods: readonly ClusterPod[],
  target: PodNetworkTarget,
): OldReason[] {
  const carried = podsCarried(node, pods, target);
  if (carried === undefined || node.allocatable.pods <= carried) return [];
  const evidence = `${node.allocatable.pods} allocatable pods, where the addresses of ${node.instanceTypeName} carry ${carried}`;
  return [{ clause: "morePodsThanAddresses", evidence }];
}

/** The secondary ENIs that the CNI manages, and so gives pods addresses of. */
export function podEnis(node: ClusterNode): ClusterNode["enis"] {
  return node.enis.filter(
    ({ isPrimary, networkCardIndex, interfaceType, noManage }) =>
      !isPrimary && !noManage && networkCardIndex === 0 && interfaceType === "interface",
  );
}

/** The pods, hostNetwork and finished ones aside, that have an address of none of the pod subnets. */
export function podsOutside(pods: readonly ClusterPod[], target: PodNetworkTarget): ClusterPod[] {
  const isInside = insideOf(target);
  return addressedPods(pods).filter((pod) => !isInside(pod));
}

/** The pods, hostNetwork and finished ones aside, that have an address of a pod subnet. */
export function podsInside(
  pods: readonly ClusterPod[],
  target: Pick<PodNetworkTarget, "podSubnets">,
): ClusterPod[] {
  return addressedPods(pods).filter(insideOf(target));
}

function addressedPods(pods: readonly ClusterPod[]): ClusterPod[] {
  return pods.filter((pod) => !pod.hostNetwork && !isFinished(pod) && pod.address !== undefined);
}

function insideOf({ podSubnets }: Pick<PodNetworkTarget, "podSubnets">): (pod: ClusterPod) => boolean {
  const blocks = podSubnets.map(({ cidrBlock: cidr }) => cidrBlock(cidr));
  return ({ address = "" }) => blocks.some((block) => holds(block, address));
}

/**
 * How many pods the addresses of a node carry under custom networking, without the recommended cap, plus the pods that
 * need none: hostNetwork ones that are on every such node (DaemonSets, static pods), aws-node and kube-proxy at least.
 *
 * @returns none for a type that nobody knows.
 */
export function podsCarried(
  node: ClusterNode,
  pods: readonly ClusterPod[],
  target: PodNetworkTarget,
): number | undefined {
  const { instanceType } = node;
  if (instanceType === undefined) return undefined;
  const resident = pods.filter(
    ({ hostNetwork, isMirror, controller }) => hostNetwork && (isMirror || controller?.kind === "DaemonSet"),
  ).length;
  return podAddresses(instanceType, target) + Math.max(HOST_NETWORK_PODS, resident);
}

function podAddresses(
  instanceType: NonNullable<ClusterNode["instanceType"]>,
  target: PodNetworkTarget,
): number {
  const { maxEni, prefixDelegation } = target;
  // With the primary ENI alone there is no address for pods, which maxPods refuses to compute.
  if (Math.min(instanceType.enis, maxEni ?? Infinity) < 2) return 0;
  return maxPods(instanceType, { customNetworking: true, prefixDelegation, maxEni, uncapped: true })
    .podAddresses;
}

/** Whether a block holds an address; one that is not IPv4 is in none. */
export function holds(block: CidrBlock, address: string): boolean {
  const reading = readCidr(`${address}/32`);
  if (reading.kind !== "block") return false;
  return contains(block, reading.block);
}

function count(items: readonly unknown[], what: string, plural: string): string {
  return `${items.length} ${what}${items.length === 1 ? "" : plural}`;
}
