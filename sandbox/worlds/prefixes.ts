import { CreateNetworkInterfaceCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { clientsOf } from "./clients";
import { addVpcCni, makeCluster, makeManagedGroups } from "./cluster";
import { buildNetwork } from "./network";
import { named } from "./tags";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const NAME = "telemetry";
const VPC_CIDR = "10.40.0.0/16";
/** A /25 per zone: eight /28, of which the first and the last never make a prefix. */
const ZONES = [
  { availabilityZone: "us-west-2a", privateCidr: "10.40.0.0/25", publicCidr: "10.40.255.0/28" },
  { availabilityZone: "us-west-2b", privateCidr: "10.40.0.128/25", publicCidr: "10.40.255.16/28" },
  { availabilityZone: "us-west-2c", privateCidr: "10.40.1.0/25", publicCidr: "10.40.255.32/28" },
];
/** One address in each of three /28 of the last zone: 106 addresses are free there, and three prefixes. */
const SCATTERED_ADDRESSES = ["10.40.1.40", "10.40.1.72", "10.40.1.104"];

const CNI_CONFIGURATION = {
  env: {
    ENABLE_PREFIX_DELEGATION: "true",
    WARM_PREFIX_TARGET: "1",
    AWS_VPC_K8S_CNI_EXTERNALSNAT: "true",
    ENABLE_POD_ENI: "true",
    POD_SECURITY_GROUP_ENFORCING_MODE: "standard",
  },
  init: { env: { DISABLE_TCP_EARLY_DEMUX: "true" } },
};

/**
 * A cluster of many small pods: prefixes instead of addresses, security groups for pods, and pods that leave the VPC
 * with their own addresses through the NAT gateway of their zone. One zone's subnet is fragmented.
 */
export const buildPrefixesWorld: WorldBuilder = async (outside) => {
  const { log } = outside;
  const clients = clientsOf(outside);
  log(`VPC ${VPC_CIDR} with ${ZONES.length} zones`);
  const network = await buildNetwork(clients.ec2, { name: NAME, cidr: VPC_CIDR, zones: ZONES });
  const subnetIds = network.privateSubnetIds;
  await scatterAddresses(clients.ec2, subnetIds.at(-1) ?? "");

  log(`EKS cluster ${NAME} with the add-on vpc-cni, prefix delegation and security groups for pods`);
  await makeCluster(clients, { name: NAME, subnetIds });
  await addVpcCni(clients, NAME, CNI_CONFIGURATION);

  log("managed node group collectors, 3 x m5.large");
  await makeManagedGroups(clients, NAME, [{ name: "collectors", subnetIds, size: 3, maxSize: 6 }]);

  log("workloads");
  await runWorkloads(
    { files: ["system.workloads.yaml", "prefixes.workloads.yaml"], nodes: 3 },
    clients,
    outside,
  );
};

/** ENIs of appliances that were given fixed addresses. */
async function scatterAddresses(ec2: EC2Client, SubnetId: string): Promise<void> {
  for (const [index, PrivateIpAddress] of SCATTERED_ADDRESSES.entries()) {
    await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId,
        PrivateIpAddress,
        Description: "Log appliance",
        ...named("network-interface", `log-appliance-${index + 1}`),
      }),
    );
  }
}
