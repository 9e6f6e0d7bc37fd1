import type * as pulumi from "@pulumi/pulumi";
import { getLaunchTemplate } from "@pulumi/aws/ec2/getLaunchTemplate";
import { getNodeGroup } from "@pulumi/aws/eks/getNodeGroup";
import type { NodeGroupFacts } from "../../planning/podNetwork/clusterFacts";
import { nodeGroupFacts } from "../readWorkers";

/**
 * Reads a managed node group. Needs eks:DescribeNodegroup.
 *
 * @throws what AWS answers, for instance where there is none of this name.
 */
export async function readNodeGroup(
  clusterName: string,
  nodeGroupName: string,
  opts?: pulumi.InvokeOptions,
): Promise<NodeGroupFacts> {
  return nodeGroupFacts(await getNodeGroup({ clusterName, nodeGroupName }, opts));
}

/**
 * Reads a managed node group of a worker group. Its disk, which the launch template says where there is one, is read
 * from that. Needs ec2:DescribeLaunchTemplates and DescribeLaunchTemplateVersions as well.
 */
export async function readOwnNodeGroup(
  clusterName: string,
  nodeGroupName: string,
  opts?: pulumi.InvokeOptions,
): Promise<NodeGroupFacts> {
  const group = await readNodeGroup(clusterName, nodeGroupName, opts);
  if (group.launchTemplate === undefined) return group;
  const { blockDeviceMappings } = await getLaunchTemplate({ id: group.launchTemplate.id }, opts);
  const diskSize = blockDeviceMappings[0]?.ebs[0]?.volumeSize ?? 0;
  return diskSize > 0 ? { ...group, diskSize } : group;
}
