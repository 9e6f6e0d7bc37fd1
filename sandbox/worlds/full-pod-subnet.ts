import { buildOrdinaryCluster, ORDINARY_POD_SUBNETS } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** 11 addresses, of which the node's first pod ENI takes 10. */
const FULL_SUBNET = { "us-west-2c": "100.64.2.0/28" };

/** Custom networking with a pod subnet in zone c that one ENI fills. */
export const buildFullPodSubnetWorld: WorldBuilder = async (outside) => {
  const { range, subnets } = ORDINARY_POD_SUBNETS;
  await buildOrdinaryCluster(
    {
      name: "full-pod-subnet",
      podSubnets: { range, subnets: { ...subnets, ...FULL_SUBNET } },
      workloads: ["system.workloads.yaml", "full-pod-subnet.workloads.yaml"],
      neverReady: ["media/thumbnails"],
    },
    outside,
  );
};
