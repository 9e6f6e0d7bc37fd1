import * as pulumi from "@pulumi/pulumi";
import { getRouteTable } from "@pulumi/aws/ec2/getRouteTable";
import { getRouteTables } from "@pulumi/aws/ec2/getRouteTables";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet";
import { getSubnets } from "@pulumi/aws/ec2/getSubnets";
import { getVpc } from "@pulumi/aws/ec2/getVpc";
import { getAddon } from "@pulumi/aws/eks/getAddon";
import { getCluster } from "@pulumi/aws/eks/getCluster";
import { getNodeGroup } from "@pulumi/aws/eks/getNodeGroup";
import { getNodeGroups } from "@pulumi/aws/eks/getNodeGroups";
import {
  isOurs,
  type ClusterFacts,
  type NodeGroupFacts,
  type SubnetFacts,
  type VpcCniFacts,
} from "../planning/podNetwork/clusterFacts";

/**
 * Reads a cluster and its VPC, before any resource is made: how many there are depends on it.
 *
 * Needs the IAM actions eks:DescribeCluster, ListNodegroups, DescribeNodegroup and DescribeAddon, ec2:DescribeVpcs,
 * DescribeSubnets and DescribeRouteTables.
 *
 * @param opts of each call, for a provider of one's own.
 * @throws RunError when the cluster has no managed add-on vpc-cni; otherwise what AWS answers.
 */
export async function readCluster(clusterName: string, opts?: pulumi.InvokeOptions): Promise<ClusterFacts> {
  const cluster = await getCluster({ name: clusterName }, opts);
  const { vpcId, clusterSecurityGroupId } = cluster.vpcConfig;
  const [vpc, routeTables, nodeGroups, vpcCni] = await Promise.all([
    getVpc({ id: vpcId }, opts),
    readRouteTables(vpcId, opts),
    readNodeGroups(clusterName, opts),
    readVpcCni(clusterName, opts),
  ]);
  const serviceCidrBlock = cluster.kubernetesNetworkConfigs[0]?.serviceIpv4Cidr ?? "";
  // The primary block is one of the associations as well.
  const associated = vpc.cidrBlockAssociations.filter(({ state }) => /^associat/.test(state));
  return {
    clusterName,
    region: cluster.region,
    vpcId,
    cidrBlocks: associated
      .map(({ cidrBlock, associationId }) => ({ cidrBlock, associationId }))
      .sort((a, b) => Number(b.cidrBlock === vpc.cidrBlock) - Number(a.cidrBlock === vpc.cidrBlock)),
    routes: routeTables.flatMap(({ destinations }) => destinations),
    ...(serviceCidrBlock !== "" && { serviceCidrBlock }),
    clusterSecurityGroupId,
    subnets: await readSubnets(vpcId, routeTables, opts),
    nodeGroups,
    vpcCni,
  };
}

/** A route table, as far as it decides the way of a subnet. */
interface RouteTable {
  readonly routeTableId: string;
  readonly isMain: boolean;
  readonly subnetIds: readonly string[];
  readonly destinations: readonly string[];
}

async function readRouteTables(vpcId: string, opts?: pulumi.InvokeOptions): Promise<RouteTable[]> {
  const { ids } = await getRouteTables({ vpcId }, opts);
  return Promise.all(
    [...ids].sort().map(async (routeTableId) => {
      const { associations, routes } = await getRouteTable({ routeTableId }, opts);
      return {
        routeTableId,
        isMain: associations.some(({ main }) => main),
        subnetIds: associations.flatMap(({ subnetId }) => (subnetId ? [subnetId] : [])),
        destinations: routes.flatMap(({ cidrBlock }) => (cidrBlock ? [cidrBlock] : [])),
      };
    }),
  );
}

async function readSubnets(
  vpcId: string,
  routeTables: readonly RouteTable[],
  opts?: pulumi.InvokeOptions,
): Promise<SubnetFacts[]> {
  const { ids } = await getSubnets({ filters: [{ name: "vpc-id", values: [vpcId] }] }, opts);
  const main = routeTables.find(({ isMain }) => isMain);
  return Promise.all(
    [...ids].sort().map(async (subnetId) => {
      const { availabilityZone, cidrBlock, tags } = await getSubnet({ id: subnetId }, opts);
      const own = routeTables.find(({ subnetIds }) => subnetIds.includes(subnetId));
      const routeTable = own ?? main;
      if (routeTable === undefined) throw new Error(`${vpcId} has no main route table`);
      return { subnetId, availabilityZone, cidrBlock, routeTableId: routeTable.routeTableId, tags };
    }),
  );
}

async function readNodeGroups(clusterName: string, opts?: pulumi.InvokeOptions): Promise<NodeGroupFacts[]> {
  const { names } = await getNodeGroups({ clusterName }, opts);
  return Promise.all(
    [...names].sort().map(async (nodeGroupName) => {
      const { subnetIds, tags, scalingConfigs } = await getNodeGroup({ clusterName, nodeGroupName }, opts);
      const facts = { nodeGroupName, subnetIds, tags };
      if (!isOurs(facts, clusterName)) return facts;
      return { ...facts, desiredSize: scalingConfigs[0]?.desiredSize ?? 0 };
    }),
  );
}

async function readVpcCni(clusterName: string, opts?: pulumi.InvokeOptions): Promise<VpcCniFacts> {
  const addOn = await getAddon({ clusterName, addonName: "vpc-cni" }, opts).catch((error: unknown) => {
    // The provider hands on EKS's words.
    if (!/ResourceNotFound|couldn't find resource|No addon/i.test(String(error))) throw error;
    throw new pulumi.RunError(
      `${clusterName} has no managed add-on vpc-cni. ` +
        `Make aws-node one first, without a change of its settings: ` +
        `aws eks create-addon --cluster-name ${clusterName} --addon-name vpc-cni --resolve-conflicts NONE`,
    );
  });
  return {
    version: addOn.addonVersion,
    configurationValues: addOn.configurationValues,
    podIdentityAssociations: addOn.podIdentityAssociations.map(({ serviceAccount, roleArn }) => ({
      serviceAccount,
      roleArn,
    })),
    tags: addOn.tags,
    ...(addOn.serviceAccountRoleArn !== "" && { serviceAccountRoleArn: addOn.serviceAccountRoleArn }),
  };
}
