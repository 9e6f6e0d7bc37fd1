import { InvalidInputError, throwIfAny, type Problem } from "../problem";
import { adoptedPodSubnets, adoptionProblems, foreignBlockWarnings } from "./adoption";
import type { ClusterFacts } from "./clusterFacts";
import { planCni, type CniPlan } from "./cniSettings";
import { planEniConfigs, type PlannedEniConfig } from "./eniConfigPlan";
import { nodeSubnets as nodeSubnetsOf } from "./nodeSubnets";
import { podGroupProblems } from "./podGroups";
import { routeTableProblems, snatWarnings, withRoutes, type PlannedPodSubnet } from "./podRoutes";
import { placePodSubnets, wantedPlaces } from "./podSubnetPlaces";
import { podZones } from "./podZones";
import type { PodNetworkRequest } from "./request";
import { checkRequestForm } from "./requestForm";
import { strandingProblems } from "./stranding";
import { nodeGroupName, workerGroupProblems } from "./workerGroups";
import { workerZones, type PlannedWorkerZone } from "./workerZones";

/** Everything that a pod network consists of, decided. */
export interface PodNetworkPlan {
  /** In the order of the request. */
  readonly cidrBlocks: readonly PlannedBlock[];
  /** By zone, and then by group. */
  readonly podSubnets: readonly PlannedPodSubnet[];
  /** As the pod subnets. */
  readonly eniConfigs: readonly PlannedEniConfig[];
  /** What is asked of aws-node. */
  readonly cni: PlannedCni;
  /** In the order of the request. */
  readonly workerGroups: readonly PlannedWorkerGroup[];
  /** What is allowed and a person may still not want. */
  readonly warnings: readonly string[];
}

/** A block of the VPC for pods. */
export interface PlannedBlock {
  readonly cidrBlock: string;
  /** Whether the VPC has it already, made by others. */
  readonly adopt: boolean;
}

/** What is asked of aws-node. */
export interface PlannedCni extends Omit<CniPlan, "problems"> {
  /** Zones in which nodes run, but for those that are left without a pod subnet by force. */
  readonly zonesWithNodes: readonly string[];
}

/** A worker group, which has nodes in every zone with nodes. */
export interface PlannedWorkerGroup {
  readonly name: string;
  /** In their order. */
  readonly zones: readonly PlannedWorkerZone[];
}

/**
 * Plans the pod network of a cluster.
 *
 * The plan is stable: planned again after it was carried out, or with a zone, a range or a group more, it keeps every
 * subnet. What is taken over is only what the request names; that something exists decides nothing. How many nodes a
 * group has or wants decides nothing either.
 *
 * @throws InvalidInputError with everything that is wrong, at paths of the request (`podCidrs[0]`) or of the cluster.
 */
export function planPodNetwork(facts: ClusterFacts, request: PodNetworkRequest): PodNetworkPlan {
  checkRequestForm(request);
  const { podCidrs, podGroups, workerGroups = [], adopt = {} } = request;
  const nodeSubnets = nodeSubnetsOf(facts);
  const { zones, ...ofZones } = podZones(facts, request);
  const places = wantedPlaces(zones, podGroups);
  const { adopted, problems: ofAdopted } = adoptedPodSubnets(facts, request, nodeSubnets, zones);
  const placing = attempt(() => placePodSubnets(facts, request, places, adopted));
  const { eniConfigs, ...ofEniConfigs } = planEniConfigs(facts, request, places);
  const names = eniConfigs.map(({ name }) => name);
  const { problems: ofCni, ...cni } = planCni(facts, request, names);
  const workers = workerGroups.map((group) => ({
    name: group.name,
    zones: workerZones(facts, group, request, zones, nodeSubnets),
  }));
  throwIfAny([
    ...primaryBlockProblems(facts, request),
    ...ofZones.problems,
    ...podGroupProblems(request, zones),
    ...placing.problems,
    ...routeTableProblems(facts, request, zones),
    ...ofAdopted,
    ...adoptionProblems(facts, podCidrs, adopt, {
      eniConfigs: names,
      nodeGroups: workers.flatMap((group) =>
        group.zones.map(({ availabilityZone }) => nodeGroupName(group.name, availabilityZone)),
      ),
    }),
    ...ofEniConfigs.problems,
    ...ofCni,
    ...workerGroupProblems(facts, workerGroups, zones, cni.settings, adopt.nodeGroups),
    ...strandingProblems(facts, request, zones, placing.value),
  ]);

  const podSubnets = withRoutes(facts, request, placing.value ?? [], nodeSubnets, adopted);
  return {
    cidrBlocks: podCidrs.map((cidrBlock) => ({
      cidrBlock,
      adopt: adopt.cidrBlocks?.includes(cidrBlock) === true,
    })),
    podSubnets,
    eniConfigs,
    cni: {
      ...cni,
      zonesWithNodes: zones.filter((zone) => facts.instances.some((one) => one.availabilityZone === zone)),
    },
    workerGroups: workers,
    warnings: [
      ...ofZones.warnings,
      ...foreignBlockWarnings(facts, request),
      ...ofEniConfigs.warnings,
      ...snatWarnings(facts, podSubnets, cni.settings.externalSnat),
    ],
  };
}

/** What a part of the plan came to: a value, or what forbids it. */
interface Attempt<T> {
  readonly value?: T;
  readonly problems: readonly Problem[];
}

/** Plans a part, so that its problems come together with those of the others. */
function attempt<T>(plan: () => T): Attempt<T> {
  try {
    return { value: plan(), problems: [] };
  } catch (error) {
    if (error instanceof InvalidInputError) return { problems: error.problems };
    throw error;
  }
}

function primaryBlockProblems(
  { cidrBlocks }: ClusterFacts,
  { podCidrs }: PodNetworkRequest,
): readonly Problem[] {
  const index = podCidrs.findIndex((cidr) => cidr === cidrBlocks[0]?.cidrBlock);
  if (index < 0) return [];
  return [
    {
      path: `podCidrs[${index}]`,
      reason: `${podCidrs[index] ?? ""} is the primary block of the VPC, in which the nodes are.`,
      fix: "Give a block of its own for pods, such as 100.64.0.0/16.",
    },
  ];
}
