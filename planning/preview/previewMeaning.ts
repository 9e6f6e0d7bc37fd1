import { readCidr, usableAddressCount, type CidrBlock } from "../cidrBlock";
import type { Danger } from "../guard/danger";
import { dangersIn } from "../guard/dangers";
import { isNotSeen, type NotSeen } from "../preflight/finding";
import { podEnis } from "../rotation/oldNode";
import type { Observation, PodSubnet } from "../rotation/observation";
import type { RotationSettings } from "../rotation/settings";
import { sum } from "../sequence";
import type { ResourceChange } from "../stack/resourceChange";
import { cniAfter, type CniOutlook } from "./cniAfter";
import { eniConfigChanges } from "./eniConfigChanges";
import type { BeforeAndAfter, EnvironmentPreview } from "./environmentPreview";
import { lookAt } from "./lookAt";
import { podLosses } from "./podLosses";
import { podsPerNode } from "./podsPerNode";
import { podSubnetsAfter } from "./podSubnetsAfter";
import { rotationOutlook } from "./rotationOutlook";

/** The subnets of a VPC, as far as nodes and pods are in them. */
export interface SubnetFacts {
  /** Every subnet of the VPC, by its id. */
  readonly blocks: ReadonlyMap<string, CidrBlock>;
  /** Ids of those that nodes are in. */
  readonly ofNodes: readonly string[];
}

/** What a cluster is at the time of a preview. */
export interface PreviewFacts {
  /** The pod subnets that the stack has made; none where it was never brought up. */
  readonly podSubnets: readonly PodSubnet[];
  readonly subnets: SubnetFacts | NotSeen;
  /** Nodes, pods and budgets, with how the CNI is set. */
  readonly cluster: (Observation & { readonly cni: CniOutlook }) | NotSeen;
  readonly rotation: RotationSettings;
  /** What the stack would forget that it took over. @default nothing */
  readonly lostAdoptions?: readonly Danger[];
}

/** What changes of a stack mean for the pods of its cluster. */
export type PreviewMeaning = Pick<
  EnvironmentPreview,
  "dangers" | "losses" | "addresses" | "podsPerNode" | "rotation" | "notSeen" | "lookAt"
>;

/** Says what changes of a stack mean for the pods of its cluster, as far as that was seen. */
export function previewMeaning(changes: readonly ResourceChange[], facts: PreviewFacts): PreviewMeaning {
  const { cluster, subnets } = facts;
  const blocks = isNotSeen(subnets) ? new Map<string, CidrBlock>() : subnets.blocks;
  const podSubnets = podSubnetsAfter(facts.podSubnets, changes, blocks);
  const dangers = dangersIn(changes, facts.lostAdoptions);
  const ofChanges = eniConfigChanges(changes);
  const notSeen = [subnets, cluster].filter(isNotSeen).map((part) => part.notSeen);
  const today = isNotSeen(cluster) ? undefined : cluster.cni;
  const cni = cniAfter(today, changes);
  const addresses = { ...addressesBefore(facts, today), ...addressesAfter(podSubnets, subnets, cni) };
  if (isNotSeen(cluster) || cni === undefined) {
    const seen = { dangers, losses: [], addresses };
    const types = cni === undefined ? [] : podsPerNode([], changes, cni);
    return { ...seen, podsPerNode: types, notSeen, lookAt: lookAt(seen, ofChanges) };
  }
  const { prefixDelegation, maxEni } = cni;
  const meaning = {
    dangers,
    losses: podLosses(changes, cluster),
    addresses,
    podsPerNode: podsPerNode(cluster.nodes, changes, cni),
    rotation: rotationOutlook(
      { ...cluster, target: { podSubnets, prefixDelegation, maxEni } },
      facts.rotation,
    ),
  };
  return { ...meaning, notSeen, lookAt: lookAt(meaning, ofChanges) };
}

/** Where pods get their addresses from today: from the pod subnets where the CNI says so, else from those of the nodes. */
function addressesBefore(
  { podSubnets, subnets, cluster }: PreviewFacts,
  cni: CniOutlook | undefined,
): Pick<BeforeAndAfter, "before"> {
  const hasPodSubnets = podSubnets.length > 0;
  if (hasPodSubnets && cni?.customNetworking !== false) return { before: usableIn(podSubnets) };
  if (isNotSeen(subnets) || cni === undefined || isNotSeen(cluster)) return {};
  if (!cni.customNetworking) return { before: ofSubnets(subnets.ofNodes, subnets) };
  // Made by others, and not known to the stack yet.
  const found = cluster.nodes.flatMap((node) => podEnis(node).map(({ subnetId }) => subnetId));
  return { before: ofSubnets(found, subnets) };
}

function addressesAfter(
  podSubnets: readonly PodSubnet[],
  subnets: SubnetFacts | NotSeen,
  cni: CniOutlook | undefined,
): Pick<BeforeAndAfter, "after"> {
  if (cni?.customNetworking !== false) return { after: usableIn(podSubnets) };
  return isNotSeen(subnets) ? {} : { after: ofSubnets(subnets.ofNodes, subnets) };
}

function usableIn(podSubnets: readonly PodSubnet[]): number {
  return sum(podSubnets, ({ cidrBlock }) => {
    const reading = readCidr(cidrBlock);
    return reading.kind === "block" ? usableAddressCount(reading.block.prefixLength) : 0;
  });
}

function ofSubnets(ids: readonly string[], { blocks }: SubnetFacts): number {
  const found = [...new Set(ids)].flatMap((id) => blocks.get(id) ?? []);
  return sum(found, ({ prefixLength }) => usableAddressCount(prefixLength));
}
