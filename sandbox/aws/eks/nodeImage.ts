import { CopyImageCommand, DescribeImagesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { imageOf, isArm } from "./amiTypes";

/** The AMI of a type in one of its releases, made known to EC2 when it is first asked for. @returns its id. */
export async function imageFor(amiType: string, release: string, ec2: EC2Client): Promise<string> {
  const { name, description } = imageOf(amiType, release);
  const architecture = isArm(amiType) ? "arm64" : "x86_64";
  const known = await imageNamed(name, ec2);
  if (known !== undefined) return known;
  // A copy: it keeps the architecture, which moto forgets of an image that is registered.
  const { ImageId = "" } = await ec2.send(
    new CopyImageCommand({
      Name: name,
      Description: description,
      SourceImageId: await imageNamed(`al2023-ami-2023.*-${architecture}`, ec2),
      SourceRegion: await ec2.config.region(),
    }),
  );
  return ImageId;
}

async function imageNamed(name: string, ec2: EC2Client): Promise<string | undefined> {
  const { Images: [image] = [] } = await ec2.send(
    new DescribeImagesCommand({ Filters: [{ Name: "name", Values: [name] }] }),
  );
  return image?.ImageId;
}
