import { planSubnets } from "../addressPlan";
import { InvalidInputError, throwIfAny, type Problem } from "../problem";
import { planAddOn, type AddOnPlan } from "./addOn";
import { isOurs, type ClusterFacts, type SubnetFacts } from "./clusterFacts";
import { checkRequestForm, type PodNetworkRequest } from "./request";
import { nodeGroupName, workerGroupProblems } from "./workerGroups";

/** Everything that a pod network consists of, decided. */
export interface PodNetworkPlan {
  readonly blocks: readonly PlannedBlock[];
  /** By zone. */
  readonly podSubnets: readonly PlannedPodSubnet[];
  readonly addOn: AddOnPlan;
  /** In the order of the request. */
  readonly workerGroups: readonly PlannedWorkerGroup[];
}

/** A block of the VPC for pods. */
export interface PlannedBlock {
  readonly cidrBlock: string;
  /** Where the VPC has it. */
  readonly associationId?: string;
}

/** A pod subnet. */
export interface PlannedPodSubnet {
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  /** That of the nodes of its zone, so that pods leave the VPC as their nodes do. */
  readonly routeTableId: string;
  /** Of one that exists. */
  readonly subnetId?: string;
}

/** A worker group, which has a managed node group in every zone with nodes. */
export interface PlannedWorkerGroup {
  readonly name: string;
  /** By zone. */
  readonly zones: readonly PlannedNodeGroup[];
}

/** A managed node group of a worker group. */
export interface PlannedNodeGroup {
  readonly availabilityZone: string;
  /** Those that nodes have in the zone today. */
  readonly subnetIds: readonly string[];
  /** Whether the cluster has it already. */
  readonly exists: boolean;
  /** Of one that exists: how many nodes it wants at this moment. */
  readonly desiredSize?: number;
}

/**
 * Plans the pod network of a cluster.
 *
 * The plan is stable: planned again after it was carried out, or with a zone more, it keeps every subnet. Subnets of
 * others in the pod blocks, of another cluster for instance, are planned around.
 *
 * @throws InvalidInputError with everything that is wrong, at paths of the request (`podCidrs[0]`) or of the cluster.
 */
export function planPodNetwork(facts: ClusterFacts, request: PodNetworkRequest): PodNetworkPlan {
  checkRequestForm(request);
  const nodeSubnets = nodeSubnetsOf(facts);
  const zonesWithNodes = zonesOf(nodeSubnets);
  const zones = zonesOf([
    ...nodeSubnets,
    ...facts.subnets.filter((subnet) => isOurs(subnet, facts.clusterName)),
  ]);
  throwIfAny(nodeSubnetProblems(facts, nodeSubnets));

  const addOn = attempt(() => planAddOn(facts.vpcCni, zones));
  const podSubnets = attempt(() => planPodSubnets(facts, request, nodeSubnets, zones));
  throwIfAny([
    ...primaryBlockProblems(facts, request),
    ...podSubnets.problems,
    ...addOn.problems,
    ...workerGroupProblems(facts, request.workerGroups ?? [], zonesWithNodes, addOn.value?.settings),
  ]);
  if (podSubnets.value === undefined || addOn.value === undefined)
    throw new Error("a plan without problems is a plan");
  return {
    blocks: request.podCidrs.map((cidrBlock) => {
      const block = facts.cidrBlocks.find((of) => of.cidrBlock === cidrBlock);
      return { cidrBlock, ...(block && { associationId: block.associationId }) };
    }),
    podSubnets: podSubnets.value,
    addOn: addOn.value,
    workerGroups: (request.workerGroups ?? []).map(({ name }) => ({
      name,
      zones: zonesWithNodes.map((availabilityZone) => {
        const group = facts.nodeGroups.find(
          (one) => one.nodeGroupName === nodeGroupName(name, availabilityZone),
        );
        return {
          availabilityZone,
          subnetIds: nodeSubnets
            .filter((subnet) => subnet.availabilityZone === availabilityZone)
            .map(({ subnetId }) => subnetId),
          exists: group !== undefined,
          ...(group?.desiredSize !== undefined && { desiredSize: group.desiredSize }),
        };
      }),
    })),
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

/**
 * The subnets in which managed groups put nodes. Groups of ours count: they have the subnets of those that they took
 * the place of, and would be orphans once those are gone.
 */
function nodeSubnetsOf({ subnets, nodeGroups }: ClusterFacts): SubnetFacts[] {
  const ids = new Set(nodeGroups.flatMap(({ subnetIds }) => subnetIds));
  return subnets.filter(({ subnetId }) => ids.has(subnetId));
}

function zonesOf(subnets: readonly SubnetFacts[]): string[] {
  return [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))].sort();
}

/** @param zones those with nodes, and those that have a pod subnet of ours already, which stays. */
function planPodSubnets(
  facts: ClusterFacts,
  request: PodNetworkRequest,
  nodeSubnets: readonly SubnetFacts[],
  zones: readonly string[],
): PlannedPodSubnet[] {
  const { clusterName, serviceCidrBlock } = facts;
  const { subnets } = underOwnPaths(() =>
    planSubnets({
      vpc: {
        cidrBlocks: facts.cidrBlocks.map(({ cidrBlock }) => cidrBlock),
        routes: facts.routes,
        ...(serviceCidrBlock !== undefined && { serviceCidrBlock }),
      },
      podBlocks: request.podCidrs,
      zones: zones.map((availabilityZone) => ({ availabilityZone })),
      ...(request.subnetPrefixLength !== undefined && { prefixLength: request.subnetPrefixLength }),
      existing: facts.subnets.map((subnet) => ({
        cidr: subnet.cidrBlock,
        subnetId: subnet.subnetId,
        // A subnet of a zone that nobody asked for only takes up its place.
        availabilityZone: isOurs(subnet, clusterName)
          ? subnet.availabilityZone
          : `${subnet.availabilityZone} (not ours)`,
      })),
    }),
  );
  return subnets.flatMap(({ availabilityZone, cidr, subnetId }) => {
    // Only blocks of IPAM are unknown, and none is asked for.
    if (cidr === undefined) return [];
    const routeTableId = routeTableOf(availabilityZone, nodeSubnets, facts, subnetId);
    return [{ availabilityZone, cidrBlock: cidr, routeTableId, ...(subnetId !== undefined && { subnetId }) }];
  });
}

/** The route table of most node subnets of a zone; where no nodes are left, the one that the pod subnet has. */
function routeTableOf(
  availabilityZone: string,
  nodeSubnets: readonly SubnetFacts[],
  { subnets }: ClusterFacts,
  subnetId: string | undefined,
): string {
  const here = nodeSubnets.filter((subnet) => subnet.availabilityZone === availabilityZone);
  const candidates = here.length > 0 ? here : subnets.filter((subnet) => subnet.subnetId === subnetId);
  const counts = new Map<string, number>();
  for (const { routeTableId } of candidates) counts.set(routeTableId, (counts.get(routeTableId) ?? 0) + 1);
  const [best] = [...counts].sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1));
  if (best === undefined) throw new Error(`no subnet of ${availabilityZone} has a route table`);
  return best[0];
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

function nodeSubnetProblems(
  { clusterName }: ClusterFacts,
  nodeSubnets: readonly SubnetFacts[],
): readonly Problem[] {
  if (nodeSubnets.length > 0) return [];
  return [
    {
      path: "cluster",
      reason: `${clusterName} has no managed node group, so nothing tells which zones have nodes.`,
      fix: "Give the cluster a managed node group in each zone in which pods are to run.",
    },
  ];
}

/** Problems of an address plan under the names that the request has for its parts. */
function underOwnPaths<T>(plan: () => T): T {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(
      error.problems.map((problem) => ({
        ...problem,
        path: problem.path.replace(/^podBlocks/, "podCidrs").replace(/^prefixLength$/, "subnetPrefixLength"),
      })),
    );
  }
}
