import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster whose CNI enforces NetworkPolicies, one of which admits the VPC's first range as a block of addresses. */
export const buildNetworkPolicyWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    {
      name: "network-policy",
      cni: { addOn: { enableNetworkPolicy: "true" } },
      workloads: ["system.workloads.yaml", "network-policy.workloads.yaml"],
    },
    outside,
  );
};
