import { jsonAnswer } from "../protocol/answers";
import type { AwsRequest, AwsResponse } from "../protocol/awsRequest";
import { addOnRoutes } from "./addOnRoutes";
import { clusterRoutes } from "./clusterRoutes";
import { eksContext, type EksContext } from "./eksContext";
import { inUse, notInSandbox } from "./eksError";
import type { EksOutside } from "./eksOutside";
import type { Cluster } from "./eksState";
import { fargateRoutes } from "./fargateRoutes";
import { nodeGroupRoutes } from "./nodeGroupRoutes";
import { podIdentityRoutes } from "./podIdentityRoutes";
import { sharedRoutes } from "./sharedRoutes";
import { tendCluster } from "./tending";

/** Answers a call to EKS. @throws AwsError for what EKS refuses, and by name for what isn't here. */
export type EksService = (request: AwsRequest) => Promise<AwsResponse>;

/** EKS over a control plane: its cluster, managed node groups, the add-on vpc-cni, and Fargate profiles. */
export function eksService(outside: EksOutside, clusters?: Map<string, Cluster>): EksService {
  const context = eksContext(outside, clusters);
  for (const cluster of context.clusters.values()) tendCluster(context, cluster);
  const routes = [
    ...clusterRoutes(context),
    ...nodeGroupRoutes(context),
    ...addOnRoutes(context),
    ...podIdentityRoutes(context),
    ...fargateRoutes(context),
    ...sharedRoutes(context),
  ];
  return async (request) => {
    for (const [method, path, answer] of routes) {
      const match = request.method === method ? path.exec(request.path) : null;
      if (match === null) continue;
      const names = match.slice(1).map((name) => decodeURIComponent(name));
      if (method === "POST") refuseWithoutControlPlane(names[0], context);
      return jsonAnswer(await answer({ request, names }));
    }
    throw notInSandbox(`EKS's ${request.method} ${request.path}`);
  };
}

/** Nothing can be made in a cluster that is CREATING, and one without a control plane always is. */
function refuseWithoutControlPlane(name: string | undefined, { clusters }: EksContext): void {
  if (name === undefined || clusters.get(name)?.hasControlPlane !== false) return;
  throw inUse(`Cluster ${name} is CREATING: this sandbox has a control plane for one ordinary cluster.`, {
    clusterName: name,
  });
}
