import { DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import { isObject, type Properties, type Value } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { launchTemplateDataOf } from "../launchTemplateData";
import { optionalText } from "../resourceKind";
import { tagsOfList, tagsState } from "../tags";
import { chosenBy, filterArgs, filtersOf, theOnly } from "./filters";

/** Settings that are told as a list of one, which the resource has as an object. */
const single: Readonly<Record<string, string>> = {
  iamInstanceProfile: "iamInstanceProfiles",
  instanceMarketOptions: "instanceMarketOptions",
  metadataOptions: "metadataOptions",
  monitoring: "monitorings",
};

/** What a template says when it says nothing of it. */
const empty: Properties = {
  blockDeviceMappings: [],
  capacityReservationSpecifications: [],
  cpuOptions: [],
  creditSpecifications: [],
  disableApiStop: false,
  disableApiTermination: false,
  ebsOptimized: "",
  enclaveOptions: [],
  hibernationOptions: [],
  iamInstanceProfiles: [],
  imageId: "",
  instanceInitiatedShutdownBehavior: "",
  instanceMarketOptions: [],
  instanceRequirements: [],
  instanceType: "",
  kernelId: "",
  keyName: "",
  licenseSpecifications: [],
  maintenanceOptions: [],
  metadataOptions: [],
  monitorings: [],
  networkInterfaces: [],
  networkPerformanceOptions: [],
  placements: [],
  privateDnsNameOptions: [],
  ramDiskId: "",
  secondaryInterfaces: [],
  securityGroupNames: [],
  tagSpecifications: [],
  userData: "",
  vpcSecurityGroupIds: [],
};

export const getLaunchTemplate: AwsFunction = {
  token: "aws:ec2/getLaunchTemplate:getLaunchTemplate",
  args: { ...filterArgs, id: { type: "string" }, name: { type: "string" } },
  async call(args, aws) {
    const id = optionalText(args, "id");
    const name = optionalText(args, "name");
    const command = new DescribeLaunchTemplatesCommand({
      ...(id === undefined ? {} : { LaunchTemplateIds: [id] }),
      ...(name === undefined ? {} : { LaunchTemplateNames: [name] }),
      Filters: filtersOf(args),
    });
    const { LaunchTemplates = [] } = await says("reading EC2 Launch Template", () => aws.ec2.send(command));
    const found = theOnly("EC2 Launch Template", LaunchTemplates);
    const LaunchTemplateId = found.LaunchTemplateId ?? "";
    const version = String(found.LatestVersionNumber ?? 1);
    const { LaunchTemplateVersions: [latest] = [] } = await says(
      `reading EC2 Launch Template (${LaunchTemplateId}) Version (${version})`,
      () =>
        aws.ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [version] })),
    );
    return {
      ...empty,
      ...asLists(launchTemplateDataOf(latest?.LaunchTemplateData ?? {})),
      arn: `arn:aws:ec2:${aws.region}:${(await aws.caller()).accountId}:launch-template/${LaunchTemplateId}`,
      defaultVersion: found.DefaultVersionNumber ?? 1,
      description: latest?.VersionDescription ?? "",
      id: LaunchTemplateId,
      latestVersion: found.LatestVersionNumber ?? 1,
      name: found.LaunchTemplateName ?? "",
      tags: tagsState(tagsOfList(found.Tags), aws).tagsAll,
      ...chosenBy(args),
    };
  },
};

function asLists(data: Properties): Properties {
  const told: Properties = {};
  for (const [key, value] of Object.entries(data)) {
    const list = single[key];
    if (list !== undefined) told[list] = [value];
    else told[key] = key === "blockDeviceMappings" ? mappings(value) : value;
  }
  return told;
}

function mappings(value: Value): Value[] {
  return (Array.isArray(value) ? value.filter(isObject) : []).map((mapping) => ({
    ...mapping,
    ebs: mapping["ebs"] === undefined ? [] : [mapping["ebs"]],
  }));
}
