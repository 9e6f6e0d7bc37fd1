import {
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  paginateDescribeRouteTables,
  type VpcPeeringConnection,
} from "@aws-sdk/client-ec2";
import type { VpcAddressing, VpcPeering } from "../../planning/vpcAddressing";
import type { VpcOutside } from "./readVpcNetwork";

/**
 * What decides which blocks a VPC may be given. Needs ec2:DescribeVpcs, DescribeRouteTables,
 * DescribeVpcPeeringConnections.
 */
export async function readVpcAddressing(outside: VpcOutside, vpcId: string): Promise<VpcAddressing> {
  const [cidrBlocks, routes, peerings] = await Promise.all([
    readBlocks(outside, vpcId),
    readRoutes(outside, vpcId),
    readPeerings(outside, vpcId),
  ]);
  return { cidrBlocks, routes, peerings };
}

async function readBlocks({ ec2, signal }: VpcOutside, vpcId: string): Promise<string[]> {
  const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }), {
    abortSignal: signal,
  });
  const primary = vpc?.CidrBlock ?? "";
  const others = (vpc?.CidrBlockAssociationSet ?? [])
    .filter(({ CidrBlockState }) => ["associating", "associated"].includes(CidrBlockState?.State ?? ""))
    .flatMap(({ CidrBlock }) => CidrBlock ?? []);
  return [...new Set([primary, ...others])];
}

async function readRoutes({ ec2, signal }: VpcOutside, vpcId: string): Promise<string[]> {
  const found = new Set<string>();
  const pages = paginateDescribeRouteTables(
    { client: ec2 },
    { Filters: [{ Name: "vpc-id", Values: [vpcId] }] },
    { abortSignal: signal },
  );
  for await (const { RouteTables = [] } of pages) {
    for (const { DestinationCidrBlock } of RouteTables.flatMap(({ Routes = [] }) => Routes)) {
      if (DestinationCidrBlock !== undefined) found.add(DestinationCidrBlock);
    }
  }
  return [...found];
}

async function readPeerings({ ec2, signal }: VpcOutside, vpcId: string): Promise<VpcPeering[]> {
  const sides = await Promise.all(
    (["requester", "accepter"] as const).map(async (role) => {
      const { VpcPeeringConnections = [] } = await ec2.send(
        new DescribeVpcPeeringConnectionsCommand({
          Filters: [
            { Name: `${role}-vpc-info.vpc-id`, Values: [vpcId] },
            { Name: "status-code", Values: ["active", "pending-acceptance"] },
          ],
        }),
        { abortSignal: signal },
      );
      return VpcPeeringConnections.map((one) => peeringOf(one, role));
    }),
  );
  return sides.flat();
}

function peeringOf(peering: VpcPeeringConnection, role: VpcPeering["role"]): VpcPeering {
  const other = role === "requester" ? peering.AccepterVpcInfo : peering.RequesterVpcInfo;
  const blocks = (other?.CidrBlockSet ?? []).flatMap(({ CidrBlock }) => CidrBlock ?? []);
  return {
    peeringId: peering.VpcPeeringConnectionId ?? "",
    status: peering.Status?.Code === "pending-acceptance" ? "pending-acceptance" : "active",
    role,
    cidrBlocks: blocks.length > 0 ? blocks : other?.CidrBlock === undefined ? [] : [other.CidrBlock],
  };
}
