import { createManagedGroup, makeManagedGroups, makeRole } from "./cluster";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const NAME = "zone-without-eniconfig";

/** Custom networking in zones a and b, and a node group that was added in zone c, without a pod subnet and an ENIConfig. */
export const buildZoneWithoutEniConfigWorld: WorldBuilder = async (outside) => {
  const subnets = { "us-west-2a": "100.64.0.0/24", "us-west-2b": "100.64.1.0/24" };
  const { clients, network } = await buildOrdinaryCluster(
    { name: NAME, podSubnets: { range: "100.64.0.0/16", subnets }, nodeGroups: [] },
    outside,
  );
  const [inZoneA = "", inZoneB = "", inZoneC = ""] = network.privateSubnetIds;
  const general = { name: "general", subnetIds: [inZoneA, inZoneB], size: 2, maxSize: 4 };
  outside.log("managed node groups general in zones a and b, and added-zone in zone c");
  await makeManagedGroups(clients, NAME, [general]);

  // Nobody waits for this one: its node never becomes Ready.
  const nodeRole = await makeRole(clients.iam, `${NAME}-node`, "ec2.amazonaws.com");
  const addedZone = { name: "added-zone", subnetIds: [inZoneC], size: 1, maxSize: 2 };
  await createManagedGroup(clients.eks, NAME, nodeRole, addedZone);

  await runWorkloads(
    { files: ["system.workloads.yaml"], nodes: 2, neverReady: ["kube-system/aws-node"] },
    clients,
    outside,
  );
};
