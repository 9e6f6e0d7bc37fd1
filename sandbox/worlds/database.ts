import {
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  type EC2Client,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { DescribeClusterCommand } from "@aws-sdk/client-eks";
import { makeManagedGroups } from "./cluster";
import { made, type Network } from "./network";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import { makeSecurityGroup } from "./securityGroup";
import { named } from "./tags";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const NAME = "database";
/** Where the databases are; the workloads name their addresses. */
const DATA_CIDR = "10.8.64.0/28";
const LEDGER_ADDRESS = "10.8.64.10";
const WAREHOUSE_ADDRESS = "10.8.64.11";

/**
 * A cluster whose workloads need two databases in the VPC: one that admits the nodes' security group alone, and one that
 * admits the VPC's first range alone.
 */
export const buildDatabaseWorld: WorldBuilder = async (outside) => {
  const { clients, network } = await buildOrdinaryCluster({ name: NAME, nodeGroups: [] }, outside);
  const { ec2, eks } = clients;
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: NAME }));
  const ofCluster = made(cluster?.resourcesVpcConfig?.clusterSecurityGroupId, "DescribeCluster");
  const { vpcId } = network;
  const ofNodes = await makeSecurityGroup(ec2, { vpcId, name: `${NAME}-nodes`, description: "Nodes" });

  outside.log("two databases beside the cluster");
  await makeDatabases(ec2, network, ofNodes);

  outside.log("managed node group general, 3 x m5.large with a security group of their own");
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: `${NAME}-nodes`,
      LaunchTemplateData: { SecurityGroupIds: [ofCluster, ofNodes] },
    }),
  );
  const launchTemplateId = made(LaunchTemplate?.LaunchTemplateId, "CreateLaunchTemplate");
  const subnetIds = network.privateSubnetIds;
  await makeManagedGroups(clients, NAME, [
    { name: "general", subnetIds, size: 3, maxSize: 6, launchTemplateId },
  ]);
  const files = ["system.workloads.yaml", "database.workloads.yaml"];
  await runWorkloads({ files, nodes: 3 }, clients, outside);
};

async function makeDatabases(ec2: EC2Client, { vpcId, zones }: Network, ofNodes: string): Promise<void> {
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({
      VpcId: vpcId,
      CidrBlock: DATA_CIDR,
      AvailabilityZone: zones[0]?.availabilityZone,
      ...named("subnet", `${NAME}-data`),
    }),
  );
  const subnetId = made(Subnet?.SubnetId, "CreateSubnet");
  const makeDatabase = async (name: string, address: string, admitted: IpPermission) => {
    const groupId = await makeSecurityGroup(ec2, { vpcId, name, description: `The database ${name}` });
    const rule = { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, ...admitted };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [rule] }));
    await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: subnetId,
        PrivateIpAddress: address,
        Groups: [groupId],
        Description: "RDSNetworkInterface",
        ...named("network-interface", name),
      }),
    );
  };
  await makeDatabase("ledger", LEDGER_ADDRESS, { UserIdGroupPairs: [{ GroupId: ofNodes }] });
  await makeDatabase("warehouse", WAREHOUSE_ADDRESS, {
    IpRanges: [{ CidrIp: "10.8.0.0/16", Description: "The cluster" }],
  });
}
