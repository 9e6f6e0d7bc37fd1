import type * as pulumi from "@pulumi/pulumi";
import { getCluster } from "@pulumi/aws/eks/getCluster";
import { getDefaultTags } from "@pulumi/aws/getDefaultTags";
import type { NodeGroupFacts } from "../../planning/podNetwork/clusterFacts";
import type { ClusterCoordinates } from "../../planning/userData/nodeSettings";
import type { WorkerGroupArgs } from "./workerGroupArgs";
import { hasSource } from "./problemsNow";
import { readWorkerGroup, type ReadWorkerGroup } from "./readWorkerGroup";

/** What a node must be told of its cluster where EKS doesn't. */
export interface ReadCluster extends ClusterCoordinates {
  readonly clusterSecurityGroupId: string;
}

/** What must be known of a cluster before its workers are made. */
export interface ReadNeeds extends ReadWorkerGroup {
  /** Only for images of one's own. */
  readonly cluster?: ReadCluster;
}

/**
 * Reads of the cluster what the arguments make necessary, and nothing else: the groups that exist, for what is copied
 * from them and for a minimum that may be above their size, which Auto Scaling raises by itself; the cluster, for nodes that EKS does not tell how to join.
 */
export async function readNeeds(args: WorkerGroupArgs, opts: pulumi.InvokeOptions): Promise<ReadNeeds> {
  const { clusterName, groupName, kind = "managed", like, zones, imageId, minSize = 0 } = args;
  const needsGroups = kind === "managed" ? hasSource(args) || minSize > 0 : like !== undefined;
  const [group, defaultTags, cluster] = await Promise.all([
    needsGroups
      ? readWorkerGroup(
          {
            clusterName,
            groupName,
            kind,
            like,
            zones: zones?.map(({ availabilityZone }) => availabilityZone),
          },
          opts,
        )
      : { names: [], groups: new Map<string, NodeGroupFacts>() },
    kind === "managed" && hasSource(args) ? getDefaultTags({}, opts).then(({ tags }) => tags) : {},
    imageId === undefined ? undefined : readClusterOf(clusterName, opts),
  ]);
  return { ...withoutTags(group, defaultTags), ...(cluster !== undefined && { cluster }) };
}

/**
 * Groups without the tags that the provider puts on everything: copied, they would be told in the second run of a group
 * that was made without them in the first.
 */
function withoutTags(read: ReadWorkerGroup, tags: Readonly<Record<string, string>>): ReadWorkerGroup {
  const less = (group: NodeGroupFacts): NodeGroupFacts => ({
    ...group,
    tags: Object.fromEntries(Object.entries(group.tags).filter(([key, value]) => tags[key] !== value)),
  });
  return {
    ...read,
    groups: new Map([...read.groups].map(([zone, group]) => [zone, less(group)])),
    ...(read.like !== undefined && { like: less(read.like) }),
  };
}

async function readClusterOf(name: string, opts: pulumi.InvokeOptions): Promise<ReadCluster> {
  const { endpoint, certificateAuthorities, kubernetesNetworkConfigs, vpcConfig } = await getCluster(
    { name },
    opts,
  );
  return {
    apiServerEndpoint: endpoint,
    certificateAuthority: certificateAuthorities[0]?.data ?? "",
    serviceCidr: kubernetesNetworkConfigs[0]?.serviceIpv4Cidr ?? "",
    clusterSecurityGroupId: vpcConfig.clusterSecurityGroupId,
  };
}
