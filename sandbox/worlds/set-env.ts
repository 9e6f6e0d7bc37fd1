import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** What somebody set over the years with `kubectl set env daemonset/aws-node`, and nobody wrote down. */
const SET_BY_HAND = {
  // EKS's own defaults, of other values.
  AWS_VPC_K8S_CNI_EXTERNALSNAT: "true",
  AWS_VPC_K8S_CNI_LOGLEVEL: "INFO",
  // Not among EKS's defaults.
  WARM_IP_TARGET: "4",
  MINIMUM_IP_TARGET: "8",
};

/** A managed add-on without a configuration, and settings that were all made with kubectl. */
export const buildSetEnvWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    { name: "set-env", cni: { addOn: {}, setByHand: SET_BY_HAND }, workloads: ["system.workloads.yaml"] },
    outside,
  );
};
