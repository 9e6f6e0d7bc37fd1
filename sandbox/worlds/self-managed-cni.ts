import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** What somebody set with kubectl in an aws-node that is no add-on. */
const SET_BY_HAND = { WARM_IP_TARGET: "4", AWS_VPC_K8S_CNI_LOGLEVEL: "INFO" };

/** A cluster whose aws-node EKS installed when it was made, as nobody's add-on. */
export const buildSelfManagedCniWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    { name: "self-managed-cni", cni: { setByHand: SET_BY_HAND }, workloads: ["system.workloads.yaml"] },
    outside,
  );
};
