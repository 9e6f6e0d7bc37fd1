import type { Problem } from "../../planning/problem";
import { makersInPodSubnets, type NodeMaker } from "../../planning/rollback/nodeMakers";
import type { OldRangeZone } from "../../planning/rollback/oldRange";
import { replacedGroups, type ReplacingGroup } from "../../planning/rollback/replacedGroups";
import type { RestorableGroup } from "../../planning/rollback/restoredSizes";
import { describeOwner, groupKey, groupOf } from "../../planning/rotation/nodeOwner";
import { oldNodes } from "../../planning/rotation/oldNodes";
import type { Observation } from "../../planning/rotation/observation";
import { sum } from "../../planning/sequence";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { describeGroup, groupNamed, type FoundGroup } from "../rotation/groups";
import { heldProcesses } from "../rotation/oldGroupProcesses";
import type { Tools } from "../rotation/outside";
import type { PoolSource } from "../rotation/pools";
import type { RotationRecord } from "../rotation/record";
import { describeScalingGroups } from "../rotation/scalingGroups";
import { subnetRooms } from "../rotation/subnetRooms";
import { karpenterSubnets } from "./karpenterSubnets";

/** The groups to which pods go back. */
export interface OldGroups {
  readonly sources: readonly PoolSource[];
  /** The same with their sizes, now and as they were recorded. */
  readonly sizes: readonly RestorableGroup[];
  /** Their subnets, and those in which Karpenter makes nodes again, by zone. */
  readonly zones: readonly OldRangeZone[];
  /** How they are now, by key, in the form in which that is recorded. */
  readonly now: Groups;
  readonly problems: readonly Problem[];
}

type Groups = NonNullable<RotationRecord["before"]>;

/** A group with where it makes nodes, and how it is. */
interface PlacedGroup extends FoundGroup {
  readonly availabilityZones: readonly string[];
  readonly subnetIds: readonly string[];
  readonly now: Groups[string];
  /** Nodes of its own that go, as they have something of the pod subnets. */
  readonly going: number;
}

/**
 * Finds the groups to which pods go back: those that the worker groups took the place of, and of nodes that were there all
 * the time and have something of the pod subnets, their own. Managed node groups and Auto Scaling groups are alike. Nodes
 * of Karpenter are made again by Karpenter, and an instance of no group by nobody.
 *
 * Needs eks:DescribeNodegroup, autoscaling:DescribeAutoScalingGroups, ec2:DescribeSubnets, and what `karpenterSubnets`
 * needs.
 *
 * @param observation with the way back as its goal.
 * @param before how groups were before the first rotation, by key, as the record has it.
 */
export async function findOldGroups(
  tools: Tools,
  { clusterName, workerGroups }: PodNetworkOutputs,
  observation: Observation,
  before: Groups = {},
): Promise<OldGroups> {
  const leavingGroups = observation.target.wayBack?.leavingGroups ?? [];
  const isGoing = ({ nodeGroupName }: ReplacingGroup) => leavingGroups.includes(nodeGroupName);
  const replacing = workerGroups.map((group): ReplacingGroup => ({
    ...group,
    replaces: replacedGroups(group, workerGroups.filter(isGoing)),
  }));
  const names = [...new Set(replacing.flatMap(({ replaces }) => replaces))].sort();
  const leaving = oldNodes(observation);
  const named = await Promise.all(names.map((name) => groupNamed(tools, clusterName, name)));
  const groups = new Map(named.flatMap((one) => (one === undefined ? [] : [[groupKey(one.ref), one]])));
  for (const ref of leaving.flatMap(({ node }) => groupOf(node.owner) ?? [])) {
    if (leavingGroups.includes(ref.name) || groups.has(groupKey(ref))) continue;
    const group = await describeGroup(tools, clusterName, ref);
    if (group !== undefined) groups.set(groupKey(ref), { ref, group });
  }
  const found = await Promise.all(
    [...groups.values()].map(async (one): Promise<PlacedGroup> => {
      const key = groupKey(one.ref);
      const own = leaving.flatMap(({ node }) => groupOf(node.owner) ?? []);
      const going = own.filter((ref) => groupKey(ref) === key).length;
      return { ...one, ...(await placesOf(tools, one)), going };
    }),
  );
  const makers = [
    ...found.map(({ ref, subnetIds }) => ({ kind: "group" as const, name: describeOwner(ref), subnetIds })),
    ...(await karpenterSubnets(tools, leaving)),
  ];
  // The pods of a worker group that stays do not go to what it has replaced: its own nodes are made anew in it.
  const going = replacing.filter(isGoing);
  const isNeeded = (name: string) => going.some(({ replaces }) => replaces.includes(name));
  return {
    sources: found.map((one) => sourceOf(one, going, before)),
    sizes: found.map((one) => sizesOf(one, before)),
    zones: await zonesOf(tools, makers),
    now: Object.fromEntries(found.map(({ ref, now }) => [groupKey(ref), now])),
    problems: [
      ...names.filter((name, index) => named[index] === undefined && isNeeded(name)).map(goneProblem),
      ...found.flatMap(deletionProblems),
      ...makersInPodSubnets(makers, observation.target),
    ],
  };
}

function sourceOf(
  { ref, group, availabilityZones, going }: PlacedGroup,
  workerGroups: readonly ReplacingGroup[],
  before: Groups,
): PoolSource {
  const { kind, name } = ref;
  const minSize = before[groupKey(ref)]?.minSize ?? 0;
  const replaced = workerGroups.filter(({ replaces }) => replaces.includes(name));
  return {
    name,
    kind: kind === "managedNodeGroup" ? "managed" : "autoScaling",
    nodeGroupName: name,
    availabilityZones,
    replaces: [name, ...replaced.map(({ nodeGroupName }) => nodeGroupName)],
    // One of which nodes go has to be without a minimum until they are gone, and gets it back then.
    ...(group.minSize === 0 && minSize > 0 && going === 0 && { minSize }),
  };
}

function sizesOf(
  { ref, group: { desiredSize, maxSize }, availabilityZones, now, going }: PlacedGroup,
  before: Groups,
): RestorableGroup {
  const had = before[groupKey(ref)] ?? now;
  return {
    name: ref.name,
    availabilityZones,
    desiredSize: Math.max(0, desiredSize - going),
    going,
    maxSize,
    recordedSize: Math.max(had.desiredSize, had.minSize),
  };
}

/** Where a group makes nodes, and how it is. */
async function placesOf(
  tools: Tools,
  { group: { autoScalingGroups, minSize, desiredSize } }: FoundGroup,
): Promise<Pick<PlacedGroup, "availabilityZones" | "subnetIds" | "now">> {
  const scaling = await describeScalingGroups(tools, autoScalingGroups);
  return {
    availabilityZones: [
      ...new Set(scaling.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones)),
    ].sort(),
    subnetIds: scaling.flatMap(({ VPCZoneIdentifier = "" }) => VPCZoneIdentifier.split(",").filter(Boolean)),
    now: {
      minSize,
      desiredSize,
      suspended: Object.fromEntries(
        scaling.map((one) => [one.AutoScalingGroupName ?? "", heldProcesses(one)]),
      ),
    },
  };
}

async function zonesOf(tools: Tools, makers: readonly NodeMaker[]): Promise<OldRangeZone[]> {
  const rooms = await subnetRooms(
    tools,
    makers.flatMap((maker) => maker.subnetIds),
  );
  const subnets = [...rooms.values()];
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

const ANOTHER =
  "Make it again with its subnets, instance types, labels and taints; or name another group in its place in replaces, and run podnet up. Then look again.";

function goneProblem(name: string): Problem {
  const ref = { kind: "managedNodeGroup", name } as const;
  return {
    path: `workerGroups[].replaces`,
    reason: `${describeOwner(ref)} is gone (nor is there an Auto Scaling group ${name}), so its pods have nowhere to go back to.`,
    fix: ANOTHER,
  };
}

/** As EKS and Auto Scaling call what has nodes still, and makes none any more. */
function deletionProblems({ ref, group: { status } }: PlacedGroup): Problem[] {
  if (!/^(DELETING|DELETE_FAILED|Delete in progress)$/.test(status)) return [];
  return [
    {
      path: `workerGroups[].replaces`,
      reason: `${describeOwner(ref)} is being deleted (${status}), so its pods have nowhere to go back to.`,
      fix: ANOTHER,
    },
  ];
}
