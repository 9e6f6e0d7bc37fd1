import type { IpamdSettings } from "./settings";

/** A subnet of a node's zone. */
export interface ZoneSubnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availableAddresses: number;
  readonly tags: Readonly<Record<string, string>>;
}

type DiscoverySettings = Pick<IpamdSettings, "knowsExcludedSubnets" | "clusterName">;

const ROLE = "kubernetes.io/role/cni";
const CLUSTER = "cni.networking.k8s.aws/cluster/";

/**
 * The subnets in which ipamd tries to make an ENI without custom networking, one after the other: that of the node unless
 * its tag excludes it, and those of its VPC and zone that are tagged for it, the emptiest one first.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/awsutils/awsutils.go (createENI, validTag) and README.md (ENABLE_SUBNET_DISCOVERY).
 *
 * @param own the subnet of the node's primary ENI.
 * @returns only that one where EC2 does not tell of it.
 */
export function discoveredSubnets(
  own: string,
  subnets: readonly ZoneSubnet[],
  settings: DiscoverySettings,
): string[] {
  const vpcId = subnets.find(({ subnetId }) => subnetId === own)?.vpcId;
  if (vpcId === undefined) return [own];
  return subnets
    .filter((subnet) => subnet.vpcId === vpcId && isUsable(subnet, subnet.subnetId === own, settings))
    .sort((a, b) => b.availableAddresses - a.availableAddresses)
    .map(({ subnetId }) => subnetId);
}

/** Whether the node's own subnet is kept for nodes alone: then its primary ENI has no pods either. */
export function isExcluded(
  own: string,
  subnets: readonly ZoneSubnet[],
  { knowsExcludedSubnets }: Pick<IpamdSettings, "knowsExcludedSubnets">,
): boolean {
  return knowsExcludedSubnets && subnets.find(({ subnetId }) => subnetId === own)?.tags[ROLE] === "0";
}

function isUsable({ tags }: ZoneSubnet, isOwn: boolean, settings: DiscoverySettings): boolean {
  const role = tags[ROLE];
  // Before there were exclusions only the presence of the tag counted.
  if (!settings.knowsExcludedSubnets) return isOwn || role !== undefined;
  if (role === undefined) return isOwn;
  if (role === "0") return false;
  const clusters = Object.keys(tags).filter((key) => key.startsWith(CLUSTER));
  const { clusterName } = settings;
  return (
    clusters.length === 0 || (clusterName !== undefined && clusters.includes(`${CLUSTER}${clusterName}`))
  );
}
