import { cidrBlock, overlaps, readCidr, type CidrBlock } from "../cidrBlock";
import type { PodNetworkPlan } from "../podNetwork/plan";
import { isNotSeen, type NotSeen } from "./finding";
import type { Picture, PodAttachment } from "./picture";
import { attemptPlan } from "./podNetworkPlan";

/**
 * How pods are attached to the network: today where their nodes are, tomorrow in the pod subnets as they are planned;
 * anywhere in their blocks where nothing can be planned.
 *
 * @param podSecurityGroups those of tomorrow's pods. @default those of the ENIConfigs, else the cluster's own
 */
export function podAttachment(
  { controlPlane, instances, subnets, facts, wanted }: AttachedBy,
  podSecurityGroups?: readonly string[],
): PodAttachment | NotSeen {
  if (isNotSeen(controlPlane)) return controlPlane;
  if (isNotSeen(instances)) return instances;
  if (isNotSeen(subnets)) return subnets;
  const ranges = wanted.podCidrs.flatMap(readable);
  const { plan } = isNotSeen(facts) ? {} : attemptPlan(facts, wanted);
  const withNodes = new Set(instances.map(({ subnetId }) => subnetId));
  return {
    from: subnets
      .filter(({ subnetId }) => withNodes.has(subnetId))
      .flatMap((subnet) => readable(subnet.cidrBlock))
      .filter((block) => !ranges.some((tomorrow) => overlaps(tomorrow, block))),
    to: plan?.podSubnets.map((subnet) => cidrBlock(subnet.cidrBlock)) ?? ranges,
    ranges,
    groupsToday: [...new Set(instances.flatMap((instance) => instance.securityGroupIds))],
    groupsTomorrow:
      podSecurityGroups ?? wanted.securityGroupIds ?? groupsOf(plan, controlPlane.clusterSecurityGroupId),
  };
}

/**
 * A block, where it is one: a subnet with IPv6 addresses alone has none, and a block for pods with bits behind its prefix,
 * which a library may hand in, is POD-CIDR's to tell.
 */
function readable(cidr: string): CidrBlock[] {
  const reading = readCidr(cidr);
  return reading.kind === "block" ? [reading.block] : [];
}

/** The groups that the ENIConfigs name; one that names none leaves it to new nodes, which have the cluster's. */
function groupsOf(plan: PodNetworkPlan | undefined, ofCluster: string): string[] {
  const { eniConfigs = [] } = plan ?? {};
  const named = eniConfigs.flatMap(({ securityGroupIds = [ofCluster] }) => securityGroupIds);
  return named.length === 0 ? [ofCluster] : [...new Set(named)];
}

type AttachedBy = Pick<Picture, "controlPlane" | "instances" | "subnets" | "facts" | "wanted">;
