import { buildOrdinaryCluster, ORDINARY_NETWORK } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster with one NAT gateway, and one route table for the private subnets of all zones. */
export const buildSharedRouteTableWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    {
      name: "shared-route-table",
      network: { ...ORDINARY_NETWORK, sharesRouteTable: true },
      workloads: ["system.workloads.yaml"],
    },
    outside,
  );
};
