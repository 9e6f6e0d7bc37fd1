import {
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { DescribeClusterCommand } from "@aws-sdk/client-eks";
import { makeManagedGroups } from "./cluster";
import { made } from "./network";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import { makeSecurityGroup } from "./securityGroup";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const NAME = "two-security-groups";

/**
 * A cluster whose nodes have a security group of their own besides the cluster's, by a launch template, because a database
 * admits that group only.
 */
export const buildTwoSecurityGroupsWorld: WorldBuilder = async (outside) => {
  const { clients, network } = await buildOrdinaryCluster({ name: NAME, nodeGroups: [] }, outside);
  const { ec2, eks } = clients;
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: NAME }));
  const ofCluster = made(cluster?.resourcesVpcConfig?.clusterSecurityGroupId, "DescribeCluster");
  const ofDatabaseClients = await makeDatabaseGroups(ec2, network.vpcId);

  outside.log("managed node group general, 3 x m5.large with two security groups");
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: `${NAME}-nodes`,
      LaunchTemplateData: { SecurityGroupIds: [ofCluster, ofDatabaseClients] },
    }),
  );
  const launchTemplateId = made(LaunchTemplate?.LaunchTemplateId, "CreateLaunchTemplate");
  const subnetIds = network.privateSubnetIds;
  await makeManagedGroups(clients, NAME, [
    { name: "general", subnetIds, size: 3, maxSize: 6, launchTemplateId },
  ]);
  await runWorkloads({ files: ["system.workloads.yaml"], nodes: 3 }, clients, outside);
};

/** The group of a database, and the one that it admits. @returns the latter's id. */
async function makeDatabaseGroups(ec2: EC2Client, vpcId: string): Promise<string> {
  const clientsId = await makeSecurityGroup(ec2, {
    vpcId,
    name: "ledger-clients",
    description: "May reach the database ledger",
  });
  const databaseId = await makeSecurityGroup(ec2, {
    vpcId,
    name: "ledger-database",
    description: "The database ledger",
  });
  const fromClients = {
    IpProtocol: "tcp",
    FromPort: 5432,
    ToPort: 5432,
    UserIdGroupPairs: [{ GroupId: clientsId }],
  };
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId: databaseId, IpPermissions: [fromClients] }),
  );
  return clientsId;
}
