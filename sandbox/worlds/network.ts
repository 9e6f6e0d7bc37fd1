import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  ModifyVpcAttributeCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { named } from "./tags";

/** A zone of a world's VPC. */
export interface ZonePlan {
  readonly availabilityZone: string;
  /** Where nodes are. */
  readonly privateCidr: string;
  /** Where the zone's NAT gateway is. */
  readonly publicCidr: string;
}

/** What was made. */
export interface Network {
  readonly vpcId: string;
  /** In the order of the zones. */
  readonly privateSubnetIds: readonly string[];
}

/**
 * Makes a VPC as the usual modules do: per zone a private subnet with a route table and a NAT gateway of its own, and
 * a public subnet; the public subnets share a route table to the internet gateway.
 *
 * @param name of the cluster, which becomes part of every Name tag.
 */
export async function buildNetwork(
  ec2: EC2Client,
  {
    name,
    cidr,
    zones,
  }: { readonly name: string; readonly cidr: string; readonly zones: readonly ZonePlan[] },
): Promise<Network> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: cidr, ...named("vpc", `${name}-vpc`) }));
  const VpcId = made(Vpc?.VpcId, "CreateVpc");
  // A cluster's VPC needs both (EKS user guide, "Amazon EKS networking requirements").
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: true } }));
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));

  const { InternetGateway } = await ec2.send(
    new CreateInternetGatewayCommand(named("internet-gateway", `${name}-internet`)),
  );
  const GatewayId = made(InternetGateway?.InternetGatewayId, "CreateInternetGateway");
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }));

  const makeSubnet = async (what: string, CidrBlock: string, AvailabilityZone: string) => {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone, ...named("subnet", `${name}-${what}`) }),
    );
    return made(Subnet?.SubnetId, "CreateSubnet");
  };
  const makeRouteTable = async (what: string, target: { GatewayId: string } | { NatGatewayId: string }) => {
    const { RouteTable } = await ec2.send(
      new CreateRouteTableCommand({ VpcId, ...named("route-table", `${name}-${what}`) }),
    );
    const RouteTableId = made(RouteTable?.RouteTableId, "CreateRouteTable");
    await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", ...target }));
    return RouteTableId;
  };

  const publicTable = await makeRouteTable("public", { GatewayId });
  const privateSubnetIds: string[] = [];
  for (const { availabilityZone, privateCidr, publicCidr } of zones) {
    const publicSubnet = await makeSubnet(`public-${availabilityZone}`, publicCidr, availabilityZone);
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: publicTable, SubnetId: publicSubnet }));
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    const { NatGateway } = await ec2.send(
      new CreateNatGatewayCommand({
        SubnetId: publicSubnet,
        AllocationId: made(AllocationId, "AllocateAddress"),
        ...named("natgateway", `${name}-${availabilityZone}`),
      }),
    );
    const privateSubnet = await makeSubnet(`private-${availabilityZone}`, privateCidr, availabilityZone);
    const NatGatewayId = made(NatGateway?.NatGatewayId, "CreateNatGateway");
    const privateTable = await makeRouteTable(`private-${availabilityZone}`, { NatGatewayId });
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: privateTable, SubnetId: privateSubnet }));
    privateSubnetIds.push(privateSubnet);
  }
  return { vpcId: VpcId, privateSubnetIds };
}

/** What a call answered with. @throws Error where it answered without an id. */
export function made(id: string | undefined, call: string): string {
  if (id === undefined) throw new Error(`${call} answered without an id`);
  return id;
}
