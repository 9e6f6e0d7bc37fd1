import { shown, type Problem } from "../problem";
import { CLUSTER_TAG, POD_GROUP_TAG } from "./clusterFacts";
import type { PodSubnetIdentity } from "./podSubnetProblems";

/** The tag by which the CNI's subnet discovery finds subnets. */
const CNI_ROLE_TAG = "kubernetes.io/role/cni";

/** Tags that make a subnet something else than a pod subnet, and what would become of it. */
const ROLES: Readonly<Record<string, string>> = {
  "kubernetes.io/role/elb": "load balancers would be placed in the pod subnets",
  "kubernetes.io/role/internal-elb": "load balancers would be placed in the pod subnets",
  [CNI_ROLE_TAG]: "the CNI would give addresses of the pod subnets to nodes without an ENIConfig too",
};

/** What is wrong with the user's own tags of pod subnets. */
export function ownTagProblems(tags: Readonly<Record<string, unknown>>): Problem[] {
  return Object.keys(tags).flatMap((key): Problem[] => {
    const path = `tags[${shown(key)}]`;
    const role = ROLES[key];
    if (role !== undefined) {
      const fix = key === CNI_ROLE_TAG ? "Leave it out; if it is meant, set cniRoleTag." : "Leave it out.";
      return [{ path, reason: `with it, ${role}.`, fix }];
    }
    if (key !== CLUSTER_TAG && key !== POD_GROUP_TAG) return [];
    return [{ path, reason: "pod subnets are recognised by it.", fix: "Leave it out; it is set." }];
  });
}

/**
 * What is wrong with the default tags of the provider, which every subnet gets besides its own.
 *
 * @param isCniRoleWanted whether subnet discovery is asked for.
 */
export function defaultTagProblems(
  defaultTags: Readonly<Record<string, string>>,
  isCniRoleWanted: boolean,
): Problem[] {
  return Object.keys(defaultTags).flatMap((key): Problem[] => {
    const role = ROLES[key];
    if (role === undefined || (key === CNI_ROLE_TAG && isCniRoleWanted)) return [];
    return [
      {
        path: `defaultTags[${shown(key)}]`,
        reason: `the aws provider puts it on every resource: with it, ${role}.`,
        fix:
          "Take it out of the provider's defaultTags, or give the pod subnets a provider without it " +
          "(the resource option providers).",
      },
    ];
  });
}

/** What people read and what is recognised: the tags of everything that is made for the pods of a place. */
export function podPlaceTags(clusterName: string, ...place: readonly string[]): Record<string, string> {
  return { Name: [clusterName, "pods", ...place].join("-"), [CLUSTER_TAG]: clusterName };
}

/** The tags that a pod subnet gets of itself. */
export function podSubnetTags(
  clusterName: string,
  { availabilityZone, group }: PodSubnetIdentity,
  hasCniRole: boolean,
): Record<string, string> {
  return {
    ...podPlaceTags(clusterName, availabilityZone, ...(group === undefined ? [] : [group])),
    ...(group !== undefined && { [POD_GROUP_TAG]: group }),
    ...(hasCniRole && { [CNI_ROLE_TAG]: "1" }),
  };
}

/** The last minor version of Kubernetes for which EKS had to find its subnets by a tag (EKS user guide). */
const LAST_MINOR_WITH_CLUSTER_TAG = 18;

/**
 * The tag by which old clusters find their subnets; none for others.
 *
 * @param version of Kubernetes, such as `1.18`; left out where there is no cluster yet.
 */
export function clusterTag(clusterName: string, version: string | undefined): Record<string, string> {
  const [, minor] = /^1\.(\d+)/.exec(version ?? "") ?? [];
  if (minor === undefined || Number(minor) > LAST_MINOR_WITH_CLUSTER_TAG) return {};
  return { [`kubernetes.io/cluster/${clusterName}`]: "shared" };
}
