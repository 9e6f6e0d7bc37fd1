import { DescribeRouteTablesCommand, type RouteTable } from "@aws-sdk/client-ec2";
import type { Value } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { optionalText } from "../resourceKind";
import { isOwn, routeOf } from "../routes";
import { tagsOfList, tagsState } from "../tags";
import { chosenBy, filterArgs, filtersOf, theOnly } from "./filters";

export const getRouteTable: AwsFunction = {
  token: "aws:ec2/getRouteTable:getRouteTable",
  args: {
    ...filterArgs,
    gatewayId: { type: "string" },
    routeTableId: { type: "string" },
    subnetId: { type: "string" },
    vpcId: { type: "string" },
  },
  async call(args, aws) {
    const Filters = filtersOf(args, {
      gatewayId: "association.gateway-id",
      routeTableId: "route-table-id",
      subnetId: "association.subnet-id",
      vpcId: "vpc-id",
    });
    if (Filters.length === 0) {
      throw new Error(
        "one of route_table_id, vpc_id, subnet_id, gateway_id, filters, or tags must be assigned",
      );
    }
    const { RouteTables = [] } = await says("reading EC2 Route Table", () =>
      aws.ec2.send(new DescribeRouteTablesCommand({ Filters })),
    );
    const table = theOnly("EC2 Route Table", RouteTables);
    const id = table.RouteTableId ?? "";
    return {
      arn: `arn:aws:ec2:${aws.region}:${table.OwnerId ?? ""}:route-table/${id}`,
      associations: associationsOf(table),
      gatewayId: optionalText(args, "gatewayId") ?? "",
      id,
      ownerId: table.OwnerId ?? "",
      routeTableId: id,
      routes: (table.Routes ?? []).filter(isOwn).map((route) => ({
        ...routeOf(route),
        instanceId: route.InstanceId ?? "",
      })),
      subnetId: optionalText(args, "subnetId") ?? "",
      tags: tagsState(tagsOfList(table.Tags), aws).tagsAll,
      vpcId: table.VpcId ?? "",
      ...chosenBy(args),
    };
  },
};

function associationsOf(table: RouteTable): Value[] {
  return (table.Associations ?? []).map((association) => ({
    gatewayId: association.GatewayId ?? "",
    main: association.Main ?? false,
    routeTableAssociationId: association.RouteTableAssociationId ?? "",
    routeTableId: association.RouteTableId ?? "",
    subnetId: association.SubnetId ?? "",
  }));
}
