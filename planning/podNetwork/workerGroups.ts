import type { AwsNodeSettings } from "../awsNode/settings";
import { instanceTypeTable } from "../instanceType";
import { maxPods } from "../maxPods";
import { likelyName } from "../nearestNames";
import { InvalidInputError, shown, type Problem } from "../problem";
import { isOurs, type ClusterFacts } from "./clusterFacts";
import type { WorkerGroupRequest } from "./request";

/** The name of the managed node group of a worker group in one zone. */
export function nodeGroupName(group: string, availabilityZone: string): string {
  return `${group}-${availabilityZone}`;
}

/**
 * What is wrong with worker groups, held against each other, against the groups that the cluster has, and against what
 * their instance types can carry.
 *
 * @param zones in which they will be.
 * @param settings of aws-node, where they are known.
 */
export function workerGroupProblems(
  { clusterName, nodeGroups }: ClusterFacts,
  groups: readonly WorkerGroupRequest[],
  zones: readonly string[],
  settings: AwsNodeSettings = {},
): Problem[] {
  const problems: Problem[] = [];
  const named = new Map<string, string>();
  const replaced = new Map<string, string>();
  const others = nodeGroups.filter((group) => !isOurs(group, clusterName));
  const ours = nodeGroups.filter((group) => isOurs(group, clusterName));
  groups.forEach(({ name, replaces, instanceTypes }, index) => {
    const path = `workerGroups[${index}]`;
    problems.push(
      ...instanceTypes.flatMap((type, at) => carrierProblems(`${path}.instanceTypes[${at}]`, type, settings)),
    );
    const before = named.get(name);
    if (before !== undefined) {
      problems.push({
        path: `${path}.name`,
        reason: `${shown(name)} is the name of ${before} too.`,
        fix: "Give each its own name.",
      });
    }
    named.set(name, path);
    problems.push(
      ...zones
        .filter((zone) => others.some((group) => group.nodeGroupName === nodeGroupName(name, zone)))
        .map((zone) => ({
          path: `${path}.name`,
          reason: `${clusterName} has a managed node group ${shown(nodeGroupName(name, zone))} that is not of this pod network.`,
          fix: "Give another name.",
        })),
    );
    // Once its groups are there, those that it took the place of may be gone.
    const names = zones.map((zone) => nodeGroupName(name, zone));
    const exists = ours.some((group) => names.includes(group.nodeGroupName));
    replaces.forEach((old, at) => {
      const where = `${path}.replaces[${at}]`;
      const twin = replaced.get(old);
      if (twin !== undefined) {
        problems.push({
          path: where,
          reason: `${shown(old)} is replaced by ${twin} already.`,
          fix: "Name each old group once.",
        });
      }
      replaced.set(old, where);
      if (ours.some((group) => group.nodeGroupName === old)) {
        problems.push({
          path: where,
          reason: `${shown(old)} is a worker group of this pod network itself.`,
          fix: "Name a group that was there before.",
        });
      } else if (!exists && !others.some((group) => group.nodeGroupName === old)) {
        const known = others.map((group) => group.nodeGroupName);
        const meant = likelyName(old, known);
        problems.push({
          path: where,
          reason: `${clusterName} has no managed node group ${shown(old)}.`,
          fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}It has ${known.join(", ") || "none"}.`,
        });
      }
    });
  });
  return problems;
}

/** Types that are newer than the table are left to EKS. */
function carrierProblems(
  path: string,
  name: string,
  { prefixDelegation, maxEni }: AwsNodeSettings,
): Problem[] {
  const type = instanceTypeTable().get(name);
  if (type === undefined) return [];
  try {
    maxPods(type, { customNetworking: true, prefixDelegation, maxEni });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.problems.map((problem) => ({ ...problem, path }));
  }
}
