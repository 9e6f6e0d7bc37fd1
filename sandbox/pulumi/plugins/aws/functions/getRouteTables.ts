import { paginateDescribeRouteTables } from "@aws-sdk/client-ec2";
import { defined } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { chosenBy, filterArgs, filtersOf } from "./filters";

export const getRouteTables: AwsFunction = {
  token: "aws:ec2/getRouteTables:getRouteTables",
  args: { ...filterArgs, vpcId: { type: "string" } },
  async call(args, aws) {
    const Filters = filtersOf(args, { vpcId: "vpc-id" });
    const ids = await says("reading EC2 Route Tables", async () => {
      const found: string[] = [];
      for await (const { RouteTables = [] } of paginateDescribeRouteTables(
        { client: aws.ec2 },
        { Filters },
      )) {
        found.push(...RouteTables.map(({ RouteTableId = "" }) => RouteTableId));
      }
      return found;
    });
    return defined({
      id: aws.region,
      ids,
      tags: args["tags"] ?? {},
      vpcId: args["vpcId"],
      ...chosenBy(args),
    });
  },
};
