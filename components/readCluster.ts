import type * as pulumi from "@pulumi/pulumi";
import { getCluster, type GetClusterResult } from "@pulumi/aws/eks/getCluster";
import type { ClusterFacts } from "../planning/podNetwork/clusterFacts";
import { InvalidInputError, shown } from "../planning/problem";
import { readInstances } from "./readInstances";
import { readVpc } from "./readVpc";
import { isNotFound, readVpcCni } from "./readVpcCni";
import { readWorkers } from "./readWorkers";

/**
 * Reads a cluster and its VPC, before any resource is made: how many there are depends on it. What Kubernetes alone
 * knows (EC2NodeClasses) is not read here.
 *
 * Needs the IAM actions eks:DescribeCluster, ListNodegroups, DescribeNodegroup and DescribeAddon; ec2:DescribeVpcs,
 * DescribeSubnets, DescribeRouteTables, DescribeVpcPeeringConnections and DescribeInstances (the provider reads
 * DescribeInstanceAttribute, DescribeTags and DescribeVolumes with one); autoscaling:DescribeAutoScalingGroups.
 *
 * @param opts of each call, for a provider of one's own.
 * @throws InvalidInputError when there is no such cluster; otherwise what AWS answers.
 */
export async function readCluster(clusterName: string, opts?: pulumi.InvokeOptions): Promise<ClusterFacts> {
  // What needs only the name waits for nothing, and what needs the VPC only for that.
  const reading = readControlPlane(clusterName, opts);
  const vpcReading = reading.then(({ vpcConfig }) => readVpc(vpcConfig.vpcId, opts));
  const [cluster, vpc, instances, workers, vpcCni] = await Promise.all([
    reading,
    vpcReading,
    reading.then(({ vpcConfig }) =>
      readInstances(
        clusterName,
        vpcConfig.vpcId,
        vpcReading.then(({ subnets }) => subnets),
        opts,
      ),
    ),
    // That there is no such cluster says more than that it has no groups.
    readWorkers(clusterName, opts).catch((error: unknown) =>
      reading.then(() => Promise.reject(error as Error)),
    ),
    readVpcCni(clusterName, opts),
  ]);
  const serviceCidrBlock = cluster.kubernetesNetworkConfigs[0]?.serviceIpv4Cidr ?? "";
  return {
    clusterName,
    region: cluster.region,
    vpcId: cluster.vpcConfig.vpcId,
    version: cluster.version,
    ...vpc,
    ...(serviceCidrBlock !== "" && { serviceCidrBlock }),
    clusterSecurityGroupId: cluster.vpcConfig.clusterSecurityGroupId,
    ...workers,
    nodeClasses: [],
    instances,
    ...(vpcCni && { vpcCni }),
  };
}

/**
 * Reads of a cluster what EKS itself knows.
 *
 * @throws InvalidInputError when there is no such cluster; otherwise what AWS answers.
 */
export async function readControlPlane(
  clusterName: string,
  opts?: pulumi.InvokeOptions,
): Promise<GetClusterResult> {
  return getCluster({ name: clusterName }, opts).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    throw new InvalidInputError([
      {
        path: "clusterName",
        reason: `EKS has no cluster ${shown(clusterName)} in the Region and account of the AWS provider.`,
        fix: "Give a name that aws eks list-clusters prints, and check aws:region and the credentials.",
      },
    ]);
  });
}
