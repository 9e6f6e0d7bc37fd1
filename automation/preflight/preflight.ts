import { isNotSeen } from "../../planning/preflight/finding";
import { preflight as lookFor, type Preflight } from "../../planning/preflight/preflight";
import { readPicture, type IntendedPodNetwork, type PictureOutside } from "./readPicture";

/** A cluster that is looked at before anything is changed. */
export interface PreflightRequest extends IntendedPodNetwork {
  readonly clusterName: string;
  /** Ids of checks whose findings somebody has accepted. @default none */
  readonly accepted?: readonly string[] | undefined;
}

/** What a preflight found of a cluster, and where that is. */
export interface ClusterPreflight extends Preflight {
  /** Its VPC and the IPv4 blocks of it, the primary first; none where it was not seen. */
  readonly vpc: { readonly vpcId: string; readonly cidrBlocks: readonly string[] } | undefined;
}

/**
 * Says what would go wrong, before anything is changed; reads only. What it needs, `readPicture` says.
 *
 * @throws InvalidInputError when there is no such cluster; otherwise what AWS answers.
 */
export async function preflight(
  request: PreflightRequest,
  outside: PictureOutside,
): Promise<ClusterPreflight> {
  const { clusterName, accepted, ...intended } = request;
  const picture = await readPicture(clusterName, intended, outside);
  const { vpc } = picture;
  return {
    ...lookFor(picture, accepted),
    vpc: isNotSeen(vpc) ? undefined : { vpcId: vpc.vpcId, cidrBlocks: vpc.addressing.cidrBlocks },
  };
}
