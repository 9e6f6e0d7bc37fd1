import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** The cluster of the world `small` without workloads, with one node in each zone: quick to start. */
export const buildBareWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster({ name: "bare" }, outside);
};
