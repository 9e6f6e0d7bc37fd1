import { paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import { defined } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { chosenBy, filterArgs, filtersOf } from "./filters";

/** Names of Auto Scaling groups, whatever the function's own name says: the SDK took it from another one's. */
export const getAmiIds: AwsFunction = {
  token: "aws:autoscaling/getAmiIds:getAmiIds",
  args: {
    filters: filterArgs.filters,
    names: { type: { list: "string" } },
    region: { type: "string" },
  },
  async call(args, aws) {
    const names = args["names"] as string[] | undefined;
    const groups = await says("reading Auto Scaling Groups", async () => {
      const found: { name: string; arn: string }[] = [];
      const asked = {
        Filters: filtersOf(args),
        ...(names === undefined ? {} : { AutoScalingGroupNames: names }),
      };
      for await (const { AutoScalingGroups = [] } of paginateDescribeAutoScalingGroups(
        { client: aws.autoScaling },
        asked,
      )) {
        for (const group of AutoScalingGroups) {
          found.push({ name: group.AutoScalingGroupName ?? "", arn: group.AutoScalingGroupARN ?? "" });
        }
      }
      return found;
    });
    return defined({
      arns: groups.map(({ arn }) => arn).sort(),
      id: aws.region,
      names: groups.map(({ name }) => name).sort(),
      ...chosenBy(args),
    });
  },
};
