import { AwsError } from "../protocol/awsError";
import { installSelfManagedCni } from "./addOnObjects";
import { createCluster, createClusterSchema, deleteCluster, describeCluster } from "./cluster";
import { inUse } from "./eksError";
import type { EksContext, EksRoute } from "./eksContext";
import { pageOf, readInput } from "./input";

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
        if (clusters.size > 0) {
          throw new AwsError(
            "ResourceLimitExceededException",
            "This sandbox has a control plane for one cluster.",
          );
        }
        const cluster = await createCluster(input, outside);
        clusters.set(cluster.name, cluster);
        if (input.bootstrapSelfManagedAddons === true) await installSelfManagedCni(cluster, outside);
        const answer = { cluster: describeCluster(cluster, outside) };
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
