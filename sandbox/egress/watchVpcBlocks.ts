import { setTimeout as delay } from "node:timers/promises";
import { DescribeVpcsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { DescribeClusterCommand, ListClustersCommand, type EKSClient } from "@aws-sdk/client-eks";
import type { RecognisedBlocks } from "./recognisedBlocks";

/** How late it is noticed that a block has become associated, at most. */
const POLL_MS = 1_000;

/**
 * Tells again and again which blocks the cluster's VPC has, from the moment on at which there is a cluster.
 *
 * @param outside.log takes what went wrong; it goes on.
 */
export async function watchVpcBlocks(
  blocks: RecognisedBlocks,
  outside: {
    readonly ec2: EC2Client;
    readonly eks: EKSClient;
    readonly now: () => number;
    readonly log: (line: string) => void;
  },
): Promise<never> {
  const { ec2, eks, now, log } = outside;
  let knownVpc: string | undefined;
  for (;;) {
    try {
      const vpcId = await vpcOfCluster(eks);
      if (vpcId !== undefined) blocks.observe(await associatedBlocks(ec2, vpcId), now(), vpcId !== knownVpc);
      knownVpc = vpcId;
    } catch (error) {
      log(`egress: looking for the blocks of the cluster's VPC: ${String(error)}`);
    }
    await delay(POLL_MS);
  }
}

/** The control plane is one, and so is the cluster that it plays. */
async function vpcOfCluster(eks: EKSClient): Promise<string | undefined> {
  const { clusters: [name] = [] } = await eks.send(new ListClustersCommand({}));
  if (name === undefined) return undefined;
  const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
  return cluster?.resourcesVpcConfig?.vpcId;
}

async function associatedBlocks(ec2: EC2Client, vpcId: string): Promise<string[]> {
  const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
  return (vpc?.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock, CidrBlockState }) =>
    CidrBlock !== undefined && CidrBlockState?.State === "associated" ? [CidrBlock] : [],
  );
}
