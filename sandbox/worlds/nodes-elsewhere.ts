import { buildOrdinaryCluster, ORDINARY_NETWORK } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** Where the control plane is, and no node: two zones of the three. */
const CONTROL_PLANE_CIDRS = ["10.8.254.0/28", "10.8.254.16/28"];

/** A cluster whose control plane has subnets of its own, in two zones, and whose nodes are in others, in three. */
export const buildNodesElsewhereWorld: WorldBuilder = async (outside) => {
  const zones = ORDINARY_NETWORK.zones.map((zone, index) => {
    const controlPlaneCidr = CONTROL_PLANE_CIDRS[index];
    return controlPlaneCidr === undefined ? zone : { ...zone, controlPlaneCidr };
  });
  await buildOrdinaryCluster(
    {
      name: "nodes-elsewhere",
      network: { ...ORDINARY_NETWORK, zones },
      workloads: ["system.workloads.yaml"],
    },
    outside,
  );
};
