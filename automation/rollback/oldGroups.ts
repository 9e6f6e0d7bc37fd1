import type { Problem } from "../../planning/problem";
import type { OldRangeZone } from "../../planning/rollback/oldRange";
import type { RestorableGroup } from "../../planning/rollback/restoredSizes";
import { describeOwner, groupKey, groupOf } from "../../planning/rotation/nodeOwner";
import { oldNodes } from "../../planning/rotation/oldNodes";
import type { Observation } from "../../planning/rotation/observation";
import { sum } from "../../planning/sequence";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { describeGroup, groupNamed } from "../rotation/groups";
import type { NodeGroup } from "../rotation/nodeGroups";
import type { Tools } from "../rotation/outside";
import type { PoolSource } from "../rotation/pools";
import type { RotationRecord } from "../rotation/record";
import { describeScalingGroups } from "../rotation/scalingGroups";
import { describeSubnetRooms } from "../rotation/subnetRooms";

/** The groups to which pods go back. */
export interface OldGroups {
  readonly sources: readonly PoolSource[];
  /** The same with their sizes, now and as they were recorded. */
  readonly sizes: readonly RestorableGroup[];
  /** Their subnets, by zone. */
  readonly zones: readonly OldRangeZone[];
  readonly problems: readonly Problem[];
}

/**
 * Finds the groups to which pods go back: those that the worker groups took the place of, and of nodes that were there all
 * the time and have something of the pod subnets, their own.
 *
 * Needs eks:DescribeNodegroup, autoscaling:DescribeAutoScalingGroups, ec2:DescribeSubnets.
 *
 * @param observation with the way back as its goal.
 * @param before how groups were before the first rotation, by key, as the record has it.
 */
export async function findOldGroups(
  tools: Tools,
  { clusterName, workerGroups }: PodNetworkOutputs,
  observation: Observation,
  before: RotationRecord["before"] = {},
): Promise<OldGroups> {
  const names = [...new Set(workerGroups.flatMap(({ replaces }) => replaces))].sort();
  const leaving = observation.target.wayBack?.leavingGroups ?? [];
  const named = await Promise.all(names.map((name) => groupNamed(tools, clusterName, name)));
  const groups = new Map(named.flatMap((one) => (one === undefined ? [] : [[groupKey(one.ref), one]])));
  for (const ref of oldNodes(observation).flatMap(({ node }) => groupOf(node.owner) ?? [])) {
    if (leaving.includes(ref.name) || groups.has(groupKey(ref))) continue;
    const group = await describeGroup(tools, clusterName, ref);
    if (group !== undefined) groups.set(groupKey(ref), { ref, group });
  }
  const found = await Promise.all(
    [...groups.values()].map(async ({ ref, group }) => ({ ref, group, ...(await placesOf(tools, group)) })),
  );
  return {
    sources: found.map(({ ref: { kind, name }, availabilityZones }) => ({
      name,
      kind: kind === "managedNodeGroup" ? "managed" : "autoScaling",
      nodeGroupName: name,
      availabilityZones,
      replaces: [
        name,
        ...workerGroups
          .filter(({ replaces }) => replaces.includes(name))
          .map(({ nodeGroupName }) => nodeGroupName),
      ],
    })),
    sizes: found.map(({ ref, group: { desiredSize, maxSize }, availabilityZones }) => {
      const had = before[groupKey(ref)];
      const recordedSize = had && Math.max(had.desiredSize, had.minSize);
      return { name: ref.name, availabilityZones, desiredSize, maxSize, recordedSize };
    }),
    zones: await zonesOf(
      tools,
      found.flatMap(({ subnetIds }) => subnetIds),
    ),
    problems: names.filter((_, index) => named[index] === undefined).map(goneProblem),
  };
}

/** Where a group makes nodes. */
async function placesOf(
  tools: Tools,
  { autoScalingGroups }: NodeGroup,
): Promise<{ readonly availabilityZones: readonly string[]; readonly subnetIds: readonly string[] }> {
  const scaling = await describeScalingGroups(tools, autoScalingGroups);
  return {
    availabilityZones: [
      ...new Set(scaling.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones)),
    ].sort(),
    subnetIds: scaling.flatMap(({ VPCZoneIdentifier = "" }) => VPCZoneIdentifier.split(",").filter(Boolean)),
  };
}

async function zonesOf(tools: Tools, subnetIds: readonly string[]): Promise<OldRangeZone[]> {
  if (subnetIds.length === 0) return [];
  const subnets = await describeSubnetRooms(tools, { SubnetIds: [...new Set(subnetIds)] });
  const zones = [...new Set(subnets.map((subnet) => subnet.availabilityZone))].sort();
  return zones.map((availabilityZone) => {
    const here = subnets.filter((subnet) => subnet.availabilityZone === availabilityZone);
    return {
      availabilityZone,
      subnetIds: here.map(({ subnetId }) => subnetId),
      freeAddresses: sum(here, ({ freeAddresses }) => freeAddresses),
    };
  });
}

function goneProblem(name: string): Problem {
  const ref = { kind: "managedNodeGroup", name } as const;
  return {
    path: `workerGroups[].replaces`,
    reason: `${describeOwner(ref)} is gone (nor is there an Auto Scaling group ${name}), so its pods have nowhere to go back to.`,
    fix: "Make it again with its subnets, instance types, labels and taints; or name another group in its place in replaces, and run podnet up. Then look again.",
  };
}
