import type * as pulumi from "@pulumi/pulumi";
import { getAmiIds as getAutoScalingGroupNames } from "@pulumi/aws/autoscaling/getAmiIds";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet";
import { getNodeGroups } from "@pulumi/aws/eks/getNodeGroups";
import { isOurs, type NodeGroupFacts } from "../../planning/podNetwork/clusterFacts";
import { nodeGroupName } from "../../planning/podNetwork/workerGroups";
import type { WorkerGroupKind } from "../../planning/workers/workerRequest";
import { readNodeGroup, readOwnNodeGroup } from "./readNodeGroup";
import { readOwnScalingGroup } from "./readOwnScalingGroup";

/** A zone of a worker group and the subnets in it. */
export interface ReadZone {
  readonly availabilityZone: string;
  readonly subnetIds: string[];
}

/** What the cluster has of a worker group, and of the group that it is to be like. */
export interface ReadWorkerGroup {
  /** Names of all managed node groups of the cluster. */
  readonly names: readonly string[];
  /** Groups with the names of this worker group, by their zones. */
  readonly groups: ReadonlyMap<string, NodeGroupFacts>;
  /** The group of `like`; none once it is gone. */
  readonly like?: NodeGroupFacts;
  /** Where its nodes and those of this worker group are; only where no zones are given. */
  readonly zones?: readonly ReadZone[];
}

/** What is looked for. */
interface Wanted {
  readonly clusterName: string;
  readonly groupName: string;
  readonly kind: WorkerGroupKind;
  readonly like?: string | undefined;
  /** Names of the zones, where they are given. */
  readonly zones?: readonly string[] | undefined;
}

/**
 * Reads the groups of a worker group and the one that it is to be like, as far as they exist. Needs
 * eks:ListNodegroups and DescribeNodegroup; without zones also ec2:DescribeSubnets.
 */
export async function readWorkerGroup(wanted: Wanted, opts?: pulumi.InvokeOptions): Promise<ReadWorkerGroup> {
  const { clusterName, groupName, zones } = wanted;
  const { names } = await getNodeGroups({ clusterName }, opts);
  const own = await ownGroupsOf(wanted, names, opts);
  const like =
    wanted.like !== undefined && names.includes(wanted.like)
      ? await readNodeGroup(clusterName, wanted.like, opts)
      : undefined;
  const found = { names, ...(like !== undefined && { like }) };
  if (zones !== undefined) {
    const existing = zones.filter((zone) => own.names.includes(nodeGroupName(groupName, zone)));
    const groups = await Promise.all(
      existing.map(async (zone) => [zone, await own.read(nodeGroupName(groupName, zone))] as const),
    );
    return { ...found, groups: new Map(groups) };
  }

  const candidates = await Promise.all(
    own.names
      .filter((name) => name.startsWith(`${groupName}-`))
      .map(async (name) => {
        const group = await own.read(name);
        return isOurs(group, clusterName) ? await inItsZone(group, groupName, opts) : [];
      }),
  );
  const groups = candidates.flat();
  const taken = new Set(groups.map(([{ availabilityZone }]) => availabilityZone));
  const ofLike = like === undefined ? [] : await zonesOf(like.subnetIds, opts);
  const all = [
    ...groups.map(([zone]) => zone),
    ...ofLike.filter(({ availabilityZone }) => !taken.has(availabilityZone)),
  ];
  return {
    ...found,
    groups: new Map(groups.map(([{ availabilityZone }, group]) => [availabilityZone, group])),
    zones: all.sort((a, b) => (a.availabilityZone < b.availabilityZone ? -1 : 1)),
  };
}

/** Groups of the kind that the worker group is of. */
interface OwnGroups {
  readonly names: readonly string[];
  readonly read: (name: string) => Promise<NodeGroupFacts>;
}

async function ownGroupsOf(
  { clusterName, kind }: Wanted,
  nodeGroups: readonly string[],
  opts?: pulumi.InvokeOptions,
): Promise<OwnGroups> {
  if (kind === "managed") {
    return { names: nodeGroups, read: (name) => readOwnNodeGroup(clusterName, name, opts) };
  }
  // That is the SDK's name of the data source aws_autoscaling_groups.
  const { names } = await getAutoScalingGroupNames(
    { filters: [{ name: "tag-key", values: [`kubernetes.io/cluster/${clusterName}`] }] },
    opts,
  );
  return { names, read: (name) => readOwnScalingGroup(name, opts) };
}

/** A group of ours with its zone; none where its name is that of another worker group, which begins with this one's. */
async function inItsZone(
  group: NodeGroupFacts,
  groupName: string,
  opts?: pulumi.InvokeOptions,
): Promise<[ReadZone, NodeGroupFacts][]> {
  const zones = await zonesOf(group.subnetIds, opts);
  return zones
    .filter(({ availabilityZone }) => nodeGroupName(groupName, availabilityZone) === group.nodeGroupName)
    .map((zone) => [zone, group]);
}

async function zonesOf(subnetIds: readonly string[], opts?: pulumi.InvokeOptions): Promise<ReadZone[]> {
  const zones = new Map<string, string[]>();
  for (const subnetId of [...subnetIds].sort()) {
    const { availabilityZone } = await getSubnet({ id: subnetId }, opts);
    zones.set(availabilityZone, [...(zones.get(availabilityZone) ?? []), subnetId]);
  }
  return [...zones].map(([availabilityZone, ids]) => ({ availabilityZone, subnetIds: ids }));
}
