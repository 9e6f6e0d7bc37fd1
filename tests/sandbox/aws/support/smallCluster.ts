import { CreateClusterCommand } from "@aws-sdk/client-eks";
import type { FrontUnderTest } from "./frontFixture";
import { makeNetwork } from "./network";

/** Makes the cluster `small` in three zones. */
export async function makeSmallCluster(
  { ec2, eks }: Pick<FrontUnderTest, "ec2" | "eks">,
  subnetBlocks = ["10.8.0.0/24", "10.8.1.0/24", "10.8.2.0/24"],
): Promise<{ vpcId: string; subnetIds: string[] }> {
  const network = await makeNetwork(ec2, "10.8.0.0/16", subnetBlocks);
  await eks.send(
    new CreateClusterCommand({
      name: "small",
      roleArn: "arn:aws:iam::123456789012:role/small-cluster",
      resourcesVpcConfig: { subnetIds: network.subnetIds },
    }),
  );
  return network;
}
