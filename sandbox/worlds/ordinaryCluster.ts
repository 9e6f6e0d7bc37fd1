import { clientsOf } from "./clients";
import { addVpcCni, makeCluster, makeManagedGroups } from "./cluster";
import { buildNetwork } from "./network";
import { setEnv } from "./setEnv";
import { runWorkloads } from "./workloads";
import type { WorldOutside } from "./world";

const VPC_CIDR = "10.8.0.0/16";
/** A /25 per zone: 123 addresses, of which each of two m5.large nodes takes up to 30. */
const ZONES = [
  { availabilityZone: "us-west-2a", privateCidr: "10.8.0.0/25", publicCidr: "10.8.255.0/28" },
  { availabilityZone: "us-west-2b", privateCidr: "10.8.0.128/25", publicCidr: "10.8.255.16/28" },
  { availabilityZone: "us-west-2c", privateCidr: "10.8.1.0/25", publicCidr: "10.8.255.32/28" },
];

/** What a platform team has set over the years, none of which a migration may lose. */
const CNI_CONFIGURATION = {
  env: {
    WARM_ENI_TARGET: "1",
    AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "172.31.0.0/16",
    ADDITIONAL_ENI_TAGS: '{"team":"platform"}',
  },
  resources: { requests: { cpu: "50m" } },
};
/** Set on the DaemonSet itself, by hand, so that the field is not the add-on's. */
const SET_BY_HAND = { AWS_VPC_K8S_CNI_LOGLEVEL: "INFO" };

/**
 * Builds a cluster as most are before their migration: three zones, a route table and a NAT gateway in each, the CNI as
 * managed add-on, and managed groups of three m5.large.
 *
 * @param cluster.workloads a file of manifests beside this one. @default none
 */
export async function buildOrdinaryCluster(
  {
    name,
    nodeGroups,
    workloads,
  }: { readonly name: string; readonly nodeGroups: readonly string[]; readonly workloads?: string },
  outside: WorldOutside,
): Promise<void> {
  const { log } = outside;
  const clients = clientsOf(outside);
  log(`VPC ${VPC_CIDR} with ${ZONES.length} zones`);
  const network = await buildNetwork(clients.ec2, { name, cidr: VPC_CIDR, zones: ZONES });
  const subnetIds = network.privateSubnetIds;

  log(`EKS cluster ${name} with the add-on vpc-cni`);
  await makeCluster(clients, { name, subnetIds });
  await addVpcCni(clients, name, CNI_CONFIGURATION);
  await setEnv(clients.kubeConfig, SET_BY_HAND);

  log(`managed node groups ${nodeGroups.join(" and ")}, 3 x m5.large each`);
  const groups = nodeGroups.map((group) => ({ name: group, subnetIds, size: 3, maxSize: 6 }));
  await makeManagedGroups(clients, name, groups);

  if (workloads === undefined) return;
  log("workloads");
  await runWorkloads({ file: workloads, nodes: 3 * nodeGroups.length }, clients, outside);
}
