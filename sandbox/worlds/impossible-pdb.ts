import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster with two PodDisruptionBudgets that can never allow an eviction. */
export const buildImpossiblePdbWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    { name: "impossible-pdb", workloads: ["system.workloads.yaml", "impossible-pdb.workloads.yaml"] },
    outside,
  );
};
