import type { FactsOfNodes } from "../podNetwork/nodeSubnets";
import type { PodNetworkRequest } from "../podNetwork/request";
import type { ClusterNode } from "../rotation/observation";
import { newWorkers, type NewWorkers } from "./newWorkers";
import type { NodeOffer } from "./nodeOffer";

/** The parts of a picture that tell which nodes go, and what comes in their place. */
export const RENEWAL_PARTS = [
  "cluster",
  "controlPlane",
  "subnets",
  "nodeGroups",
  "scalingGroups",
  "instances",
  "wanted",
] as const;

/** What a renewal is told from. */
export interface RenewalFacts extends Omit<FactsOfNodes, "clusterName" | "nodeClasses"> {
  readonly controlPlane: { readonly clusterName: string };
  readonly cluster: { readonly nodes: readonly ClusterNode[] };
  readonly wanted: PodNetworkRequest;
}

/** Which nodes go, which stay, and which come. */
export interface Renewal {
  readonly workers: readonly NewWorkers[];
  /** Nodes of groups that are replaced. */
  readonly leaving: readonly ClusterNode[];
  /** All others, new workers that have joined already among them. */
  readonly staying: readonly ClusterNode[];
  /** Whether no worker groups are decided, so that copies of today's are taken. */
  readonly isAssumed: boolean;
}

/** Tells which nodes go when their groups are replaced, and what comes in their place. */
export function renewalOf({ controlPlane, cluster, wanted, ...groups }: RenewalFacts): Renewal {
  const { clusterName } = controlPlane;
  const workers = newWorkers({ clusterName, nodeClasses: [], ...groups }, wanted);
  const replaced = new Set(workers.flatMap(({ replaces }) => replaces));
  const goes = ({ owner }: ClusterNode) =>
    (owner.kind === "managedNodeGroup" || owner.kind === "autoScalingGroup") && replaced.has(owner.name);
  return {
    workers,
    leaving: cluster.nodes.filter(goes),
    staying: cluster.nodes.filter((node) => !goes(node)),
    isAssumed: wanted.workerGroups === undefined,
  };
}

/** What pods will find: one offer for each new group, zone and instance type, and the nodes that stay. */
export function offersOf({ workers, leaving, staying }: Renewal): NodeOffer[] {
  const fresh = workers.flatMap((group) => {
    const replaced = leaving.filter(({ owner }) => "name" in owner && group.replaces.includes(owner.name));
    const types =
      group.instanceTypes.length > 0
        ? group.instanceTypes
        : [...new Set(replaced.map(({ instanceTypeName }) => instanceTypeName))];
    const given = givenAnew(group.availabilityZone, replaced, [...leaving, ...staying]);
    return types.map((type) => ({
      of: group.nodeGroupName,
      labels: {
        ...given,
        "node.kubernetes.io/instance-type": type,
        "beta.kubernetes.io/instance-type": type,
        ...group.labels,
      },
      taints: group.taints,
    }));
  });
  const there = staying
    .filter(({ owner, isUnschedulable }) => owner.kind !== "fargate" && !isUnschedulable)
    .map(({ name, labels, taints }) => ({ of: name, labels, taints }));
  return [...fresh, ...there];
}

/** Labels that say where a node is: as those of other nodes in its zone. */
const OF_PLACE = /^(topology\.|failure-domain\.)/;
/** Labels that software on a node finds out anew: node feature discovery, operators of accelerators. */
const FOUND_OUT = /^(feature\.node\.kubernetes\.io|nvidia\.com|amd\.com|neuron\.amazonaws\.com)\//;

/** Labels that a new node gets by itself, like those that it takes the place of. */
function givenAnew(
  zone: string,
  replaced: readonly ClusterNode[],
  all: readonly ClusterNode[],
): Record<string, string> {
  const of = (node: ClusterNode | undefined, keys: RegExp) =>
    Object.entries(node?.labels ?? {}).filter(([key]) => keys.test(key));
  const neighbour = all.find(({ availabilityZone }) => availabilityZone === zone);
  return Object.fromEntries([
    ["topology.ebs.csi.aws.com/zone", zone],
    ...of(neighbour, OF_PLACE),
    ...replaced.flatMap((node) => of(node, FOUND_OUT)),
  ]);
}
