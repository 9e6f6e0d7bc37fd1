import type { TaintFacts } from "../podNetwork/clusterFacts";

/** What makes and ends the nodes of a worker group. */
export type WorkerGroupKind = "managed" | "autoScaling";

/** Operating systems of which an image of one's own can be. */
export type WorkerImageFamily = "al2023" | "bottlerocket";

/**
 * What is asked of a worker group, as far as its plan depends on it. Of what may be known only later (a role, an
 * image, security groups) it says whether it is given.
 */
export interface WorkerRequest {
  readonly kind: WorkerGroupKind;
  /** The managed node group whose settings are copied where none are given. */
  readonly like?: string | undefined;
  readonly instanceTypes?: readonly string[] | undefined;
  readonly amiType?: string | undefined;
  readonly hasImage: boolean;
  readonly osFamily?: WorkerImageFamily | undefined;
  readonly capacityType?: string | undefined;
  /** In GiB. */
  readonly diskSize?: number | undefined;
  readonly hasNodeRole: boolean;
  readonly hasInstanceProfile: boolean;
  readonly hasSecurityGroups: boolean;
  readonly minSize?: number | undefined;
  readonly maxSize?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly TaintFacts[] | undefined;
  /** Name of the group of ENIConfigs that the nodes take. */
  readonly eniConfig?: string | undefined;
  readonly maxPods?: number | undefined;
  /** ENABLE_PREFIX_DELEGATION of aws-node. */
  readonly prefixDelegation?: boolean | undefined;
  /** MAX_ENI of aws-node. */
  readonly maxEni?: number | undefined;
}

/** Whether a worker group needs a launch template of its own. */
export function needsLaunchTemplate({ kind, hasImage, hasSecurityGroups }: WorkerRequest): boolean {
  return kind === "autoScaling" || hasImage || hasSecurityGroups;
}

/** The device of a node's disk for pods and images: Bottlerocket keeps them on its second one. */
export function diskDeviceOf(
  { osFamily }: Pick<WorkerRequest, "osFamily">,
  amiType: string | undefined,
): string {
  const isBottlerocket = osFamily === "bottlerocket" || amiType?.startsWith("BOTTLEROCKET") === true;
  return isBottlerocket ? "/dev/xvdb" : "/dev/xvda";
}
