import { DescribeRegionsCommand } from "@aws-sdk/client-ec2";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { optionalText } from "../resourceKind";

/** Names of Regions as the console has them; others are described by their code. */
const descriptions: Readonly<Record<string, string>> = {
  "us-east-1": "US East (N. Virginia)",
  "us-east-2": "US East (Ohio)",
  "us-west-1": "US West (N. California)",
  "us-west-2": "US West (Oregon)",
  "eu-central-1": "Europe (Frankfurt)",
  "eu-west-1": "Europe (Ireland)",
};

export const getRegion: AwsFunction = {
  token: "aws:index/getRegion:getRegion",
  args: {
    endpoint: { type: "string" },
    id: { type: "string" },
    name: { type: "string" },
    region: { type: "string" },
  },
  // Its result is about a region, which need not be the one it was asked in.
  regional: false,
  async call(args, aws) {
    const region = optionalText(args, "name") ?? aws.region;
    const { Regions = [] } = await says("reading EC2 Regions", () =>
      aws.ec2.send(new DescribeRegionsCommand({ AllRegions: true })),
    );
    const asked = optionalText(args, "endpoint");
    const found = Regions.find(({ RegionName, Endpoint }) =>
      asked === undefined ? RegionName === region : Endpoint === asked,
    );
    if (found?.RegionName === undefined) throw new Error(`no matching region found: ${asked ?? region}`);
    const name = found.RegionName;
    return {
      description: descriptions[name] ?? name,
      endpoint: found.Endpoint ?? "",
      id: name,
      name,
      region: name,
    };
  },
};
