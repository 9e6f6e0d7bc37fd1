import { DescribeLaunchTemplatesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { xmlAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import { listOf } from "../protocol/queryForm";
import { child, items, parseXml, renderXml, textAt } from "../protocol/xml";
import type { Ec2Action } from "./ec2Call";

/** As many as AWS gives at most; moto gives 15 and no more pages. */
const PAGE = "200";

/** DescribeLaunchTemplates: all of them, and an error for one that isn't there. */
export const describeLaunchTemplates: Ec2Action = async (call, { ec2 }) => {
  for (const id of listOf(call.form, "LaunchTemplateId")) await refuseUnknown(id, ec2);
  return call.forward(new Map([["MaxResults", PAGE], ...call.form]));
};

/** DescribeLaunchTemplateVersions, without the template's own tags, which moto puts among those of instances. */
export const describeLaunchTemplateVersions: Ec2Action = async (call) => {
  const answer = await call.forward(new Map([["MaxResults", PAGE], ...call.form]));
  if (answer.status !== 200) return answer;
  const described = parseXml(answer.body.toString());
  for (const version of items(described, "launchTemplateVersionSet")) {
    const specifications = child(child(version, "launchTemplateData"), "tagSpecificationSet");
    if (specifications === undefined) continue;
    specifications.children = specifications.children.filter(
      (one) => textAt(one, "resourceType") !== "launch-template",
    );
  }
  return xmlAnswer(200, renderXml(described));
};

/** DeleteLaunchTemplate, with AWS's error for one that isn't there. */
export const deleteLaunchTemplate: Ec2Action = async (call, { ec2 }) => {
  const id = call.form.get("LaunchTemplateId");
  if (id !== undefined) await refuseUnknown(id, ec2);
  return call.forward();
};

async function refuseUnknown(id: string, ec2: EC2Client): Promise<void> {
  const { LaunchTemplates = [] } = await ec2.send(
    new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }),
  );
  if (LaunchTemplates.length > 0) return;
  throw new AwsError(
    "InvalidLaunchTemplateId.NotFound",
    `The specified launch template, with template ID ${id}, does not exist.`,
  );
}
