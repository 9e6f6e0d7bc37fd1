import {
  AssociateRouteTableCommand,
  AssociateVpcCidrBlockCommand,
  CreateSubnetCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { setTimeout as sleep } from "node:timers/promises";
import { made, type Network } from "./network";
import { named } from "./tags";

/** Where pods are to be: a range besides the VPC's own, and subnets in it. */
export interface PodSubnetsPlan {
  readonly range: string;
  /** A block by availability zone; zones may be missing. */
  readonly subnets: Readonly<Record<string, string>>;
}

/**
 * Associates the range with the VPC, waits until it is, and makes the subnets, each with the route table of its zone's nodes.
 *
 * @param name of the cluster, which becomes part of every Name tag.
 * @returns the subnets' ids by availability zone.
 */
export async function makePodSubnets(
  ec2: EC2Client,
  { vpcId, zones }: Pick<Network, "vpcId" | "zones">,
  { name, range, subnets }: PodSubnetsPlan & { readonly name: string },
): Promise<Record<string, string>> {
  await associateRange(ec2, vpcId, range);
  const ids: Record<string, string> = {};
  for (const { availabilityZone, privateRouteTableId } of zones) {
    const block = subnets[availabilityZone];
    if (block === undefined) continue;
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        CidrBlock: block,
        AvailabilityZone: availabilityZone,
        ...named("subnet", `${name}-pods-${availabilityZone}`),
      }),
    );
    const SubnetId = made(Subnet?.SubnetId, "CreateSubnet");
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: privateRouteTableId, SubnetId }));
    ids[availabilityZone] = SubnetId;
  }
  return ids;
}

/** Adds a range to a VPC, and waits until it is `associated`. */
export async function associateRange(ec2: EC2Client, VpcId: string, CidrBlock: string): Promise<void> {
  const { CidrBlockAssociation } = await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock }));
  const id = made(CidrBlockAssociation?.AssociationId, "AssociateVpcCidrBlock");
  for (;;) {
    const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
    const association = vpc?.CidrBlockAssociationSet?.find(({ AssociationId }) => AssociationId === id);
    const { State, StatusMessage = "" } = association?.CidrBlockState ?? {};
    if (State === "associated") return;
    if (State !== "associating")
      throw new Error(`${CidrBlock} of ${VpcId} is ${State ?? "gone"} ${StatusMessage}`);
    await sleep(200);
  }
}
