import { paginateDescribeNetworkInterfaces } from "@aws-sdk/client-ec2";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { chosenBy, filterArgs, filtersOf } from "./filters";

export const getNetworkInterfaces: AwsFunction = {
  token: "aws:ec2/getNetworkInterfaces:getNetworkInterfaces",
  args: filterArgs,
  async call(args, aws) {
    const ids = await says("reading EC2 Network Interfaces", async () => {
      const found: string[] = [];
      for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces(
        { client: aws.ec2 },
        { Filters: filtersOf(args) },
      )) {
        found.push(...NetworkInterfaces.map(({ NetworkInterfaceId = "" }) => NetworkInterfaceId));
      }
      return found;
    });
    return { id: aws.region, ids, tags: args["tags"] ?? {}, ...chosenBy(args) };
  },
};
