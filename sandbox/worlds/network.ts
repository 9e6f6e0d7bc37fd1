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

/** A VPC that is to be made. */
export interface NetworkPlan {
  readonly cidr: string;
  readonly zones: readonly ZonePlan[];
  /** Whether there is one NAT gateway, and one route table for all private subnets. @default false: one in each zone */
  readonly sharesRouteTable?: boolean;
}

/** A zone of a world's VPC. */
export interface ZonePlan {
  readonly availabilityZone: string;
  /** Where nodes are. */
  readonly privateCidr: string;
  /** Where the zone's NAT gateway is, if it has one. */
  readonly publicCidr: string;
  /** Of a subnet where the control plane is, and no node. */
  readonly controlPlaneCidr?: string;
}

/** What was made of a zone. */
export interface NetworkZone {
  readonly availabilityZone: string;
  readonly privateSubnetId: string;
  readonly privateRouteTableId: string;
}

/** What was made. Everything is in the order of the plan's zones. */
export interface Network {
  readonly vpcId: string;
  readonly zones: readonly NetworkZone[];
  readonly privateSubnetIds: readonly string[];
  /** Of the zones that have one for the control plane alone. */
  readonly controlPlaneSubnetIds: readonly string[];
}

/**
 * Makes a VPC as the usual modules do: per zone a private subnet with a route table and a NAT gateway of its own, and
 * a public subnet; the public subnets share a route table to the internet gateway.
 *
 * @param name of the cluster, which becomes part of every Name tag.
 */
export async function buildNetwork(
  ec2: EC2Client,
  { name, cidr, zones: plans, sharesRouteTable = false }: NetworkPlan & { readonly name: string },
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
    const tags = named("subnet", `${name}-${what}-${AvailabilityZone}`);
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone, ...tags }),
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
  const makePrivateTable = async (publicSubnet: string, availabilityZone: string) => {
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    const { NatGateway } = await ec2.send(
      new CreateNatGatewayCommand({
        SubnetId: publicSubnet,
        AllocationId: made(AllocationId, "AllocateAddress"),
        ...named("natgateway", `${name}-${availabilityZone}`),
      }),
    );
    const NatGatewayId = made(NatGateway?.NatGatewayId, "CreateNatGateway");
    return makeRouteTable(sharesRouteTable ? "private" : `private-${availabilityZone}`, { NatGatewayId });
  };

  const publicTable = await makeRouteTable("public", { GatewayId });
  const zones: NetworkZone[] = [];
  const controlPlaneSubnetIds: string[] = [];
  for (const { availabilityZone, privateCidr, publicCidr, controlPlaneCidr } of plans) {
    const publicSubnet = await makeSubnet("public", publicCidr, availabilityZone);
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: publicTable, SubnetId: publicSubnet }));
    const privateSubnetId = await makeSubnet("private", privateCidr, availabilityZone);
    const sharedTable = sharesRouteTable ? zones[0]?.privateRouteTableId : undefined;
    const privateRouteTableId = sharedTable ?? (await makePrivateTable(publicSubnet, availabilityZone));
    await ec2.send(
      new AssociateRouteTableCommand({ RouteTableId: privateRouteTableId, SubnetId: privateSubnetId }),
    );
    zones.push({ availabilityZone, privateSubnetId, privateRouteTableId });

    if (controlPlaneCidr !== undefined) {
      controlPlaneSubnetIds.push(await makeSubnet("control-plane", controlPlaneCidr, availabilityZone));
    }
  }
  return {
    vpcId: VpcId,
    zones,
    privateSubnetIds: zones.map(({ privateSubnetId }) => privateSubnetId),
    controlPlaneSubnetIds,
  };
}

/** What a call answered with. @throws Error where it answered without an id. */
export function made(id: string | undefined, call: string): string {
  if (id === undefined) throw new Error(`${call} answered without an id`);
  return id;
}
