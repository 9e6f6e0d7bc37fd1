import { DescribeAddonCommand } from "@aws-sdk/client-eks";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { podIdentitiesTold } from "../podIdentities";
import { text } from "../resourceKind";
import { tagsState } from "../tags";

export const getAddon: AwsFunction = {
  token: "aws:eks/getAddon:getAddon",
  args: {
    addonName: { type: "string", required: true },
    clusterName: { type: "string", required: true },
    region: { type: "string" },
    tags: { type: "map" },
  },
  async call(args, aws) {
    const clusterName = text(args, "clusterName");
    const addonName = text(args, "addonName");
    const id = `${clusterName}:${addonName}`;
    const { addon } = await says(`reading EKS Add-On (${id})`, () =>
      aws.eks.send(new DescribeAddonCommand({ clusterName, addonName })),
    );
    return {
      addonName,
      addonVersion: addon?.addonVersion ?? "",
      arn: addon?.addonArn ?? "",
      clusterName,
      configurationValues: addon?.configurationValues ?? "",
      createdAt: addon?.createdAt?.toISOString() ?? "",
      id,
      modifiedAt: addon?.modifiedAt?.toISOString() ?? "",
      podIdentityAssociations: addon === undefined ? [] : await podIdentitiesTold(addon, aws),
      serviceAccountRoleArn: addon?.serviceAccountRoleArn ?? "",
      tags: tagsState(addon?.tags ?? {}, aws).tagsAll,
    };
  },
};
