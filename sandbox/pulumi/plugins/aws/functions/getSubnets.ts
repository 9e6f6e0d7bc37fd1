import { paginateDescribeSubnets } from "@aws-sdk/client-ec2";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { chosenBy, filterArgs, filtersOf } from "./filters";

export const getSubnets: AwsFunction = {
  token: "aws:ec2/getSubnets:getSubnets",
  args: filterArgs,
  async call(args, aws) {
    const ids = await says("reading EC2 Subnets", async () => {
      const found: string[] = [];
      const pages = paginateDescribeSubnets({ client: aws.ec2 }, { Filters: filtersOf(args) });
      for await (const { Subnets = [] } of pages) found.push(...Subnets.map(({ SubnetId = "" }) => SubnetId));
      return found;
    });
    return { id: aws.region, ids, tags: args["tags"] ?? {}, ...chosenBy(args) };
  },
};
