import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster whose nodes run pods by themselves: a mirror of the registry and, in one zone, a log shipper. */
export const buildStaticPodsWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    { name: "static-pods", workloads: ["system.workloads.yaml", "static-pods.workloads.yaml"] },
    outside,
  );
};
