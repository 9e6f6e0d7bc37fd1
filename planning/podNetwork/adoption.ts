import { shown, type Problem } from "../problem";
import type { ClusterFacts, SubnetFacts } from "./clusterFacts";
import { ownPodSubnets } from "./nodeSubnets";
import { isIn } from "./podSubnetPlaces";
import { unknownName } from "./podZones";
import type { AdoptionRequest, PodNetworkRequest } from "./request";

/** The subnets that are taken over as pod subnets of their zones, and what is wrong with that. */
export function adoptedPodSubnets(
  { vpcId, subnets }: ClusterFacts,
  { podCidrs, adopt = {} }: PodNetworkRequest,
  nodeSubnets: readonly SubnetFacts[],
  zones: readonly string[],
): { adopted: SubnetFacts[]; problems: Problem[] } {
  const adopted: SubnetFacts[] = [];
  const problems: Problem[] = [];
  (adopt.podSubnets ?? []).forEach((subnetId, index) => {
    const path = `adopt.podSubnets[${index}]`;
    const refuse = (reason: string, fix: string) => problems.push({ path, reason, fix });
    const subnet = subnets.find((one) => one.subnetId === subnetId);
    const inBlocks = subnets.filter((one) => podCidrs.some((podCidr) => isIn(podCidr, one)));
    if (subnet === undefined) {
      const known = inBlocks.map((one) => one.subnetId);
      problems.push(
        unknownName(path, `${vpcId} has no subnet ${shown(subnetId)} to take over.`, subnetId, known),
      );
      return;
    }
    const { availabilityZone, cidrBlock } = subnet;
    const twin = adopted.find((one) => one.availabilityZone === availabilityZone);
    if (!inBlocks.includes(subnet)) {
      refuse(
        `${subnetId} (${cidrBlock}) is in none of ${podCidrs.join(", ")}.`,
        "Add its block to podCidrs.",
      );
    } else if (nodeSubnets.includes(subnet)) {
      refuse(`${subnetId} (${cidrBlock}) is a subnet of nodes.`, "Take over one that only pods use.");
    } else if (!zones.includes(availabilityZone)) {
      refuse(
        `${subnetId} is in ${availabilityZone}, which has no nodes.`,
        `Add ${availabilityZone} to zones.`,
      );
    } else if (twin !== undefined) {
      refuse(
        `${subnetId} is in ${availabilityZone} like ${twin.subnetId}; a zone has one pod subnet.`,
        "Take over one of them, or use PodSubnets and EniConfigs by themselves.",
      );
    } else adopted.push(subnet);
  });
  return { adopted, problems };
}

/** What the request wants to take over and isn't there, or is no part of the plan. */
export function adoptionProblems(
  { vpcId, clusterName, cidrBlocks, nodeGroups }: ClusterFacts,
  podCidrs: readonly string[],
  { cidrBlocks: blocks = [], eniConfigs = [], nodeGroups: groups = [] }: AdoptionRequest,
  planned: { readonly eniConfigs: readonly string[]; readonly nodeGroups: readonly string[] },
): Problem[] {
  return [
    ...blocks.flatMap((block, index) => {
      const path = `adopt.cidrBlocks[${index}]`;
      if (!podCidrs.includes(block)) {
        return [unknownName(path, `${shown(block)} is none of podCidrs.`, block, podCidrs)];
      }
      const known = cidrBlocks.slice(1).map(({ cidrBlock }) => cidrBlock);
      if (known.includes(block)) return [];
      const reason = `${vpcId} has no secondary block ${block} to take over.`;
      return [{ path, reason, fix: "Leave it out; the block is then added to the VPC." }];
    }),
    ...eniConfigs.flatMap((name, index) =>
      planned.eniConfigs.includes(name)
        ? []
        : [
            unknownName(
              `adopt.eniConfigs[${index}]`,
              `no ENIConfig here is called ${shown(name)}.`,
              name,
              planned.eniConfigs,
            ),
          ],
    ),
    ...groups.flatMap((name, index) => {
      const path = `adopt.nodeGroups[${index}]`;
      if (!planned.nodeGroups.includes(name)) {
        const reason = `none of workerGroups makes a managed node group ${shown(name)}.`;
        return [unknownName(path, reason, name, planned.nodeGroups)];
      }
      const known = nodeGroups.map(({ nodeGroupName }) => nodeGroupName);
      if (known.includes(name)) return [];
      const reason = `${clusterName} has no managed node group ${shown(name)} to take over.`;
      return [{ path, reason, fix: "Leave it out; the group is then made." }];
    }),
  ];
}

/**
 * Blocks that the VPC has already while it has no pod subnet of ours: an earlier run that was stopped leaves one, but it
 * may as well be somebody else's, which AWS refuses to associate once more. Afterwards a block without a subnet of ours
 * is one in reserve.
 */
export function foreignBlocks(
  facts: ClusterFacts,
  { podCidrs, adopt = {} }: Pick<PodNetworkRequest, "podCidrs" | "adopt">,
): string[] {
  if (ownPodSubnets(facts).length > 0) return [];
  return podCidrs
    .filter((podCidr) => facts.cidrBlocks.slice(1).some(({ cidrBlock }) => cidrBlock === podCidr))
    .filter((podCidr) => adopt.cidrBlocks?.includes(podCidr) !== true);
}

/** Those blocks as warnings. */
export function foreignBlockWarnings(facts: ClusterFacts, request: PodNetworkRequest): string[] {
  return foreignBlocks(facts, request).map(
    (podCidr) =>
      `${facts.vpcId} has ${podCidr} already. If this stack did not associate it, take it over: adopt: {cidrBlocks: ["${podCidr}"]}.`,
  );
}
