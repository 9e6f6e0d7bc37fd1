import type { Problem } from "../problem";
import { cniVersionIn, type ClusterFacts, type InstanceFacts } from "./clusterFacts";
import type { PodPlace } from "./podSubnetPlaces";
import type { PodNetworkRequest } from "./request";
import { mayLeaveGroupsOut, podSecurityGroups } from "./securityGroups";

/** An ENIConfig: of a zone, named after it, or of a named group in a zone. */
export interface PlannedEniConfig extends PodPlace {
  readonly name: string;
  /** Left out, the CNI takes those of the node. */
  readonly securityGroupIds?: readonly string[];
  /** Whether it exists already, made by others. */
  readonly adopt: boolean;
}

/** The ENIConfig of a place. */
export function eniConfigName({ availabilityZone, group }: PodPlace): string {
  return group === undefined ? availabilityZone : `${group}-${availabilityZone}`;
}

/** The ENIConfigs of a pod network. */
export interface EniConfigPlan {
  /** As the places. */
  readonly eniConfigs: readonly PlannedEniConfig[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/**
 * An ENIConfig for each place. Its security groups are those of the request; else what the nodes carry of whom it is.
 *
 * Nodes of a named group are not told by anything that is known here, so a group without security groups of its own
 * takes those of its zone. Where the nodes of a zone carry different ones, as they may while they are replaced, and the
 * CNI takes those of each node by itself, it is left to the CNI.
 */
export function planEniConfigs(
  facts: ClusterFacts,
  { securityGroupIds: ofZones, podGroups = [], adopt }: PodNetworkRequest,
  places: readonly PodPlace[],
): EniConfigPlan {
  const { instances } = facts;
  const cniVersion = cniVersionIn(facts);
  const given = ({ group }: PodPlace) =>
    group === undefined
      ? ofZones
      : (podGroups.find(({ name }) => name === group)?.securityGroupIds ?? ofZones);
  const nodesOf = ({ availabilityZone }: PodPlace) =>
    instances.filter((instance) => instance.availabilityZone === availabilityZone);
  const open = places.filter((place) => given(place) === undefined);
  const isLeftToCni = (place: PodPlace) => mayLeaveGroupsOut(cniVersion) && isMixed(nodesOf(place));
  const carried = podSecurityGroups(
    open
      .filter((place) => !isLeftToCni(place))
      .map((place) => ({ eniConfigName: eniConfigName(place), nodes: nodesOf(place) })),
    cniVersion,
  );
  return {
    eniConfigs: places.map((place) => {
      const name = eniConfigName(place);
      const securityGroupIds = given(place) ?? carried.securityGroupIds.get(name);
      return {
        ...place,
        name,
        ...(securityGroupIds && { securityGroupIds }),
        adopt: adopt?.eniConfigs?.includes(name) === true,
      };
    }),
    problems: carried.problems,
    warnings: open
      .filter((place) => place.group === undefined && isLeftToCni(place))
      .map(
        ({ availabilityZone }) =>
          `The nodes of ${availabilityZone} carry different security groups; pods get those of their own node. ` +
          `Where that is not meant, give securityGroupIds, or podGroups with security groups of their own.`,
      ),
  };
}

function isMixed(nodes: readonly InstanceFacts[]): boolean {
  return new Set(nodes.map(({ securityGroupIds }) => [...securityGroupIds].sort().join())).size > 1;
}
