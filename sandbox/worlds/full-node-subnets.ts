import { CreateNetworkInterfaceCommand, DescribeSubnetsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** Functions of that name hold what the nodes leave. */
const FUNCTION = "thumbnails";

/**
 * A cluster whose node subnets have no address left: they are small, the CNI keeps a spare ENI on every node, and
 * functions in the same subnets have the rest.
 */
export const buildFullNodeSubnetsWorld: WorldBuilder = async (outside) => {
  const { clients, network } = await buildOrdinaryCluster(
    {
      name: "full-node-subnets",
      network: {
        cidr: "10.8.0.0/16",
        // A /27 has 27 addresses: one node with two ENIs of ten, and EKS's own.
        zones: [
          { availabilityZone: "us-west-2a", privateCidr: "10.8.0.0/27", publicCidr: "10.8.255.0/28" },
          { availabilityZone: "us-west-2b", privateCidr: "10.8.0.32/27", publicCidr: "10.8.255.16/28" },
          { availabilityZone: "us-west-2c", privateCidr: "10.8.0.64/27", publicCidr: "10.8.255.32/28" },
        ],
      },
      workloads: ["system.workloads.yaml"],
    },
    outside,
  );
  outside.log(`functions ${FUNCTION} in the nodes' subnets`);
  for (const subnetId of network.privateSubnetIds) await fill(clients.ec2, subnetId);
};

/** Takes all addresses that a subnet has left, as fast as others do. */
async function fill(ec2: EC2Client, SubnetId: string): Promise<void> {
  for (;;) {
    const { Subnets: [subnet] = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
    const free = subnet?.AvailableIpAddressCount ?? 0;
    if (free === 0) return;
    await ec2
      .send(
        new CreateNetworkInterfaceCommand({
          SubnetId,
          Description: `AWS Lambda VPC ENI-${FUNCTION}`,
          SecondaryPrivateIpAddressCount: free - 1,
        }),
      )
      .catch((error: unknown) => {
        // A node was faster: there are fewer now.
        if ((error as Error).name !== "InsufficientFreeAddressesInSubnet") throw error;
      });
  }
}
