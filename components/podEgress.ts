import type * as pulumi from "@pulumi/pulumi";
import { Eip } from "@pulumi/aws/ec2/eip";
import { NatGateway } from "@pulumi/aws/ec2/natGateway";
import { Route } from "@pulumi/aws/ec2/route";
import { RouteTable } from "@pulumi/aws/ec2/routeTable";

/** What the route tables of pod subnets are made of. */
export interface PodEgressArgs {
  readonly vpcId: pulumi.Output<string>;
  /** Each gets a route table. */
  readonly zones: readonly string[];
  readonly isSingleNat: boolean;
  /** Those that are named, by zone. */
  readonly publicSubnetIds: Readonly<Record<string, pulumi.Input<string>>>;
  /** Those that were found, by zone; none while the VPC is not there. */
  readonly natSubnets: ReadonlyMap<string, string>;
  /** Of what is made for a zone, or for all of them. */
  readonly tagsOf: (zone?: string) => Record<string, pulumi.Input<string>>;
}

/** A route table for pods, and the route that makes it one. */
export interface PodRouteTable {
  readonly routeTable: RouteTable;
  readonly route: Route;
}

/**
 * A route table for the pods of each zone with a NAT gateway as its default route, by the zones.
 *
 * Which public subnet has the only NAT gateway, or one that nobody named, is decided when the gateway is made and stays:
 * another zone, or another public subnet, moves no gateway.
 */
export function podRouteTables(
  component: pulumi.ComponentResource,
  name: string,
  args: PodEgressArgs,
): ReadonlyMap<string, PodRouteTable> {
  const single = args.isSingleNat ? singleNatGateway(component, name, args) : undefined;
  return new Map(
    args.zones.map((zone) => {
      const resourceName = `${name}-${zone}`;
      const gateway = single ?? zonalNatGateway(component, resourceName, zone, args);
      const routeTable = new RouteTable(
        resourceName,
        { vpcId: args.vpcId, tags: args.tagsOf(zone) },
        { parent: component },
      );
      const route = new Route(
        resourceName,
        { routeTableId: routeTable.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: gateway.id },
        { parent: component },
      );
      return [zone, { routeTable, route }];
    }),
  );
}

function zonalNatGateway(
  component: pulumi.ComponentResource,
  resourceName: string,
  zone: string,
  { publicSubnetIds, natSubnets, tagsOf, vpcId }: PodEgressArgs,
): NatGateway {
  const named = publicSubnetIds[zone];
  const subnetId = named ?? vpcId.apply(() => natSubnets.get(zone) ?? "");
  return natGateway(component, resourceName, subnetId, named !== undefined, tagsOf(zone));
}

function singleNatGateway(
  component: pulumi.ComponentResource,
  name: string,
  { publicSubnetIds, natSubnets, tagsOf, vpcId, zones }: PodEgressArgs,
): NatGateway | undefined {
  if (zones.length === 0) return undefined;
  const [first, ...more] = Object.entries(publicSubnetIds).sort(([a], [b]) => (a < b ? -1 : 1));
  const [, named] = first ?? [];
  const subnetId = named ?? vpcId.apply(() => natSubnets.get(zones[0] ?? "") ?? "");
  return natGateway(component, name, subnetId, named !== undefined && more.length === 0, tagsOf());
}

function natGateway(
  component: pulumi.ComponentResource,
  name: string,
  subnetId: pulumi.Input<string>,
  isSettled: boolean,
  tags: Record<string, pulumi.Input<string>>,
): NatGateway {
  const address = new Eip(name, { domain: "vpc", tags }, { parent: component });
  return new NatGateway(
    name,
    { allocationId: address.id, subnetId, tags },
    { parent: component, ...(!isSettled && { ignoreChanges: ["subnetId"] }) },
  );
}
