import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster with pods that a finalizer keeps, whose controller nobody runs any more. */
export const buildStuckFinalizerWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    { name: "stuck-finalizer", workloads: ["system.workloads.yaml", "stuck-finalizer.workloads.yaml"] },
    outside,
  );
};
