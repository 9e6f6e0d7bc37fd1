import { DescribeClusterCommand, type Cluster } from "@aws-sdk/client-eks";
import type { Properties, Value } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { text } from "../resourceKind";
import { tagsState } from "../tags";

export const getCluster: AwsFunction = {
  token: "aws:eks/getCluster:getCluster",
  args: {
    name: { type: "string", required: true },
    region: { type: "string" },
    tags: { type: "map" },
  },
  async call(args, aws) {
    const name = text(args, "name");
    const { cluster } = await says(`reading EKS Cluster (${name})`, () =>
      aws.eks.send(new DescribeClusterCommand({ name })),
    );
    if (cluster === undefined) throw new Error(`reading EKS Cluster (${name}): couldn't find resource`);
    return { ...ofCluster(cluster), tags: tagsState(cluster.tags ?? {}, aws).tagsAll };
  },
};

function ofCluster(cluster: Cluster): Properties {
  const enabledLogs = (cluster.logging?.clusterLogging ?? []).filter(({ enabled }) => enabled === true);
  return {
    accessConfigs: block(cluster.accessConfig, (access) => ({
      authenticationMode: access.authenticationMode ?? "",
      bootstrapClusterCreatorAdminPermissions: access.bootstrapClusterCreatorAdminPermissions ?? false,
    })),
    arn: cluster.arn ?? "",
    certificateAuthorities: [{ data: cluster.certificateAuthority?.data ?? "" }],
    clusterId: cluster.id ?? "",
    computeConfigs: block(cluster.computeConfig, (compute) => ({
      enabled: compute.enabled ?? false,
      nodePools: compute.nodePools ?? [],
      nodeRoleArn: compute.nodeRoleArn ?? "",
    })),
    controlPlaneScalingConfigs: [],
    createdAt: cluster.createdAt?.toISOString() ?? "",
    deletionProtection: cluster.deletionProtection ?? false,
    enabledClusterLogTypes: enabledLogs.flatMap(({ types = [] }) => types),
    endpoint: cluster.endpoint ?? "",
    id: cluster.name ?? "",
    identities: [{ oidcs: block(cluster.identity?.oidc, ({ issuer = "" }) => ({ issuer })) }],
    kubeApiServerConfigs: [],
    kubeControllerManagerConfigs: [],
    kubeSchedulerConfigs: [],
    kubernetesNetworkConfigs: block(cluster.kubernetesNetworkConfig, (network) => ({
      elasticLoadBalancings: [{ enabled: network.elasticLoadBalancing?.enabled ?? false }],
      ipFamily: network.ipFamily ?? "ipv4",
      serviceIpv4Cidr: network.serviceIpv4Cidr ?? "",
      serviceIpv6Cidr: network.serviceIpv6Cidr ?? "",
    })),
    name: cluster.name ?? "",
    outpostConfigs: [],
    platformVersion: cluster.platformVersion ?? "",
    remoteNetworkConfigs: [],
    roleArn: cluster.roleArn ?? "",
    status: cluster.status ?? "",
    storageConfigs: [],
    upgradePolicies: block(cluster.upgradePolicy, ({ supportType = "" }) => ({ supportType })),
    version: cluster.version ?? "",
    vpcConfig: vpcConfigOf(cluster),
    zonalShiftConfigs: block(cluster.zonalShiftConfig, ({ enabled = false }) => ({ enabled })),
  };
}

function vpcConfigOf({ resourcesVpcConfig: vpc }: Cluster): Properties {
  return {
    clusterSecurityGroupId: vpc?.clusterSecurityGroupId ?? "",
    controlPlaneEgressMode: "",
    endpointPrivateAccess: vpc?.endpointPrivateAccess ?? false,
    endpointPublicAccess: vpc?.endpointPublicAccess ?? false,
    publicAccessCidrs: vpc?.publicAccessCidrs ?? [],
    securityGroupIds: vpc?.securityGroupIds ?? [],
    subnetIds: vpc?.subnetIds ?? [],
    vpcId: vpc?.vpcId ?? "",
  };
}

/** What AWS has as one object or none is a list of one or none in the result. */
function block<T>(given: T | undefined, shape: (given: T) => Properties): Value[] {
  return given === undefined ? [] : [shape(given)];
}
