import { paginateDescribeTransitGatewayVpcAttachments } from "@aws-sdk/client-ec2";
import type { EnvironmentNetwork } from "../planning/sharedRanges";
import type { AwsClients } from "./connect";
import { readControlPlane } from "./preflight/readControlPlane";
import { readPeerings } from "./preflight/readVpc";

/** What the network of an environment is read with. */
export interface NetworkOutside extends Pick<AwsClients, "eks" | "ec2"> {
  readonly signal: AbortSignal;
}

/**
 * The network of an environment, as far as others may reach it.
 *
 * Needs eks:DescribeCluster, ec2:DescribeVpcPeeringConnections and ec2:DescribeTransitGatewayVpcAttachments.
 *
 * @throws InvalidInputError when there is no such cluster; otherwise what AWS answers.
 */
export async function readEnvironmentNetwork(
  {
    name,
    clusterName,
    podCidrs,
  }: {
    readonly name: string;
    readonly clusterName: string;
    readonly podCidrs: readonly string[];
  },
  outside: NetworkOutside,
): Promise<EnvironmentNetwork> {
  const { vpcId } = await readControlPlane(outside, clusterName);
  const [peerings, transitGatewayIds] = await Promise.all([
    readPeerings(outside, vpcId),
    readTransitGatewayIds(outside, vpcId),
  ]);
  return {
    ...{ name, vpcId, podCidrs, transitGatewayIds },
    peeredVpcIds: peerings.map(({ otherVpcId }) => otherVpcId),
  };
}

async function readTransitGatewayIds({ ec2, signal }: NetworkOutside, vpcId: string): Promise<string[]> {
  const ids: string[] = [];
  const pages = paginateDescribeTransitGatewayVpcAttachments(
    { client: ec2 },
    { Filters: [{ Name: "vpc-id", Values: [vpcId] }] },
    { abortSignal: signal },
  );
  for await (const { TransitGatewayVpcAttachments = [] } of pages) {
    ids.push(...TransitGatewayVpcAttachments.flatMap(({ TransitGatewayId }) => TransitGatewayId ?? []));
  }
  return ids;
}
