import { isStatus, type ApiObject, type Kubernetes } from "../kubernetes";

/** Where NodeClaims are. */
export const NODE_CLAIMS = "/apis/karpenter.sh/v1/nodeclaims";

/** A NodeClaim of Karpenter, as far as it is read here. */
export interface NodeClaim extends ApiObject {
  readonly status?: {
    readonly providerID?: string;
    readonly nodeName?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** A NodeClaim as it is now; none when it is gone. */
export async function nodeClaimOf(kubernetes: Kubernetes, name: string): Promise<NodeClaim | undefined> {
  return kubernetes.get<NodeClaim>(`${NODE_CLAIMS}/${name}`).catch((error: unknown) => {
    if (isStatus(error, 404)) return undefined;
    throw error;
  });
}
