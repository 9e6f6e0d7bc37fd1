import { jsonAnswer } from "../protocol/answers";
import type { AwsRequest, AwsResponse } from "../protocol/awsRequest";
import { addOnRoutes } from "./addOnRoutes";
import { clusterRoutes } from "./clusterRoutes";
import { eksContext } from "./eksContext";
import { notInSandbox } from "./eksError";
import type { EksOutside } from "./eksOutside";
import { fargateRoutes } from "./fargateRoutes";
import { nodeGroupRoutes } from "./nodeGroupRoutes";
import { podIdentityRoutes } from "./podIdentity";
import { sharedRoutes } from "./sharedRoutes";

/** Answers a call to EKS. @throws AwsError for what EKS refuses, and by name for what isn't here. */
export type EksService = (request: AwsRequest) => Promise<AwsResponse>;

/** EKS over a control plane: its cluster, managed node groups, the add-on vpc-cni, and Fargate profiles. */
export function eksService(outside: EksOutside): EksService {
  const context = eksContext(outside);
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
      return jsonAnswer(await answer({ request, names }));
    }
    throw notInSandbox(`EKS's ${request.method} ${request.path}`);
  };
}
