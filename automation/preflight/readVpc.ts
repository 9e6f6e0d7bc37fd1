import {
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
  type Route,
  type RouteTable,
  type Tag,
  type VpcPeeringConnection,
} from "@aws-sdk/client-ec2";
import { readCidr, type CidrBlock } from "../../planning/cidrBlock";
import type { SubnetFacts, VpcBlockFacts } from "../../planning/podNetwork/clusterFacts";
import type {
  PeerRoutes,
  RouteFacts,
  RouteTableWithRoutes,
  RouteTarget,
} from "../../planning/preflight/networkFacts";
import type { VpcPeering } from "../../planning/vpcAddressing";
import { readPrefixLists, type PrefixLists } from "./prefixLists";
import type { VpcOutside } from "./vpcOutside";

const inVpc = (vpcId: string) => ({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] });

/** The IPv4 blocks of a VPC that are associated or about to be, the primary first. Needs ec2:DescribeVpcs. */
export async function readVpcBlocks({ ec2, signal }: VpcOutside, vpcId: string): Promise<VpcBlockFacts[]> {
  const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }), {
    abortSignal: signal,
  });
  return (vpc?.CidrBlockAssociationSet ?? [])
    .map(({ CidrBlock = "", AssociationId = "", CidrBlockState }) => ({
      cidrBlock: CidrBlock,
      associationId: AssociationId,
      state: CidrBlockState?.State ?? "",
    }))
    .filter(({ state }) => state === "associating" || state === "associated")
    .sort((a, b) => Number(b.cidrBlock === vpc?.CidrBlock) - Number(a.cidrBlock === vpc?.CidrBlock));
}

/** A route table, and the subnets that are associated with it. */
export interface ReadRouteTable extends RouteTableWithRoutes {
  readonly subnetIds: readonly string[];
}

/**
 * All route tables of a VPC by their ids. Needs ec2:DescribeRouteTables; ec2:DescribeManagedPrefixLists and
 * GetManagedPrefixListEntries where a route's destination is a prefix list.
 */
export async function readRouteTables(outside: VpcOutside, vpcId: string): Promise<ReadRouteTable[]> {
  const { ec2, signal } = outside;
  const tables: RouteTable[] = [];
  const pages = paginateDescribeRouteTables({ client: ec2 }, inVpc(vpcId), { abortSignal: signal });
  for await (const { RouteTables = [] } of pages) tables.push(...RouteTables);
  const listed = tables.flatMap(({ Routes = [] }) =>
    Routes.flatMap(({ DestinationPrefixListId }) => DestinationPrefixListId ?? []),
  );
  const lists = await readPrefixLists(outside, new Set(listed));
  return tables
    .map((table) => routeTable(table, lists))
    .sort((a, b) => (a.routeTableId < b.routeTableId ? -1 : 1));
}

function routeTable(
  { RouteTableId = "", Associations = [], Routes = [] }: RouteTable,
  lists: PrefixLists,
): ReadRouteTable {
  const byDefault = Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
  return {
    routeTableId: RouteTableId,
    isMain: Associations.some(({ Main }) => Main === true),
    subnetIds: Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
    // An instance or an interface may be a NAT of one's own; a transit gateway leads to a VPC that has one.
    hasNatRoute:
      byDefault !== undefined &&
      [
        byDefault.NatGatewayId,
        byDefault.NetworkInterfaceId,
        byDefault.InstanceId,
        byDefault.TransitGatewayId,
      ].some((id) => id !== undefined && id !== ""),
    hasInternetGatewayRoute: (byDefault?.GatewayId ?? "").startsWith("igw-"),
    routes: Routes.flatMap((route) => routeFacts(route, lists)),
  };
}

function routeFacts(route: Route, lists: PrefixLists): RouteFacts[] {
  const { DestinationCidrBlock = "", DestinationPrefixListId, State } = route;
  const [target, targetId] = targetOf(route);
  const destinations =
    DestinationPrefixListId === undefined
      ? readBlocks(DestinationCidrBlock)
      : (lists.get(DestinationPrefixListId) ?? []);
  return destinations.map((destination) => ({
    destination,
    target,
    targetId,
    isBlackhole: State === "blackhole",
  }));
}

function targetOf(route: Route): [RouteTarget, string] {
  const { GatewayId = "" } = route;
  if (GatewayId === "local") return ["local", GatewayId];
  if (GatewayId.startsWith("igw-")) return ["internetGateway", GatewayId];
  if (GatewayId.startsWith("vgw-")) return ["virtualGateway", GatewayId];
  if (route.NatGatewayId !== undefined) return ["natGateway", route.NatGatewayId];
  if (route.VpcPeeringConnectionId !== undefined) return ["peering", route.VpcPeeringConnectionId];
  if (route.TransitGatewayId !== undefined) return ["transitGateway", route.TransitGatewayId];
  return ["other", GatewayId || (route.NetworkInterfaceId ?? route.InstanceId ?? "")];
}

/** All subnets of a VPC by their ids, with the route tables that are in force. Needs ec2:DescribeSubnets. */
export async function readSubnets(
  { ec2, signal }: VpcOutside,
  vpcId: string,
  tables: readonly ReadRouteTable[],
): Promise<SubnetFacts[]> {
  const found: SubnetFacts[] = [];
  const main = tables.find(({ isMain }) => isMain);
  const pages = paginateDescribeSubnets({ client: ec2 }, inVpc(vpcId), { abortSignal: signal });
  for await (const { Subnets = [] } of pages) {
    for (const subnet of Subnets) {
      const { SubnetId = "", AvailabilityZone = "", CidrBlock = "", Tags } = subnet;
      const table = tables.find(({ subnetIds }) => subnetIds.includes(SubnetId)) ?? main;
      found.push({
        subnetId: SubnetId,
        availabilityZone: AvailabilityZone,
        cidrBlock: CidrBlock,
        routeTableId: table?.routeTableId ?? "",
        hasNatRoute: table?.hasNatRoute ?? false,
        hasInternetGatewayRoute: table?.hasInternetGatewayRoute ?? false,
        freeAddresses: subnet.AvailableIpAddressCount ?? 0,
        tags: tagsOf(Tags),
      });
    }
  }
  return found.sort((a, b) => (a.subnetId < b.subnetId ? -1 : 1));
}

/** A peering, and the VPC at its other end. */
export interface ReadPeering extends VpcPeering {
  readonly peeringId: string;
  readonly otherVpcId: string;
}

/** Peerings of a VPC that are active or wait for acceptance. Needs ec2:DescribeVpcPeeringConnections. */
export async function readPeerings({ ec2, signal }: VpcOutside, vpcId: string): Promise<ReadPeering[]> {
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

function peeringOf(peering: VpcPeeringConnection, role: VpcPeering["role"]): ReadPeering {
  const other = role === "requester" ? peering.AccepterVpcInfo : peering.RequesterVpcInfo;
  const blocks = (other?.CidrBlockSet ?? []).flatMap(({ CidrBlock }) => CidrBlock ?? []);
  return {
    peeringId: peering.VpcPeeringConnectionId ?? "",
    status: peering.Status?.Code === "pending-acceptance" ? "pending-acceptance" : "active",
    role,
    cidrBlocks: blocks.length > 0 ? blocks : other?.CidrBlock === undefined ? [] : [other.CidrBlock],
    otherVpcId: other?.VpcId ?? "",
  };
}

/**
 * How the VPCs at the other ends of active peerings answer. Of a VPC in another account or Region, nothing can be seen
 * from here.
 */
export async function readPeerRoutes(
  outside: VpcOutside,
  peerings: readonly ReadPeering[],
): Promise<PeerRoutes[]> {
  const active = peerings.filter(({ status }) => status === "active");
  return Promise.all(
    active.map(async ({ peeringId, otherVpcId }) => {
      const tables = await readRouteTables(outside, otherVpcId);
      const back = tables.flatMap(({ routes }) => routes.filter(({ targetId }) => targetId === peeringId));
      return {
        peeringId,
        vpcId: otherVpcId,
        destinations: tables.length === 0 ? undefined : back.map(({ destination }) => destination),
      };
    }),
  );
}

/** Tags as an object. */
export function tagsOf(tags: readonly Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

function readBlocks(cidr: string): CidrBlock[] {
  const reading = readCidr(cidr);
  return reading.kind === "block" ? [reading.block] : [];
}
