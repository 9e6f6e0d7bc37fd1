import { makeManagedGroups } from "./cluster";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const NAME = "full-group";

/** A cluster whose one managed node group has as many nodes as it may have. */
export const buildFullGroupWorld: WorldBuilder = async (outside) => {
  const { clients, network } = await buildOrdinaryCluster({ name: NAME, nodeGroups: [] }, outside);
  outside.log("managed node group general, 3 x m5.large, at most 3");
  const subnetIds = network.privateSubnetIds;
  await makeManagedGroups(clients, NAME, [{ name: "general", subnetIds, size: 3, maxSize: 3 }]);
  await runWorkloads({ files: ["system.workloads.yaml"], nodes: 3 }, clients, outside);
};
