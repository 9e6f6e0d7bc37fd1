import * as z from "zod";
import { inUse, invalidParameter } from "./eksError";
import type { EksOutside } from "./eksOutside";
import type { Cluster, EndpointAccess } from "./eksState";

/** As CreateCluster and UpdateClusterConfig take it. */
export const endpointAccessSchema = z.strictObject({
  endpointPublicAccess: z.boolean().optional(),
  endpointPrivateAccess: z.boolean().optional(),
  publicAccessCidrs: z.array(z.cidrv4()).optional(),
});

/** What UpdateClusterConfig takes here: the access to the endpoint, and nothing else. */
export const updateClusterConfigSchema = z.strictObject({
  resourcesVpcConfig: endpointAccessSchema,
  clientRequestToken: z.string().optional(),
});

/** EKS's default. */
const ANYBODY: EndpointAccess = {
  endpointPublicAccess: true,
  endpointPrivateAccess: false,
  publicAccessCidrs: ["0.0.0.0/0"],
};

/** The access that a call asks for; what it leaves out stays. @throws AwsError where nobody would reach the cluster. */
export function readEndpointAccess(
  input: z.infer<typeof endpointAccessSchema>,
  before: EndpointAccess = ANYBODY,
): EndpointAccess {
  const access = {
    endpointPublicAccess: input.endpointPublicAccess ?? before.endpointPublicAccess,
    endpointPrivateAccess: input.endpointPrivateAccess ?? before.endpointPrivateAccess,
    publicAccessCidrs: input.publicAccessCidrs ?? before.publicAccessCidrs,
  };
  if (!access.endpointPublicAccess && !access.endpointPrivateAccess) {
    throw invalidParameter("Private and public endpoint access cannot be false");
  }
  return access;
}

/** Reads UpdateClusterConfig. @throws AwsError for a cluster that is busy, or as it is to be already. */
export function readEndpointUpdate(
  cluster: Cluster,
  input: z.infer<typeof endpointAccessSchema>,
): EndpointAccess {
  if (cluster.status !== "ACTIVE") {
    throw inUse(`Cluster ${cluster.name} is ${cluster.status} and can't be updated now.`, {
      clusterName: cluster.name,
    });
  }
  const access = readEndpointAccess(input, cluster.access);
  if (JSON.stringify(access) !== JSON.stringify(cluster.access)) return access;
  throw invalidParameter(
    `Cluster is already at the desired configuration with endpointPrivateAccess: ${access.endpointPrivateAccess} , ` +
      `endpointPublicAccess: ${access.endpointPublicAccess}, and Public Endpoint Restrictions: ` +
      `[${access.publicAccessCidrs.join(", ")}]`,
    { clusterName: cluster.name },
  );
}

/**
 * Gives a cluster its access. From the first time that it isn't public its endpoint is another address than the API
 * server's own, which answers as long as it is public.
 */
export async function applyEndpointAccess(
  cluster: Cluster,
  access: EndpointAccess,
  { server, publicEndpoint }: EksOutside,
): Promise<void> {
  cluster.access = access;
  if (access.endpointPublicAccess && cluster.endpoint === server) return;
  const endpoint = await publicEndpoint();
  endpoint.open(access.endpointPublicAccess);
  cluster.endpoint = endpoint.url;
}
