import type { AwsNeed } from "../permissions/awsNeeds";
import type { KubernetesNeed } from "../permissions/kubernetesNeeds";
import type { OldNodeOwner, Step } from "../permissions/wanted";
import type { Observation } from "../rotation/observation";
import { isNotSeen, type NotSeen } from "./finding";

/**
 * What is needed beyond looking: what a preflight may not look at, it names as not seen, and goes on.
 *
 * @returns the needs, each with its steps but preflight.
 */
export function needsBeyondPreflight<Need extends AwsNeed | KubernetesNeed>(needs: readonly Need[]): Need[] {
  return needs.flatMap((need) => {
    const steps = need.steps.filter((step) => step !== "preflight");
    return steps.length === 0 ? [] : [{ ...need, steps }];
  });
}

/** The owners of the nodes of a cluster; none where they were not seen, which counts as all that there may be. */
export function ownersIn(cluster: Pick<Observation, "nodes"> | NotSeen): readonly OldNodeOwner[] | undefined {
  if (isNotSeen(cluster)) return undefined;
  const owners = cluster.nodes.flatMap(({ owner: { kind } }): OldNodeOwner[] => {
    if (kind === "fargate") return [];
    return [kind === "managedNodeGroup" ? "managed" : kind];
  });
  return [...new Set(owners)].sort();
}

/** Something that a caller may not do. */
export interface Denial {
  /** `ec2:CreateSubnet`, `create pods/eviction` */
  readonly what: string;
  readonly steps: readonly Step[];
  /**
   * `denied`: it was refused, or a statement denies it; `notAllowed`: nothing allows it for every resource, but a
   * statement that names resources or conditions may.
   */
  readonly how: "denied" | "notAllowed";
}

/** What a caller may not do, and how that was found out. */
export interface Permissions {
  /** The caller: an ARN, or the user of the kubeconfig. */
  readonly who: string;
  /** `iam:SimulatePrincipalPolicy` */
  readonly foundBy: string;
  readonly denials: readonly Denial[];
}
