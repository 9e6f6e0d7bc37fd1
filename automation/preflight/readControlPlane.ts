import { DescribeClusterCommand, ResourceNotFoundException, type EKSClient } from "@aws-sdk/client-eks";
import type { ControlPlaneFacts } from "../../planning/preflight/picture";
import { InvalidInputError, shown } from "../../planning/problem";

/**
 * Reads a cluster. Needs eks:DescribeCluster.
 *
 * @throws InvalidInputError when there is no such cluster; otherwise what AWS answers.
 */
export async function readControlPlane(
  { eks, signal }: { readonly eks: EKSClient; readonly signal: AbortSignal },
  clusterName: string,
): Promise<ControlPlaneFacts> {
  const { cluster } = await eks
    .send(new DescribeClusterCommand({ name: clusterName }), { abortSignal: signal })
    .catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new InvalidInputError([
        {
          path: "cluster",
          reason: `EKS has no cluster ${shown(clusterName)} in this Region and account.`,
          fix: "Give a name that aws eks list-clusters prints, and check the Region and the credentials.",
        },
      ]);
    });
  const { resourcesVpcConfig = {}, kubernetesNetworkConfig = {}, computeConfig = {} } = cluster ?? {};
  return {
    clusterName,
    version: cluster?.version ?? "",
    vpcId: resourcesVpcConfig.vpcId ?? "",
    subnetIds: resourcesVpcConfig.subnetIds ?? [],
    clusterSecurityGroupId: resourcesVpcConfig.clusterSecurityGroupId ?? "",
    ...(kubernetesNetworkConfig.serviceIpv4Cidr !== undefined && {
      serviceCidrBlock: kubernetesNetworkConfig.serviceIpv4Cidr,
    }),
    ipFamily: kubernetesNetworkConfig.ipFamily ?? "ipv4",
    isAutoMode: computeConfig.enabled === true,
    publicAccessCidrs: resourcesVpcConfig.publicAccessCidrs ?? [],
    hasPublicEndpoint: resourcesVpcConfig.endpointPublicAccess !== false,
    hasPrivateEndpoint: resourcesVpcConfig.endpointPrivateAccess === true,
  };
}
