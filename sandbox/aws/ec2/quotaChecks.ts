import {
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import type { QuotaLedger } from "../serviceQuotas/quotaLedger";
import {
  NAT_GATEWAYS_PER_ZONE,
  ROUTE_TABLES_PER_VPC,
  ROUTES_PER_TABLE,
  SUBNETS_PER_VPC,
} from "../serviceQuotas/quotas";
import type { Ec2Action } from "./ec2Call";

type Quotas = Pick<QuotaLedger, "valueOf">;

/** @throws AwsError SubnetLimitExceeded where a VPC has as many subnets as it may have. */
export async function refuseMoreSubnets(ec2: EC2Client, vpcId: string, quotas: Quotas): Promise<void> {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
  );
  if (Subnets.length >= quotas.valueOf(SUBNETS_PER_VPC)) {
    throw new AwsError(
      "SubnetLimitExceeded",
      `The maximum number of subnets has been reached: ${vpcId} has ${Subnets.length}.`,
    );
  }
}

/** CreateRouteTable, as many as the quota allows. */
export const createRouteTable: Ec2Action = (call, { ec2, inTurn, quotas }) =>
  inTurn(async () => {
    const vpcId = call.form.get("VpcId") ?? "";
    const { RouteTables = [] } = await ec2.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
    );
    if (RouteTables.length >= quotas.valueOf(ROUTE_TABLES_PER_VPC)) {
      throw new AwsError(
        "RouteTableLimitExceeded",
        `The maximum number of route tables has been reached: ${vpcId} has ${RouteTables.length}.`,
      );
    }
    return call.forward();
  });

/** @throws AwsError RouteLimitExceeded where a route table has as many routes as it may have; local ones don't count. */
export async function refuseMoreRoutes(ec2: EC2Client, routeTableId: string, quotas: Quotas): Promise<void> {
  const { RouteTables: [table] = [] } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: "route-table-id", Values: [routeTableId] }] }),
  );
  const routes = (table?.Routes ?? []).filter(({ GatewayId }) => GatewayId !== "local");
  if (routes.length >= quotas.valueOf(ROUTES_PER_TABLE)) {
    throw new AwsError(
      "RouteLimitExceeded",
      `The maximum number of routes has been reached: ${routeTableId} has ${routes.length}.`,
    );
  }
}

/** @throws AwsError NatGatewayLimitExceeded where a zone has as many NAT gateways as it may have. */
export async function refuseMoreNatGateways(
  ec2: EC2Client,
  availabilityZone: string,
  quotas: Quotas,
): Promise<void> {
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({}));
  const present = NatGateways.filter(({ State }) => State !== "deleted" && State !== "failed");
  const subnetIds = [...new Set(present.flatMap(({ SubnetId }) => SubnetId ?? []))];
  if (subnetIds.length === 0) return;
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: subnetIds }] }),
  );
  const inZone = new Set(
    Subnets.flatMap(({ SubnetId, AvailabilityZone }) =>
      AvailabilityZone === availabilityZone ? SubnetId : [],
    ),
  );
  const count = present.filter(({ SubnetId }) => inZone.has(SubnetId)).length;
  if (count >= quotas.valueOf(NAT_GATEWAYS_PER_ZONE)) {
    throw new AwsError(
      "NatGatewayLimitExceeded",
      `Performing this operation would exceed the limit of ${quotas.valueOf(NAT_GATEWAYS_PER_ZONE)} NAT gateways in ` +
        availabilityZone,
    );
  }
}
