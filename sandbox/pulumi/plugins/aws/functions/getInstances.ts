import { paginateDescribeInstances, type Instance } from "@aws-sdk/client-ec2";
import { defined } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { chosenBy, filterArgs, filtersOf } from "./filters";

export const getInstances: AwsFunction = {
  token: "aws:ec2/getInstances:getInstances",
  args: {
    filters: filterArgs.filters,
    instanceStateNames: { type: { list: "string" } },
    instanceTags: { type: "map" },
    region: { type: "string" },
  },
  async call(args, aws) {
    // Only running ones, unless the program names states.
    const states = (args["instanceStateNames"] as string[] | undefined) ?? ["running"];
    const Filters = [
      { Name: "instance-state-name", Values: states },
      ...filtersOf({ ...args, tags: args["instanceTags"] ?? {} }),
    ];
    const found = await says("reading EC2 Instances", async () => {
      const instances: Instance[] = [];
      for await (const { Reservations = [] } of paginateDescribeInstances({ client: aws.ec2 }, { Filters })) {
        for (const { Instances = [] } of Reservations) instances.push(...Instances);
      }
      return instances;
    });
    return defined({
      id: aws.region,
      ids: found.map(({ InstanceId = "" }) => InstanceId),
      instanceStateNames: args["instanceStateNames"],
      instanceTags: args["instanceTags"] ?? {},
      ipv6Addresses: [],
      privateIps: found.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
      publicIps: found.flatMap(({ PublicIpAddress }) => PublicIpAddress ?? []),
      ...chosenBy(args),
    });
  },
};
