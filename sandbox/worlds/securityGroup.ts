import { CreateSecurityGroupCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { made } from "./network";
import { named } from "./tags";

/** Makes a security group of nodes. It admits nothing, as EC2 makes it. @returns its id. */
export async function makeSecurityGroup(
  ec2: EC2Client,
  {
    vpcId,
    name,
    description,
  }: { readonly vpcId: string; readonly name: string; readonly description: string },
): Promise<string> {
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      VpcId: vpcId,
      GroupName: name,
      Description: description,
      ...named("security-group", name),
    }),
  );
  return made(GroupId, "CreateSecurityGroup");
}
