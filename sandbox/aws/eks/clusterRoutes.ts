import { AwsError } from "../protocol/awsError";
import { createCluster, createClusterSchema, deleteCluster, describeCluster } from "./cluster";
import { inUse } from "./eksError";
import type { EksContext, EksRoute } from "./eksContext";
import { pageOf, readInput } from "./input";

/** Clusters, and the lists of what a cluster here never has. */
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
    [
      "GET",
      /^\/clusters\/([^/]+)\/fargate-profiles$/,
      (call) => {
        clusterOf(call);
        return { fargateProfileNames: [] };
      },
    ],
    [
      "GET",
      /^\/clusters\/([^/]+)\/pod-identity-associations$/,
      (call) => {
        clusterOf(call);
        return { associations: [] };
      },
    ],
  ];
}
