import type * as pulumi from "@pulumi/pulumi";
import { getRouteTable } from "@pulumi/aws/ec2/getRouteTable";
import { getRouteTables } from "@pulumi/aws/ec2/getRouteTables";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet";
import { getSubnets } from "@pulumi/aws/ec2/getSubnets";
import { getVpc } from "@pulumi/aws/ec2/getVpc";
import { getVpcPeeringConnection } from "@pulumi/aws/ec2/getVpcPeeringConnection";
import { getVpcPeeringConnections } from "@pulumi/aws/ec2/getVpcPeeringConnections";
import type {
  ClusterFacts,
  RouteTableFacts,
  SubnetFacts,
  VpcPeerFacts,
} from "../planning/podNetwork/clusterFacts";

/** What a VPC is to the planning of a pod network. */
export type VpcFacts = VpcAddressingFacts & Pick<ClusterFacts, "routeTables" | "subnets">;

/** What decides whether a VPC may be given a further block. */
export type VpcAddressingFacts = Pick<ClusterFacts, "cidrBlocks" | "routes" | "peers">;

/**
 * Reads a VPC: its blocks, routes, peering connections and subnets.
 *
 * @param opts of each call, for a provider of one's own.
 * @throws what AWS answers.
 */
export async function readVpc(vpcId: string, opts?: pulumi.InvokeOptions): Promise<VpcFacts> {
  const tablesReading = readRouteTables(vpcId, opts);
  const [addressing, routeTables, subnets] = await Promise.all([
    addressingOf(vpcId, tablesReading, opts),
    tablesReading,
    readSubnets(vpcId, opts),
  ]);
  const main = routeTables.find(({ isMain }) => isMain);
  return {
    ...addressing,
    routeTables: routeTables.map(({ routeTableId, isMain, hasNatRoute, hasInternetGatewayRoute }) => ({
      routeTableId,
      isMain,
      hasNatRoute,
      hasInternetGatewayRoute,
    })),
    subnets: subnets.map((subnet) => {
      const own = routeTables.find(({ subnetIds }) => subnetIds.includes(subnet.subnetId));
      const table = own ?? main;
      if (table === undefined) throw new Error(`${vpcId} has no main route table`);
      const { routeTableId, hasNatRoute, hasInternetGatewayRoute } = table;
      return { ...subnet, routeTableId, hasNatRoute, hasInternetGatewayRoute };
    }),
  };
}

/** Reads of a VPC its blocks, routes and peering connections alone. @throws what AWS answers */
export function readVpcAddressing(vpcId: string, opts?: pulumi.InvokeOptions): Promise<VpcAddressingFacts> {
  return addressingOf(vpcId, readRouteTables(vpcId, opts), opts);
}

async function addressingOf(
  vpcId: string,
  tablesReading: Promise<readonly RouteTable[]>,
  opts?: pulumi.InvokeOptions,
): Promise<VpcAddressingFacts> {
  const [vpc, routeTables, peers] = await Promise.all([
    getVpc({ id: vpcId }, opts),
    tablesReading,
    readPeers(vpcId, opts),
  ]);
  // The primary block is one of the associations as well.
  const associated = vpc.cidrBlockAssociations.filter(({ state }) => /^associat/.test(state));
  return {
    cidrBlocks: associated
      .map(({ cidrBlock, associationId, state }) => ({ cidrBlock, associationId, state }))
      .sort((a, b) => Number(b.cidrBlock === vpc.cidrBlock) - Number(a.cidrBlock === vpc.cidrBlock)),
    routes: routeTables.flatMap(({ destinations }) => destinations),
    peers,
  };
}

interface RouteTable extends RouteTableFacts {
  readonly subnetIds: readonly string[];
  readonly destinations: readonly string[];
}

async function readRouteTables(vpcId: string, opts?: pulumi.InvokeOptions): Promise<RouteTable[]> {
  const { ids } = await getRouteTables({ vpcId }, opts);
  return Promise.all(
    [...ids].sort().map(async (routeTableId) => {
      const { associations, routes } = await getRouteTable({ routeTableId }, opts);
      const byDefault = routes.find(({ cidrBlock }) => cidrBlock === "0.0.0.0/0");
      return {
        routeTableId,
        isMain: associations.some(({ main }) => main),
        subnetIds: associations.flatMap(({ subnetId }) => (subnetId ? [subnetId] : [])),
        destinations: routes.flatMap(({ cidrBlock }) => (cidrBlock ? [cidrBlock] : [])),
        // An instance or an interface may be a NAT of one's own; a transit gateway leads to a VPC that has one.
        hasNatRoute: Boolean(
          byDefault?.natGatewayId ||
          byDefault?.networkInterfaceId ||
          byDefault?.instanceId ||
          byDefault?.transitGatewayId,
        ),
        hasInternetGatewayRoute: /^igw-/.test(byDefault?.gatewayId ?? ""),
      };
    }),
  );
}

/**
 * Reads the subnets of a VPC, without their routes; not those that have IPv6 alone, in which a cluster that has pods of
 * IPv4 can have nothing.
 *
 * @throws what AWS answers.
 */
export async function readSubnets(
  vpcId: string,
  opts?: pulumi.InvokeOptions,
): Promise<Pick<SubnetFacts, "subnetId" | "availabilityZone" | "cidrBlock" | "freeAddresses" | "tags">[]> {
  const { ids } = await getSubnets({ filters: [{ name: "vpc-id", values: [vpcId] }] }, opts);
  const subnets = await Promise.all(
    [...ids].sort().map(async (subnetId) => {
      const { availabilityZone, cidrBlock, availableIpAddressCount, tags } = await getSubnet(
        { id: subnetId },
        opts,
      );
      return { subnetId, availabilityZone, cidrBlock, freeAddresses: availableIpAddressCount, tags };
    }),
  );
  return subnets.filter(({ cidrBlock }) => cidrBlock !== "");
}

/** EC2 takes no filter for either side, so each side is asked for. */
async function readPeers(vpcId: string, opts?: pulumi.InvokeOptions): Promise<VpcPeerFacts[]> {
  const alive = { name: "status-code", values: ["active", "pending-acceptance"] };
  const sides = await Promise.all(
    ["requester-vpc-info.vpc-id", "accepter-vpc-info.vpc-id"].map((name) =>
      getVpcPeeringConnections({ filters: [{ name, values: [vpcId] }, alive] }, opts),
    ),
  );
  const ids = [...new Set(sides.flatMap((side) => side.ids))].sort();
  return Promise.all(
    ids.map(async (peeringId) => {
      const peering = await getVpcPeeringConnection({ id: peeringId }, opts);
      const requester = peering.vpcId === vpcId;
      const blocks = requester ? peering.peerCidrBlockSets : peering.cidrBlockSets;
      return {
        peeringId,
        status: peering.status,
        requester,
        cidrBlocks: blocks.map(({ cidrBlock }) => cidrBlock),
      };
    }),
  );
}
