import type { EniConfigFacts } from "../preflight/picture";
import { podEnis } from "../rotation/oldNode";
import type { ClusterNode, Eni, Observation } from "../rotation/observation";
import type { Share } from "../rotation/verification";
import type { Deviation } from "./deviation";

/** Whether the ENIs that pods are on carry the security groups that they should. */
export interface PodSecurityGroups {
  /** Secondary ENIs in pod subnets. */
  readonly enis: Share;
  readonly deviations: readonly Deviation[];
}

/**
 * Holds the security groups of the secondary ENIs in pod subnets against the ENIConfig that their node takes; where it
 * names none, against those of the node's primary ENI, which the CNI takes then.
 *
 * The CNI reads an ENIConfig when it makes an ENI, and never changes the groups of one that is there for it.
 *
 * Source: EKS user guide, "Customize the secondary network interface in Amazon EKS nodes".
 *
 * @param eniConfigOf the ENIConfig that a node takes; none where it takes one that is not there.
 */
export function podSecurityGroups(
  { nodes, target }: Observation,
  eniConfigOf: (node: ClusterNode) => EniConfigFacts | undefined,
): PodSecurityGroups {
  const podSubnetIds = new Set(target.podSubnets.map(({ subnetId }) => subnetId));
  const checked = nodes.flatMap((node) => {
    const wanted = wantedGroups(node, eniConfigOf(node));
    if (wanted === undefined) return [];
    return podEnis(node)
      .filter(({ subnetId }) => podSubnetIds.has(subnetId))
      .map((eni) => ({ node, eni, wanted }));
  });
  const wrong = checked.filter(({ eni, wanted }) => !isSame(eni.securityGroupIds, wanted));
  return {
    enis: { right: checked.length - wrong.length, of: checked.length },
    deviations: wrong.map(({ node, eni, wanted }) => ({
      about: "securityGroups",
      title: `ENI ${eni.eniId} of node ${node.name} has ${named(eni)}, its ENIConfig says ${wanted.join(", ")}`,
      wayOut: `aws ec2 modify-network-interface-attribute --network-interface-id ${eni.eniId} --groups ${wanted.join(" ")}`,
    })),
  };
}

/** None where nobody knows which. */
function wantedGroups(
  { enis }: ClusterNode,
  eniConfig: EniConfigFacts | undefined,
): readonly string[] | undefined {
  if (eniConfig === undefined) return undefined;
  const { securityGroupIds = [] } = eniConfig;
  if (securityGroupIds.length > 0) return securityGroupIds;
  return enis.find(({ isPrimary }) => isPrimary)?.securityGroupIds;
}

function isSame(these: readonly string[], those: readonly string[]): boolean {
  const [one, other] = [new Set(these), new Set(those)];
  return one.size === other.size && [...one].every((id) => other.has(id));
}

function named({ securityGroupIds }: Eni): string {
  return securityGroupIds.length === 0 ? "no security group" : securityGroupIds.join(", ");
}
