import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster with workloads of one replica, whose eviction is an outage. */
export const buildSingleReplicasWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    { name: "single-replicas", workloads: ["system.workloads.yaml", "single-replicas.workloads.yaml"] },
    outside,
  );
};
