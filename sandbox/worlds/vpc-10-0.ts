import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

/** A cluster in a VPC of 10.0.0.0/15, which may add less than others: nothing of 10.0.0.0/16. */
export const buildVpc100World: WorldBuilder = async (outside) => {
  await buildOrdinaryCluster(
    {
      name: "vpc-10-0",
      network: {
        cidr: "10.1.0.0/16",
        zones: [
          { availabilityZone: "us-west-2a", privateCidr: "10.1.0.0/25", publicCidr: "10.1.255.0/28" },
          { availabilityZone: "us-west-2b", privateCidr: "10.1.0.128/25", publicCidr: "10.1.255.16/28" },
          { availabilityZone: "us-west-2c", privateCidr: "10.1.1.0/25", publicCidr: "10.1.255.32/28" },
        ],
      },
      workloads: ["system.workloads.yaml"],
    },
    outside,
  );
};
