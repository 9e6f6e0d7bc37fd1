import type { Fleet, FleetRow } from "../fleet";
import type { InstanceType } from "../instanceType";
import { HOST_NETWORK_PODS, maxPods } from "../maxPods";
import type { PlannedPodSubnet } from "../podNetwork/podRoutes";
import { isFinished, podsByNode, type ClusterNode, type ClusterPod } from "../rotation/observation";
import { hasPodEni } from "../rotation/workerShape";
import { sum } from "../sequence";
import { takesCustomNetworking } from "../takesCustomNetworking";
import type { CniPlan } from "./picture";

/** Today's nodes and pods as a fleet on tomorrow's pod subnets, and the types of its nodes. */
export interface PodFleet {
  readonly fleet: Fleet;
  readonly types: ReadonlyMap<string, InstanceType>;
}

/**
 * Puts today's pods on nodes as they will be: of the same types in the same zones, more of them where fewer pods fit on
 * each. Nodes of types that nobody knows or that carry no pod, and those that custom networking does not change, are
 * left out.
 *
 * @returns nothing where no node is left.
 */
export function podFleet(
  podSubnets: readonly PlannedPodSubnet[],
  { nodes, pods }: { readonly nodes: readonly ClusterNode[]; readonly pods: readonly ClusterPod[] },
  { prefixDelegation, maxEni, warm }: CniPlan,
): PodFleet | undefined {
  const subnets = podSubnets
    .filter(({ group }) => group === undefined)
    .map(({ availabilityZone, cidrBlock }) => ({ zone: availabilityZone, cidr: cidrBlock }));
  const zones = subnets.map(({ zone }) => zone);
  const types = new Map<string, InstanceType>();
  const byNode = podsByNode(pods.filter((pod) => !isFinished(pod) && !pod.hostNetwork));
  const alike = new Map<string, ClusterNode[]>();
  for (const node of nodes) {
    const { instanceType: type, availabilityZone } = node;
    if (!takesCustomNetworking(node) || !zones.includes(availabilityZone)) continue;
    if (type === undefined || !hasPodEni(type, { maxEni })) continue;
    types.set(type.instanceType, type);
    const key = `${type.instanceType} ${availabilityZone}`;
    alike.set(key, [...(alike.get(key) ?? []), node]);
  }
  const instances = [...alike.values()].flatMap((here): FleetRow[] => {
    const [first] = here;
    const type = first?.instanceType;
    if (type === undefined) return [];
    const onNode = here.map(({ name }) => byNode.get(name) ?? []);
    const daemons = Math.max(...onNode.map((on) => on.filter(isDaemon).length));
    const workload = sum(onNode, (on) => on.filter((pod) => !isDaemon(pod)).length);
    const room = maxPods(type, { customNetworking: true, prefixDelegation, maxEni });
    const perNode = Math.max(1, Math.min(room.maxPods - HOST_NETWORK_PODS, room.podAddresses) - daemons);
    const count = Math.max(here.length, Math.ceil(workload / perNode));
    // DaemonSets differ by type, and a fleet has one number for all; so they count as pods of the row.
    const podsPerNode = Math.ceil(workload / count) + daemons;
    return [{ type: type.instanceType, count, podsPerNode, zone: first?.availabilityZone ?? "" }];
  });
  if (instances.length === 0) return undefined;
  return {
    types,
    fleet: {
      ...{ subnets, instances, customNetworking: true, prefixDelegation },
      ...(maxEni !== undefined && { maxEni }),
      ...definedOf(warm),
      // One in each zone, as a rotation begins.
      surge: zones.length,
    },
  };
}

function isDaemon({ controller }: ClusterPod): boolean {
  return controller?.kind === "DaemonSet";
}

function definedOf({ warmEniTarget, warmIpTarget, minimumIpTarget, warmPrefixTarget }: CniPlan["warm"]) {
  return {
    ...(warmEniTarget !== undefined && { warmEniTarget }),
    ...(warmIpTarget !== undefined && { warmIpTarget }),
    ...(minimumIpTarget !== undefined && { minimumIpTarget }),
    ...(warmPrefixTarget !== undefined && { warmPrefixTarget }),
  };
}
