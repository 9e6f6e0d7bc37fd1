import { paginateDescribeAddonVersions, type AddonVersionInfo } from "@aws-sdk/client-eks";
import { defined } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { text } from "../resourceKind";

export const getAddonVersion: AwsFunction = {
  token: "aws:eks/getAddonVersion:getAddonVersion",
  args: {
    addonName: { type: "string", required: true },
    kubernetesVersion: { type: "string", required: true },
    mostRecent: { type: "boolean" },
    region: { type: "string" },
  },
  async call(args, aws) {
    const addonName = text(args, "addonName");
    const kubernetesVersion = text(args, "kubernetesVersion");
    const reading = `reading EKS Add-On version info (${addonName}, ${kubernetesVersion})`;
    const versions = await says(reading, async () => {
      const found: AddonVersionInfo[] = [];
      const asked = { addonName, kubernetesVersion };
      for await (const { addons = [] } of paginateDescribeAddonVersions({ client: aws.eks }, asked)) {
        for (const { addonVersions = [] } of addons) found.push(...addonVersions);
      }
      return found;
    });
    // EKS tells the newest first.
    const chosen = versions.find(
      ({ compatibilities = [] }) =>
        args["mostRecent"] === true || compatibilities.some(({ defaultVersion }) => defaultVersion === true),
    );
    if (chosen === undefined) throw new Error(`${reading}: couldn't find resource`);
    return defined({
      addonName,
      id: addonName,
      kubernetesVersion,
      mostRecent: args["mostRecent"],
      version: chosen.addonVersion,
    });
  },
};
