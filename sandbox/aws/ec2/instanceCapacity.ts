import { DescribeLaunchTemplateVersionsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import type { QueryForm } from "../protocol/queryForm";
import type { Ec2Call, Ec2Outside } from "./ec2Call";

/**
 * Refuses to launch where a fault says that the zone has no capacity for the type.
 *
 * @throws AwsError InsufficientInstanceCapacity
 */
export async function refuseWithoutCapacity(
  call: Ec2Call,
  availabilityZone: string,
  { ec2, faults }: Pick<Ec2Outside, "ec2" | "faults">,
): Promise<void> {
  if (!faults.watches("insufficient-capacity", call)) return;
  const type = await instanceTypeOf(call.form, ec2);
  const fault = faults.strike(
    ["insufficient-capacity"],
    call,
    (rule) => (rule.instanceType ?? type) === type && (rule.zone ?? availabilityZone) === availabilityZone,
  );
  if (fault === undefined) return;
  throw new AwsError(
    "InsufficientInstanceCapacity",
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested ` +
      `(${availabilityZone}). Our system will be working on provisioning additional capacity.`,
    500,
  );
}

async function instanceTypeOf(form: QueryForm, ec2: EC2Client): Promise<string> {
  const given = form.get("InstanceType");
  if (given !== undefined) return given;
  const id = form.get("LaunchTemplate.LaunchTemplateId");
  const name = form.get("LaunchTemplate.LaunchTemplateName");
  // EC2's own default.
  if (id === undefined && name === undefined) return "m1.small";
  const { LaunchTemplateVersions: [version] = [] } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({
      ...(id === undefined ? { LaunchTemplateName: name } : { LaunchTemplateId: id }),
      Versions: [form.get("LaunchTemplate.Version") ?? "$Default"],
    }),
  );
  return version?.LaunchTemplateData?.InstanceType ?? "m1.small";
}
