import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster where two teams made a PodDisruptionBudget for the same pods. */
export const buildTwoPdbsWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    { name: "two-pdbs", workloads: ["system.workloads.yaml", "two-pdbs.workloads.yaml"] },
    outside,
  );
};
