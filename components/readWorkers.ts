import type * as pulumi from "@pulumi/pulumi";
import { getAmiIds as getAutoScalingGroupNames } from "@pulumi/aws/autoscaling/getAmiIds";
import { getGroup } from "@pulumi/aws/autoscaling/getGroup";
import { getNodeGroup, type GetNodeGroupResult } from "@pulumi/aws/eks/getNodeGroup";
import { getNodeGroups } from "@pulumi/aws/eks/getNodeGroups";
import type { ClusterFacts, NodeGroupFacts, ScalingGroupFacts } from "../planning/podNetwork/clusterFacts";

/**
 * Reads the managed node groups of a cluster and its other Auto Scaling groups, which carry the cluster's tag as the
 * EKS user guide asks of self-managed nodes.
 */
export async function readWorkers(
  clusterName: string,
  opts?: pulumi.InvokeOptions,
): Promise<Pick<ClusterFacts, "nodeGroups" | "scalingGroups">> {
  const filters = [{ name: "tag-key", values: [`kubernetes.io/cluster/${clusterName}`] }];
  const [managed, tagged] = await Promise.all([
    readNodeGroups(clusterName, opts),
    // That is the SDK's name of the data source aws_autoscaling_groups.
    getAutoScalingGroupNames({ filters }, opts),
  ]);
  // Managed groups consist of Auto Scaling groups with the same tag.
  const ofManaged = new Set(
    managed.flatMap(({ resources }) =>
      resources.flatMap(({ autoscalingGroups }) => autoscalingGroups.map(({ name }) => name)),
    ),
  );
  const others = tagged.names.filter((name) => !ofManaged.has(name)).sort();
  return {
    nodeGroups: managed.map(nodeGroupFacts),
    scalingGroups: await Promise.all(others.map((name) => readScalingGroup(name, opts))),
  };
}

async function readNodeGroups(
  clusterName: string,
  opts?: pulumi.InvokeOptions,
): Promise<GetNodeGroupResult[]> {
  const { names } = await getNodeGroups({ clusterName }, opts);
  return Promise.all(
    [...names].sort().map((nodeGroupName) => getNodeGroup({ clusterName, nodeGroupName }, opts)),
  );
}

/** What is known of a managed node group from the data source of it. */
export function nodeGroupFacts(group: GetNodeGroupResult): NodeGroupFacts {
  const [scaling] = group.scalingConfigs;
  const [template] = group.launchTemplates;
  return {
    nodeGroupName: group.nodeGroupName,
    subnetIds: group.subnetIds,
    instanceTypes: group.instanceTypes,
    amiType: group.amiType,
    capacityType: group.capacityType,
    ...(group.diskSize > 0 && { diskSize: group.diskSize }),
    labels: group.labels,
    taints: group.taints.map(({ key, value, effect }) => ({
      key,
      ...(value !== "" && { value }),
      effect: inWordsOfKubernetes(effect),
    })),
    nodeRoleArn: group.nodeRoleArn,
    tags: group.tags,
    minSize: scaling?.minSize ?? 0,
    maxSize: scaling?.maxSize ?? 0,
    desiredSize: scaling?.desiredSize ?? 0,
    ...(template && {
      launchTemplate: { id: template.id, name: template.name, version: template.version },
    }),
  };
}

/** EKS's API writes NO_SCHEDULE where Kubernetes writes NoSchedule. */
function inWordsOfKubernetes(effect: string): string {
  return effect
    .split("_")
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join("");
}

async function readScalingGroup(name: string, opts?: pulumi.InvokeOptions): Promise<ScalingGroupFacts> {
  const { vpcZoneIdentifier, tags } = await getGroup({ name }, opts);
  return {
    name,
    subnetIds: vpcZoneIdentifier.split(",").filter((subnetId) => subnetId !== ""),
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
  };
}
