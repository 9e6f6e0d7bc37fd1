import { randomUUID } from "node:crypto";
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  ModifyLaunchTemplateCommand,
  type LaunchTemplate,
} from "@aws-sdk/client-ec2";
import { changesBetween } from "../../schema/compare";
import { defined, type Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { says, unlessGone } from "../awsError";
import { launchTemplateDataOf } from "../launchTemplateData";
import { optionalText, type ResourceKind } from "../resourceKind";
import { tagSpecifications, tagsOfList, tagsState, updateEc2Tags } from "../tags";
import { launchTemplateRequest } from "./launchTemplateRequest";
import { launchTemplateDataSchema, launchTemplateSchema } from "./launchTemplateSchema";
import { nameOrPrefixed, prefixOf } from "./prefixedName";

const GONE = ["InvalidLaunchTemplateId.NotFound"];

export const launchTemplate: ResourceKind = {
  type: "aws:ec2/launchTemplate:LaunchTemplate",
  schema: launchTemplateSchema,
  autoNamed: "name",
  async create(inputs, aws) {
    const name = nameOrPrefixed(inputs, "name");
    const command = new CreateLaunchTemplateCommand({
      ClientToken: randomUUID(),
      LaunchTemplateName: name,
      LaunchTemplateData: launchTemplateRequest(inputs),
      ...versionDescription(inputs),
      ...tagSpecifications(inputs, "launch-template"),
    });
    const { LaunchTemplate } = await says(`creating EC2 Launch Template (${name})`, () =>
      aws.ec2.send(command),
    );
    return LaunchTemplate?.LaunchTemplateId ?? "";
  },
  async read(id, aws) {
    const found = await find(id, aws);
    return found === undefined ? undefined : propertiesOf(id, found, aws);
  },
  async update(id, state, inputs, aws) {
    await updateEc2Tags(aws, id, state, inputs);
    let latest = Number(state["latestVersion"]);
    if (changesBetween(launchTemplateDataSchema, state, inputs).size > 0) {
      const command = new CreateLaunchTemplateVersionCommand({
        ClientToken: randomUUID(),
        LaunchTemplateId: id,
        LaunchTemplateData: launchTemplateRequest(inputs),
        ...versionDescription(inputs),
      });
      const { LaunchTemplateVersion: version } = await says(
        `creating EC2 Launch Template (${id}) Version`,
        () => aws.ec2.send(command),
      );
      latest = version?.VersionNumber ?? latest;
    }
    const wanted = inputs["updateDefaultVersion"] === true ? latest : inputs["defaultVersion"];
    if (typeof wanted === "number" && wanted !== state["defaultVersion"]) {
      await says(`updating EC2 Launch Template (${id})`, () =>
        aws.ec2.send(
          new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: String(wanted) }),
        ),
      );
    }
    return undefined;
  },
  async delete(id, _state, aws) {
    await says(`deleting EC2 Launch Template (${id})`, () =>
      unlessGone(GONE, () => aws.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }))),
    );
  },
};

function versionDescription(inputs: Properties): { VersionDescription?: string } {
  const description = optionalText(inputs, "description");
  return description === undefined ? {} : { VersionDescription: description };
}

async function find(id: string, aws: Aws): Promise<LaunchTemplate | undefined> {
  const answer = await says(`reading EC2 Launch Template (${id})`, () =>
    unlessGone(GONE, () => aws.ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }))),
  );
  return answer?.LaunchTemplates?.[0];
}

/** Its newest version, whichever is the default one. */
async function propertiesOf(id: string, found: LaunchTemplate, aws: Aws): Promise<Properties> {
  const version = String(found.LatestVersionNumber ?? 1);
  const { LaunchTemplateVersions: [latest] = [] } = await says(
    `reading EC2 Launch Template (${id}) Version (${version})`,
    () =>
      aws.ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] })),
  );
  return defined({
    ...launchTemplateDataOf(latest?.LaunchTemplateData ?? {}),
    arn: `arn:aws:ec2:${aws.region}:${(await aws.caller()).accountId}:launch-template/${id}`,
    defaultVersion: found.DefaultVersionNumber,
    description: latest?.VersionDescription ?? "",
    latestVersion: found.LatestVersionNumber,
    name: found.LaunchTemplateName,
    namePrefix: prefixOf(found.LaunchTemplateName),
    ...tagsState(tagsOfList(found.Tags), aws),
  });
}
