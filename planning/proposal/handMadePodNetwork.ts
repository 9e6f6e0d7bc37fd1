import { CLUSTER_TAG, type NodeGroupFacts, type SubnetFacts } from "../podNetwork/clusterFacts";
import { isIn } from "../podNetwork/podSubnetPlaces";
import { zonesOf } from "../podNetwork/nodeSubnets";
import { counted } from "../amounts";
import type { EniConfigFacts } from "../preflight/picture";
import type { Observation } from "../rotation/observation";
import type { VpcAddressing } from "../vpcAddressing";

/** A pod network that a cluster has already, as far as a stack can take it over. */
export interface HandMadePodNetwork {
  /** Blocks of the VPC, none of them its first. */
  readonly podCidrs: readonly string[];
  /** One in a zone at the most. */
  readonly podSubnets: readonly SubnetFacts[];
  /** Names of ENIConfigs. */
  readonly eniConfigs: readonly string[];
  /** Of its pods; none where they have those of their nodes. */
  readonly securityGroupIds: readonly string[];
  /** What is taken over, what is not, and why. */
  readonly notes: readonly string[];
}

/**
 * The pod network that somebody has made of ENIConfigs: those that are called like a zone with nodes are taken over, with
 * their subnets where these are in blocks for pods.
 *
 * @param podCidrs the blocks for pods. @default those of the VPC that such subnets are in
 */
export function handMadePodNetwork(
  { clusterName, addressing, subnets, eniConfigs = [], nodeGroups, observed }: HandMadeFacts,
  podCidrs?: readonly string[],
): HandMadePodNetwork {
  const [, ...furtherBlocks] = addressing.cidrBlocks;
  const withNodes = new Set(nodeGroups.flatMap(({ subnetIds }) => subnetIds));
  const zones = [
    ...zonesOf(subnets.filter(({ subnetId }) => withNodes.has(subnetId))),
    ...observed.nodes.map(({ availabilityZone }) => availabilityZone),
  ];
  const subnetOf = ({ subnetId }: EniConfigFacts) => subnets.find((subnet) => subnet.subnetId === subnetId);
  if (eniConfigs.some((one) => subnetOf(one)?.tags[CLUSTER_TAG] === clusterName)) {
    return {
      ...NOTHING,
      notes: [
        "Pod subnets here are those of a stack of this package: go on with that one, or have it destroyed.",
      ],
    };
  }
  const ofZones = eniConfigs.filter(({ name }) => zones.includes(name));
  /** The subnet of one, where it is in its zone and in one of these blocks. */
  const podSubnetOf = (one: EniConfigFacts, among: readonly string[]): SubnetFacts | undefined => {
    const subnet = subnetOf(one);
    const fits = subnet?.availabilityZone === one.name && among.some((block) => isIn(block, subnet));
    return fits ? subnet : undefined;
  };
  const blocks =
    podCidrs ??
    furtherBlocks.filter((block) => ofZones.some((one) => podSubnetOf(one, [block]) !== undefined));
  const podSubnets = ofZones.flatMap((one) => podSubnetOf(one, blocks) ?? []);
  const groups = [
    ...new Set(ofZones.map(({ securityGroupIds = [] }) => [...securityGroupIds].sort().join())),
  ];
  const [onlyGroups = ""] = groups.length === 1 ? groups : [];
  return {
    podCidrs: blocks,
    podSubnets,
    eniConfigs: ofZones.map(({ name }) => name),
    securityGroupIds: onlyGroups === "" ? [] : onlyGroups.split(","),
    notes: [
      ...(ofZones.length === 0
        ? []
        : [
            `The cluster has a pod network already: ${[...blocks, counted(podSubnets.length, "subnet"), counted(ofZones.length, "ENIConfig")].join(", ")} are taken over (adopt).`,
          ]),
      ...ofZones
        .filter((one) => podSubnetOf(one, blocks) === undefined)
        .map(
          (one) =>
            `ENIConfig ${one.name} gets a new subnet: ${describe(one, subnetOf(one))}, which is no part of a further block of the VPC for pods of that zone. Nodes keep what they have until they are replaced.`,
        ),
      ...eniConfigs
        .filter((one) => !ofZones.includes(one))
        .map(
          (one) =>
            `ENIConfig ${one.name} is not taken over, since no zone with nodes is called like that: ${describe(one, subnetOf(one))}. It stays as it is; nodes that are to have such a network of their own are a named group (podGroups).`,
        ),
      ...(groups.length < 2
        ? []
        : [
            "The ENIConfigs name different security groups. Give securityGroupIds, or each zone's pods get those of its nodes.",
          ]),
    ],
  };
}

/** A cluster, as far as it tells whether somebody has made a pod network. */
export interface HandMadeFacts {
  readonly clusterName: string;
  readonly addressing: VpcAddressing;
  /** All subnets of the VPC. */
  readonly subnets: readonly SubnetFacts[];
  /** None where the cluster does not know them: a CNI that is older than they are, or made by hand, may not. */
  readonly eniConfigs: readonly EniConfigFacts[] | undefined;
  readonly nodeGroups: readonly Pick<NodeGroupFacts, "subnetIds">[];
  readonly observed: Observation;
}

const NOTHING: HandMadePodNetwork = {
  ...{ podCidrs: [], podSubnets: [], eniConfigs: [], securityGroupIds: [], notes: [] },
};

function describe({ subnetId }: EniConfigFacts, subnet: SubnetFacts | undefined): string {
  return subnet === undefined
    ? `it names ${subnetId === "" ? "no subnet" : `${subnetId}, which the VPC does not have`}`
    : `it names ${subnetId} (${subnet.cidrBlock}, ${subnet.availabilityZone})`;
}
