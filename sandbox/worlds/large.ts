import { waitUntilNodegroupActive } from "@aws-sdk/client-eks";
import { clientsOf } from "./clients";
import { addVpcCni, createManagedGroup, makeCluster, makeRole } from "./cluster";
import { cellsOf } from "./large.cells";
import { applyCell, waitForPods } from "./large.workloads";
import { buildNetwork } from "./network";
import type { WorldBuilder } from "./world";

const NAME = "large";
/** Nodes where nobody says how many. */
const NODES = 200;
const VPC_CIDR = "10.64.0.0/16";
/** A /18 per zone: 16,379 addresses, of which a third of 1,000 nodes takes 8,700. */
const ZONES = [
  { availabilityZone: "us-west-2a", privateCidr: "10.64.0.0/18", publicCidr: "10.64.192.0/24" },
  { availabilityZone: "us-west-2b", privateCidr: "10.64.64.0/18", publicCidr: "10.64.193.0/24" },
  { availabilityZone: "us-west-2c", privateCidr: "10.64.128.0/18", publicCidr: "10.64.194.0/24" },
];
/**
 * As large clusters have it, or EC2 throttles their calls: an address for every pod that a node is likely to get at once,
 * a few more afterwards (VPC CNI, docs/eni-and-ip-target.md).
 */
const CNI_CONFIGURATION = { env: { MINIMUM_IP_TARGET: "24", WARM_IP_TARGET: "2" } };

/**
 * A cluster that has grown: hundreds of nodes in managed groups of 50 m5.xlarge, each group with the workloads of one
 * team, 20 pods a node, in Deployments of 50 replicas with PodDisruptionBudgets of both kinds.
 */
export const buildLargeWorld: WorldBuilder = async (outside) => {
  const { log, signal, nodes = NODES } = outside;
  const clients = clientsOf(outside);
  log(`VPC ${VPC_CIDR} with ${ZONES.length} zones`);
  const { privateSubnetIds: subnetIds } = await buildNetwork(clients.ec2, {
    name: NAME,
    cidr: VPC_CIDR,
    zones: ZONES,
  });

  log(`EKS cluster ${NAME} with the add-on vpc-cni`);
  await makeCluster(clients, { name: NAME, subnetIds });
  await addVpcCni(clients, NAME, CNI_CONFIGURATION);

  // One after the other: a group that waits for nodes behind those of 19 others would count as failed.
  const nodeRole = await makeRole(clients.iam, `${NAME}-node`, "ec2.amazonaws.com");
  // A computer that is busy with other things takes a while for 50 nodes.
  const patient = { ...clients.soon, maxWaitTime: 900 };
  let made = 0;
  let filled = Promise.resolve();
  for (const cell of cellsOf(nodes)) {
    const { name, nodes: size } = cell;
    const plan = { name, instanceType: "m5.xlarge", subnetIds, size, maxSize: size * 2 };
    await createManagedGroup(clients.eks, NAME, nodeRole, plan);
    await waitUntilNodegroupActive(patient, { clusterName: NAME, nodegroupName: name });
    made += size;
    log(`${made} of ${nodes} nodes are Ready`);
    // Not before its nodes are there, or the first ones would get all pods; while the next group's nodes join.
    filled = filled.then(() => applyCell(cell, clients.kubeConfig, signal));
    filled.catch(() => undefined);
  }
  await filled;
  await waitForPods(clients.kubeConfig, outside);
};
