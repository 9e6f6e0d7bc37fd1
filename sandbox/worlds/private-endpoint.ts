import { UpdateClusterConfigCommand, waitUntilClusterActive } from "@aws-sdk/client-eks";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import type { WorldBuilder } from "./world";

const NAME = "private-endpoint";

/** A cluster whose API server answers inside its VPC alone. */
export const buildPrivateEndpointWorld: WorldBuilder = async (outside) => {
  const plan = { name: NAME, workloads: ["system.workloads.yaml"] };
  const { clients } = await buildOrdinaryCluster(plan, outside);
  outside.log("the endpoint of the API server becomes private");
  await clients.eks.send(
    new UpdateClusterConfigCommand({
      name: NAME,
      resourcesVpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true },
    }),
  );
  await waitUntilClusterActive(clients.soon, { name: NAME });
};
