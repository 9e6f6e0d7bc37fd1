import {
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Vpc,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import { overlap, readIpv4Block, writeIpv4Block, type Ipv4Block } from "./ipv4";

/**
 * Refuses a block that a VPC can't have for its peers' sake: over an active peering ranges don't overlap, and a VPC that
 * waits for a peering to be accepted can't get a block at all.
 *
 * @throws AwsError CidrConflict or IncorrectState
 */
export async function refuseOverPeers(ec2: EC2Client, vpc: Vpc, block: Ipv4Block): Promise<void> {
  const { VpcPeeringConnections = [] } = await ec2.send(new DescribeVpcPeeringConnectionsCommand({}));
  for (const { VpcPeeringConnectionId = "", Status, ...sides } of VpcPeeringConnections) {
    const asks = sides.RequesterVpcInfo?.VpcId === vpc.VpcId;
    if (!asks && sides.AccepterVpcInfo?.VpcId !== vpc.VpcId) continue;
    if (Status?.Code === "pending-acceptance" && asks) {
      throw new AwsError(
        "IncorrectState",
        `The VPC '${vpc.VpcId ?? ""}' can't get another CIDR block while its peering ${VpcPeeringConnectionId} is ` +
          "pending-acceptance.",
      );
    }
    if (Status?.Code !== "active") continue;
    const peer = asks ? sides.AccepterVpcInfo : sides.RequesterVpcInfo;
    const conflict = (await blocksOf(ec2, peer?.VpcId ?? "")).find((one) => overlap(one, block));
    if (conflict !== undefined) {
      throw new AwsError(
        "CidrConflict",
        `The CIDR '${writeIpv4Block(block)}' conflicts with the CIDR '${writeIpv4Block(conflict)}' of the peer of ` +
          `${VpcPeeringConnectionId}.`,
      );
    }
  }
}

async function blocksOf(ec2: EC2Client, vpcId: string): Promise<Ipv4Block[]> {
  const { Vpcs: [vpc] = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
  );
  return (vpc?.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock = "", CidrBlockState }) =>
    CidrBlockState?.State === "associated" ? (readIpv4Block(CidrBlock) ?? []) : [],
  );
}
