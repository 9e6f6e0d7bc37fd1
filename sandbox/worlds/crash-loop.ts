import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster with two workloads whose containers end soon after every start. */
export const buildCrashLoopWorld: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    {
      name: "crash-loop",
      workloads: ["system.workloads.yaml", "crash-loop.workloads.yaml"],
      neverReady: ["billing/invoice-mailer", "billing/ledger-canary"],
    },
    outside,
  );
};
