import { isOurs, type NodeGroupFacts } from "../podNetwork/clusterFacts";
import { nodeSubnets, zonesOf, type FactsOfNodes } from "../podNetwork/nodeSubnets";
import type { PodNetworkRequest, WorkerGroupRequest } from "../podNetwork/request";
import { nodeGroupName } from "../podNetwork/workerGroups";
import { workerZones } from "../podNetwork/workerZones";
import type { NodeTaint } from "../rotation/observation";
import { architectureOf } from "../workers/architecture";
import { planWorkers } from "../workers/planWorkers";
import { zonalLabels } from "../workers/workerLabels";

/** The new workers of a group in one zone, before they are there or after. */
export interface NewWorkers {
  /** Of the configuration. */
  readonly workerGroup: string;
  readonly nodeGroupName: string;
  readonly availabilityZone: string;
  readonly replaces: readonly string[];
  /** Empty where a launch template names them. */
  readonly instanceTypes: readonly string[];
  readonly desiredSize: number;
  readonly maxSize: number;
  /** With those that EKS and kubelet give, as far as they follow from the group. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
}

/** The groups of new workers that are wanted; where none are decided, a copy of each managed group that there is. */
export function wantedGroups(
  { workerGroups }: Pick<PodNetworkRequest, "workerGroups">,
  { clusterName, nodeGroups }: Pick<FactsOfNodes, "clusterName" | "nodeGroups">,
): readonly WorkerGroupRequest[] {
  if (workerGroups !== undefined) return workerGroups;
  return nodeGroups
    .filter((group) => !isOurs(group, clusterName))
    .map((group) => ({
      name: `pods-${group.nodeGroupName}`,
      replaces: [group.nodeGroupName],
      like: group.nodeGroupName,
    }));
}

/** What the new workers of every zone will be, by the settings that are given and those of the groups that they copy. */
export function newWorkers(
  facts: FactsOfNodes,
  wanted: Pick<PodNetworkRequest, "workerGroups" | "zones" | "podGroups" | "adopt">,
): NewWorkers[] {
  const subnets = nodeSubnets(facts);
  const zones = wanted.zones ?? zonesOf(subnets);
  return wantedGroups(wanted, facts).flatMap((group) => {
    const inZones = workerZones(facts, group, wanted, zones, subnets).map((one) => one.availabilityZone);
    return inZones.map((zone) => workersOf(group, zone, inZones, facts));
  });
}

function workersOf(
  group: WorkerGroupRequest,
  availabilityZone: string,
  zones: readonly string[],
  { nodeGroups }: FactsOfNodes,
): NewWorkers {
  const name = nodeGroupName(group.name, availabilityZone);
  const named = (wanted: string | undefined) =>
    nodeGroups.find((one: NodeGroupFacts) => one.nodeGroupName === wanted);
  const own = named(name);
  const copied = own ?? named(group.like);
  const { plan } = planWorkers(
    {
      ...group,
      kind: "managed",
      hasImage: false,
      hasNodeRole: true,
      hasInstanceProfile: false,
      hasSecurityGroups: false,
    },
    zones,
    copied && { group: copied, isOwn: own !== undefined },
  );
  return {
    workerGroup: group.name,
    nodeGroupName: name,
    availabilityZone,
    replaces: group.replaces,
    instanceTypes: plan.instanceTypes,
    desiredSize: own?.desiredSize ?? 0,
    maxSize: plan.maxSize,
    labels: workerLabels({
      nodeGroupName: name,
      availabilityZone,
      capacityType: plan.capacityType,
      instanceTypes: plan.instanceTypes,
      labels: zonalLabels(plan.labels, group.eniConfig, availabilityZone),
    }),
    taints: plan.taints,
  };
}

/** The labels of a managed group's workers: its own, and those that EKS and kubelet give, as far as they follow from it. */
export function workerLabels({
  nodeGroupName: name,
  availabilityZone,
  capacityType,
  instanceTypes: [type],
  labels,
}: {
  readonly nodeGroupName: string;
  readonly availabilityZone: string;
  /** @default ON_DEMAND */
  readonly capacityType: string | undefined;
  readonly instanceTypes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}): Readonly<Record<string, string>> {
  const architecture = type === undefined ? undefined : architectureOf(type);
  return {
    ...labels,
    "eks.amazonaws.com/nodegroup": name,
    "eks.amazonaws.com/capacityType": capacityType ?? "ON_DEMAND",
    "kubernetes.io/os": "linux",
    "topology.kubernetes.io/zone": availabilityZone,
    ...(architecture !== undefined && {
      "kubernetes.io/arch": architecture === "ARM_64" ? "arm64" : "amd64",
    }),
  };
}
