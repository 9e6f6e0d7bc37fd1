import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster with pods that nobody would make again. */
export const buildBarePodsWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    { name: "bare-pods", workloads: ["system.workloads.yaml", "bare-pods.workloads.yaml"] },
    outside,
  );
};
