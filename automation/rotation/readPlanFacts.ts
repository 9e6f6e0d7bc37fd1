import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeNodegroupCommand } from "@aws-sdk/client-eks";
import { lookUpInTable, type InstanceType } from "../../planning/instanceType";
import { workerLabels } from "../../planning/preflight/newWorkers";
import type { PoolSubnets } from "../../planning/rotation/addressRoom";
import { eniConfigChoice } from "../../planning/rotation/eniConfigChoice";
import type { PlaceFacts, PlanFacts, PoolGroup } from "../../planning/rotation/planFacts";
import type { WorkerPool } from "../../planning/rotation/surge";
import { isStatus } from "../kubernetes";
import { readEniConfigs } from "../preflight/readEniConfigs";
import { readPodDemands, readVolumes } from "../preflight/readPods";
import { nodeGroupFacts } from "../preflight/readWorkers";
import type { Observed } from "./observe";
import type { Tools } from "./outside";
import { subnetRooms } from "./subnetRooms";

/** A pool's group, as far as a plan looks at it. */
interface SeenGroup {
  readonly pool: WorkerPool;
  readonly subnetIds: readonly string[];
  /** Of a managed group; an Auto Scaling group has the labels of its workers in their user data. */
  readonly shows: PoolGroup | undefined;
}

/**
 * Reads what a plan is told besides nodes, pods and pools: room in subnets, and what decides about places.
 *
 * Needs eks:DescribeNodegroup, autoscaling:DescribeAutoScalingGroups, ec2:DescribeSubnets; in Kubernetes list on
 * eniconfigs, pods and persistentvolumes; where the last may not be listed, places are not looked at.
 */
export async function readPlanFacts(
  tools: Tools,
  clusterName: string,
  pools: readonly WorkerPool[],
  { nodes, awsNode }: Observed,
): Promise<PlanFacts> {
  const [groups, eniConfigs] = await Promise.all([
    Promise.all(pools.map((pool) => seenGroup(tools, clusterName, pool))),
    readEniConfigs(tools.kubernetes).catch((error: unknown) => {
      if (isStatus(error, 404)) return [];
      throw error;
    }),
  ]);
  const podSubnetOf = ({ pool, shows }: SeenGroup): string | undefined => {
    const [worker] = pool.nodes;
    const [availabilityZone = ""] = pool.availabilityZones;
    const labels = shows === undefined ? pool.labels : workerLabels({ ...shows, availabilityZone });
    const { name } = eniConfigChoice(worker ?? { labels, annotations: {} }, awsNode);
    return eniConfigs.find((eniConfig) => eniConfig.name === name)?.subnetId;
  };
  const rooms = await subnetRooms(
    tools,
    groups.flatMap((group) => [...group.subnetIds, podSubnetOf(group) ?? ""].filter((id) => id !== "")),
  );
  const typeOf = ({ pool, shows }: SeenGroup): InstanceType | undefined => {
    const [name] = shows?.instanceTypes ?? [];
    const known = pool.nodes[0] ?? nodes.find(({ instanceTypeName }) => instanceTypeName === name);
    return known?.instanceType ?? (name === undefined ? undefined : lookUpInTable(name));
  };
  const subnets = groups.map((group): PoolSubnets => ({
    nodeGroupName: group.pool.nodeGroupName,
    nodeSubnets: group.subnetIds.flatMap((id) => rooms.get(id) ?? []),
    podSubnet: rooms.get(podSubnetOf(group) ?? ""),
    instanceType: typeOf(group),
  }));
  return { subnets, warm: awsNode.warm, places: await placesOf(tools, groups) };
}

async function seenGroup(
  { eks, autoScaling, signal }: Tools,
  clusterName: string,
  pool: WorkerPool,
): Promise<SeenGroup> {
  const name = pool.nodeGroupName;
  if (pool.kind === "autoScaling") {
    const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
      { abortSignal: signal },
    );
    const subnetIds = (group?.VPCZoneIdentifier ?? "").split(",").filter((id) => id !== "");
    return { pool, subnetIds, shows: undefined };
  }
  const { nodegroup = {} } = await eks.send(
    new DescribeNodegroupCommand({ clusterName, nodegroupName: name }),
    { abortSignal: signal },
  );
  const { subnetIds, ...shows } = nodeGroupFacts(nodegroup);
  return { pool, subnetIds, shows };
}

/** None where a pool has no worker yet and its group does not tell what one will show; or where volumes may not be listed. */
async function placesOf(
  { kubernetes }: Tools,
  groups: readonly SeenGroup[],
): Promise<PlaceFacts | undefined> {
  if (groups.some(({ pool, shows }) => shows === undefined && pool.nodes.length === 0)) return undefined;
  try {
    const [demands, volumes] = await Promise.all([readPodDemands(kubernetes), readVolumes(kubernetes)]);
    return { groups: groups.flatMap(({ shows }) => shows ?? []), demands, volumes };
  } catch (error) {
    if (isStatus(error, 403)) return undefined;
    throw error;
  }
}
