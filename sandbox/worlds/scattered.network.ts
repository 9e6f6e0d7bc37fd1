import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { made } from "./network";
import { makeSecurityGroup } from "./securityGroup";
import { named } from "./tags";

/** What was made of the VPC in which everything shares the main route table. */
export interface SharedTableNetwork {
  readonly vpcId: string;
  /** For the control plane only. */
  readonly clusterSubnetIds: readonly string[];
  /** By availability zone. */
  readonly nodeSubnetIds: Readonly<Record<string, string>>;
  /** A security group of the nodes' own, besides the cluster's. */
  readonly nodesSecurityGroupId: string;
}

/** The subnets of such a VPC, by zone. */
export interface SharedTablePlan {
  readonly name: string;
  readonly cidr: string;
  readonly clusterSubnets: Readonly<Record<string, string>>;
  readonly nodeSubnets: Readonly<Record<string, string>>;
}

/**
 * Makes a VPC as it is made by hand: the main route table gets the route to the internet gateway, and no subnet is ever
 * associated with another one. Nodes have public addresses.
 */
export async function buildSharedTableNetwork(
  ec2: EC2Client,
  { name, cidr, clusterSubnets, nodeSubnets }: SharedTablePlan,
): Promise<SharedTableNetwork> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: cidr, ...named("vpc", name) }));
  const VpcId = made(Vpc?.VpcId, "CreateVpc");
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: true } }));
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  await routeMainTable(ec2, VpcId, name);

  const makeSubnets = async (what: string, blocks: Readonly<Record<string, string>>) => {
    const ids: Record<string, string> = {};
    for (const [AvailabilityZone, CidrBlock] of Object.entries(blocks)) {
      const tags = named("subnet", `${name}-${what}-${AvailabilityZone.slice(-1)}`);
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone, ...tags }),
      );
      ids[AvailabilityZone] = made(Subnet?.SubnetId, "CreateSubnet");
    }
    return ids;
  };
  const clusterSubnetIds = Object.values(await makeSubnets("control-plane", clusterSubnets));
  const nodeSubnetIds = await makeSubnets("nodes", nodeSubnets);
  for (const SubnetId of Object.values(nodeSubnetIds)) {
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  }
  const nodesSecurityGroupId = await makeSecurityGroup(ec2, {
    vpcId: VpcId,
    name: `${name}-nodes`,
    description: "Self-managed nodes",
  });
  return { vpcId: VpcId, clusterSubnetIds, nodeSubnetIds, nodesSecurityGroupId };
}

async function routeMainTable(ec2: EC2Client, VpcId: string, name: string): Promise<void> {
  const { InternetGateway } = await ec2.send(
    new CreateInternetGatewayCommand(named("internet-gateway", name)),
  );
  const GatewayId = made(InternetGateway?.InternetGatewayId, "CreateInternetGateway");
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }));
  const { RouteTables: [main] = [] } = await ec2.send(
    new DescribeRouteTablesCommand({
      Filters: [
        { Name: "vpc-id", Values: [VpcId] },
        { Name: "association.main", Values: ["true"] },
      ],
    }),
  );
  const RouteTableId = made(main?.RouteTableId, "DescribeRouteTables");
  await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId }));
}
