import { CreateLaunchTemplateCommand, type EC2Client } from "@aws-sdk/client-ec2";

/** Makes a launch template of m5.large. @returns its id. */
export async function makeLaunchTemplate(ec2: EC2Client, name: string): Promise<string> {
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: {
        InstanceType: "m5.large",
        UserData: Buffer.from(`user data of ${name}`).toString("base64"),
        TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "of-template", Value: name }] }],
      },
    }),
  );
  return LaunchTemplate?.LaunchTemplateId ?? "";
}
