import { paginateDescribeVpcPeeringConnections } from "@aws-sdk/client-ec2";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { chosenBy, filterArgs, filtersOf } from "./filters";

export const getVpcPeeringConnections: AwsFunction = {
  token: "aws:ec2/getVpcPeeringConnections:getVpcPeeringConnections",
  args: filterArgs,
  async call(args, aws) {
    const ids = await says("reading EC2 VPC Peering Connections", async () => {
      const found: string[] = [];
      for await (const { VpcPeeringConnections = [] } of paginateDescribeVpcPeeringConnections(
        { client: aws.ec2 },
        { Filters: filtersOf(args) },
      )) {
        found.push(...VpcPeeringConnections.map(({ VpcPeeringConnectionId = "" }) => VpcPeeringConnectionId));
      }
      return found;
    });
    return { id: aws.region, ids, tags: args["tags"] ?? {}, ...chosenBy(args) };
  },
};
