import { makePlainGroup } from "./autoScalingGroup";
import { clientsOf } from "./clients";
import { makeCluster, makeManagedGroups } from "./cluster";
import { buildSharedTableNetwork } from "./scattered.network";
import { setEnv } from "./setEnv";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const NAME = "orders-prod";
const VPC_CIDR = "10.20.0.0/16";
/** Of the control plane, in two zones of the three. */
const CLUSTER_SUBNETS = { "us-west-2a": "10.20.0.0/28", "us-west-2b": "10.20.0.16/28" };
const NODE_SUBNETS = {
  "us-west-2a": "10.20.16.0/24",
  "us-west-2b": "10.20.17.0/24",
  "us-west-2c": "10.20.18.0/24",
};
/** What somebody set with `kubectl set env daemonset/aws-node`, and nobody wrote down. */
const SET_BY_HAND = {
  WARM_IP_TARGET: "4",
  MINIMUM_IP_TARGET: "8",
  AWS_VPC_K8S_CNI_LOGLEVEL: "INFO",
  AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "192.168.0.0/16",
};

/**
 * A cluster made by hand over the years: nodes in other subnets, and in one zone more, than the control plane; the VPC's
 * main route table for everything; aws-node as EKS installed it, changed with kubectl; a managed group in two zones and an
 * Auto Scaling group of its owners in the third, whose nodes have two security groups.
 */
export const buildScatteredWorld: WorldBuilder = async (outside) => {
  const { log } = outside;
  const clients = clientsOf(outside);
  log(`VPC ${VPC_CIDR}, everything in its main route table`);
  const network = await buildSharedTableNetwork(clients.ec2, {
    name: NAME,
    cidr: VPC_CIDR,
    clusterSubnets: CLUSTER_SUBNETS,
    nodeSubnets: NODE_SUBNETS,
  });
  const nodeSubnet = (zone: keyof typeof NODE_SUBNETS) => network.nodeSubnetIds[zone] ?? "";

  log(`EKS cluster ${NAME} with a self-managed aws-node`);
  await makeCluster(clients, {
    name: NAME,
    subnetIds: network.clusterSubnetIds,
    selfManagedAddOns: true,
  });
  await setEnv(clients.kubeConfig, SET_BY_HAND);

  log("a managed group of 2 x m5.large, and an Auto Scaling group of 2 x m5.large");
  await makeManagedGroups(clients, NAME, [
    { name: "apps", subnetIds: [nodeSubnet("us-west-2a"), nodeSubnet("us-west-2b")], size: 2, maxSize: 6 },
  ]);
  await makePlainGroup(clients, {
    name: `${NAME}-workers`,
    clusterName: NAME,
    subnetIds: [nodeSubnet("us-west-2c")],
    securityGroupIds: [network.nodesSecurityGroupId],
    size: 2,
    maxSize: 6,
    labels: { workload: "workers" },
  });

  log("workloads");
  await runWorkloads(
    { files: ["system.workloads.yaml", "scattered.workloads.yaml"], nodes: 4 },
    clients,
    outside,
  );
};
