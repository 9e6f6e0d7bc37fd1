import { DescribeAvailabilityZonesCommand } from "@aws-sdk/client-ec2";
import { defined, type Value } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { chosenBy, filterArgs, filtersOf } from "./filters";

export const getAvailabilityZones: AwsFunction = {
  token: "aws:index/getAvailabilityZones:getAvailabilityZones",
  args: {
    allAvailabilityZones: { type: "boolean" },
    excludeNames: { type: { list: "string" } },
    excludeZoneIds: { type: { list: "string" } },
    filters: filterArgs.filters,
    region: { type: "string" },
    state: { type: "string" },
  },
  async call(args, aws) {
    const command = new DescribeAvailabilityZonesCommand({
      Filters: filtersOf(args, { state: "state" }),
      ...(args["allAvailabilityZones"] === true ? { AllAvailabilityZones: true } : {}),
    });
    const { AvailabilityZones = [] } = await says("reading EC2 Availability Zones", () =>
      aws.ec2.send(command),
    );
    const excluded = (list: Value | undefined, name: string) => Array.isArray(list) && list.includes(name);
    const zones = AvailabilityZones.filter(
      ({ ZoneName = "", ZoneId = "" }) =>
        !excluded(args["excludeNames"], ZoneName) && !excluded(args["excludeZoneIds"], ZoneId),
    ).sort((left, right) => ((left.ZoneName ?? "") < (right.ZoneName ?? "") ? -1 : 1));
    return defined({
      allAvailabilityZones: args["allAvailabilityZones"],
      excludeNames: args["excludeNames"],
      excludeZoneIds: args["excludeZoneIds"],
      groupNames: [...new Set(zones.map(({ GroupName }) => GroupName ?? aws.region))],
      id: aws.region,
      names: zones.map(({ ZoneName = "" }) => ZoneName),
      state: args["state"],
      zoneIds: zones.map(({ ZoneId = "" }) => ZoneId),
      ...chosenBy(args),
    });
  },
};
