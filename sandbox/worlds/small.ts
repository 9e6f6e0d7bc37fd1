import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/**
 * An ordinary cluster before its migration: three zones, two managed groups of m5.large with six nodes, the CNI as
 * managed add-on, a route table and a NAT gateway per zone, and a dozen workloads with PodDisruptionBudgets of both
 * kinds.
 */
export const buildSmallWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    {
      name: "small",
      nodeGroups: ["general", "batch"],
      workloads: ["system.workloads.yaml", "small.workloads.yaml"],
    },
    outside,
  );
};
