import { paginateDescribeAutoScalingGroups, type AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import {
  DescribeNodegroupCommand,
  paginateListNodegroups,
  type EKSClient,
  type Nodegroup,
} from "@aws-sdk/client-eks";
import type { NodeGroupFacts, ScalingGroupFacts } from "../../planning/podNetwork/clusterFacts";

/** The managed node groups of a cluster by their names. Needs eks:ListNodegroups, DescribeNodegroup. */
export async function readNodeGroups(
  { eks, signal }: { readonly eks: EKSClient; readonly signal: AbortSignal },
  clusterName: string,
): Promise<NodeGroupFacts[]> {
  const names: string[] = [];
  const pages = paginateListNodegroups({ client: eks }, { clusterName }, { abortSignal: signal });
  for await (const { nodegroups = [] } of pages) names.push(...nodegroups);
  return Promise.all(
    names.sort().map(async (nodegroupName) => {
      const { nodegroup = {} } = await eks.send(
        new DescribeNodegroupCommand({ clusterName, nodegroupName }),
        { abortSignal: signal },
      );
      return nodeGroupFacts(nodegroup);
    }),
  );
}

/** What is known of a managed node group from EKS's description of it. */
export function nodeGroupFacts(group: Nodegroup): NodeGroupFacts {
  const { scalingConfig = {}, launchTemplate: template, diskSize = 0 } = group;
  return {
    nodeGroupName: group.nodegroupName ?? "",
    subnetIds: group.subnets ?? [],
    instanceTypes: group.instanceTypes ?? [],
    amiType: group.amiType ?? "",
    capacityType: group.capacityType ?? "",
    ...(diskSize > 0 && { diskSize }),
    labels: group.labels ?? {},
    taints: (group.taints ?? []).map(({ key = "", value = "", effect = "" }) => ({
      key,
      ...(value !== "" && { value }),
      effect: inWordsOfKubernetes(effect),
    })),
    nodeRoleArn: group.nodeRole ?? "",
    tags: group.tags ?? {},
    minSize: scalingConfig.minSize ?? 0,
    maxSize: scalingConfig.maxSize ?? 0,
    desiredSize: scalingConfig.desiredSize ?? 0,
    ...(template && {
      launchTemplate: {
        id: template.id ?? "",
        name: template.name ?? "",
        version: template.version ?? "",
      },
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

/**
 * The Auto Scaling groups of a cluster that are no managed node group's, by the tag that the EKS user guide asks of
 * self-managed nodes. Needs autoscaling:DescribeAutoScalingGroups.
 */
export async function readScalingGroups(
  { autoScaling, signal }: { readonly autoScaling: AutoScalingClient; readonly signal: AbortSignal },
  clusterName: string,
): Promise<ScalingGroupFacts[]> {
  const found: ScalingGroupFacts[] = [];
  const Filters = [{ Name: "tag-key", Values: [`kubernetes.io/cluster/${clusterName}`] }];
  const pages = paginateDescribeAutoScalingGroups(
    { client: autoScaling },
    { Filters },
    { abortSignal: signal },
  );
  for await (const { AutoScalingGroups = [] } of pages) {
    for (const { AutoScalingGroupName = "", VPCZoneIdentifier = "", Tags = [] } of AutoScalingGroups) {
      const tags = Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
      if (tags[MANAGED_BY_EKS] !== undefined) continue;
      const subnetIds = VPCZoneIdentifier.split(",").filter((subnetId) => subnetId !== "");
      found.push({ name: AutoScalingGroupName, subnetIds, tags });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** EKS puts it on the Auto Scaling groups of its managed node groups. */
const MANAGED_BY_EKS = "eks:nodegroup-name";
