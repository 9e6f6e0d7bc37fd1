import { isOurs, type ClusterFacts, type SubnetFacts } from "./clusterFacts";
import type { PodNetworkRequest, WorkerGroupRequest } from "./request";
import { nodeGroupName } from "./workerGroups";

/** A zone of a worker group. */
export interface PlannedWorkerZone {
  readonly availabilityZone: string;
  /** Those that nodes have in the zone today. */
  readonly subnetIds: readonly string[];
  /** Whether its managed node group exists already, made by others. */
  readonly adopt: boolean;
}

/**
 * Where the nodes of a worker group go: to the subnets of the group that it is like, where there is one; else to those
 * of all nodes. Where it has a group already, managed or not, it stays, for the one that it was like may be gone by
 * then.
 *
 * @param zones those that have a pod subnet.
 */
export function workerZones(
  {
    clusterName,
    nodeGroups,
    scalingGroups,
  }: Pick<ClusterFacts, "clusterName" | "nodeGroups" | "scalingGroups">,
  { name, like, eniConfig }: WorkerGroupRequest,
  { podGroups = [], adopt }: Pick<PodNetworkRequest, "podGroups" | "adopt">,
  zones: readonly string[],
  nodeSubnets: readonly SubnetFacts[],
): PlannedWorkerZone[] {
  const named = [...nodeGroups.map((group) => ({ ...group, name: group.nodeGroupName })), ...scalingGroups];
  const ownIn = (zone: string) =>
    named.find((one) => one.name === nodeGroupName(name, zone) && isOurs(one, clusterName));
  const likeIds = nodeGroups.find(({ nodeGroupName: one }) => one === like)?.subnetIds;
  const isLikeGone = like !== undefined && likeIds === undefined;
  const podGroupZones = podGroups.find((group) => group.name === eniConfig)?.zones ?? zones;
  return zones
    .filter((zone) => podGroupZones.includes(zone))
    .flatMap((availabilityZone) => {
      const today = nodeSubnets
        .filter((subnet) => subnet.availabilityZone === availabilityZone)
        .map(({ subnetId }) => subnetId)
        .filter((subnetId) => !isLikeGone && (likeIds?.includes(subnetId) ?? true));
      const subnetIds = today.length > 0 ? today : (ownIn(availabilityZone)?.subnetIds ?? []);
      if (subnetIds.length === 0) return [];
      const isAdopted = adopt?.nodeGroups?.includes(nodeGroupName(name, availabilityZone)) === true;
      return [{ availabilityZone, subnetIds, adopt: isAdopted }];
    });
}
