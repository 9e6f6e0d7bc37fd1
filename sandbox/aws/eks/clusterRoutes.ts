import { installSelfManagedCni } from "./addOnObjects";
import { createCluster, createClusterSchema, deleteCluster, describeCluster } from "./cluster";
import { inUse } from "./eksError";
import { readEndpointUpdate, updateClusterConfigSchema, applyEndpointAccess } from "./endpointAccess";
import type { EksContext, EksRoute } from "./eksContext";
import { pageOf, readInput } from "./input";
import { beginUpdate, describeUpdate, endUpdate } from "./update";

/** Clusters. */
export function clusterRoutes({ outside, clusters, clusterOf }: EksContext): readonly EksRoute[] {
  return [
    [
      "POST",
      /^\/clusters$/,
      async ({ request }) => {
        const input = readInput(request, createClusterSchema);
        if (clusters.has(input.name)) {
          throw inUse(`Cluster already exists with name: ${input.name}`, { clusterName: input.name });
        }
        const isFirst = ![...clusters.values()].some(({ hasControlPlane }) => hasControlPlane);
        const cluster = await createCluster(input, isFirst, outside);
        clusters.set(cluster.name, cluster);
        const answer = { cluster: describeCluster(cluster, outside) };
        if (!cluster.hasControlPlane) return answer;
        if (input.bootstrapSelfManagedAddons === true) await installSelfManagedCni(cluster, outside);
        // The control plane runs already.
        cluster.status = "ACTIVE";
        return answer;
      },
    ],
    [
      "GET",
      /^\/clusters$/,
      ({ request }) => {
        const { page, nextToken } = pageOf(request, [...clusters.keys()]);
        return { clusters: page, nextToken };
      },
    ],
    [
      "POST",
      /^\/clusters\/([^/]+)\/update-config$/,
      async (call) => {
        const cluster = clusterOf(call);
        const { resourcesVpcConfig } = readInput(call.request, updateClusterConfigSchema);
        const access = readEndpointUpdate(cluster, resourcesVpcConfig);
        const update = beginUpdate(
          "EndpointAccessUpdate",
          {
            EndpointPublicAccess: String(access.endpointPublicAccess),
            EndpointPrivateAccess: String(access.endpointPrivateAccess),
            PublicAccessCidrs: JSON.stringify(access.publicAccessCidrs),
          },
          outside.clock.now(),
        );
        cluster.updates.set(update.id, update);
        await applyEndpointAccess(cluster, access, outside);
        const answer = { update: describeUpdate(update) };
        endUpdate(update, undefined);
        return answer;
      },
    ],
    ["GET", /^\/clusters\/([^/]+)$/, (call) => ({ cluster: describeCluster(clusterOf(call), outside) })],
    [
      "DELETE",
      /^\/clusters\/([^/]+)$/,
      async (call) => {
        const cluster = clusterOf(call);
        await deleteCluster(cluster, outside);
        clusters.delete(cluster.name);
        return { cluster: describeCluster(cluster, outside) };
      },
    ],
  ];
}
