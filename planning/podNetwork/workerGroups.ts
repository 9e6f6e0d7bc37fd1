import type { AwsNodeSettings } from "../awsNode/settings";
import { likelyName } from "../nearestNames";
import { shown, type Problem } from "../problem";
import { carriersOf } from "../workers/workerMaxPods";
import { isOurs, type ClusterFacts, type NodeGroupFacts } from "./clusterFacts";
import type { WorkerGroupRequest } from "./request";

/** The name of a worker group's group in one zone, managed or not. */
export function nodeGroupName(group: string, availabilityZone: string): string {
  return `${group}-${availabilityZone}`;
}

/** EKS's limit; Auto Scaling takes more. */
const LONGEST_NAME = 63;

/** Names of groups that EKS does not take: those of Local Zones, for instance, add much to what is given. */
export function longNameProblems(path: string, names: readonly string[]): Problem[] {
  return names
    .filter(({ length }) => length > LONGEST_NAME)
    .map((name) => ({
      path,
      reason: `${shown(name)} has ${name.length} characters; EKS takes ${LONGEST_NAME}.`,
      fix: "Give a shorter name.",
    }));
}

/** What there is of groups in a cluster. */
type GroupFacts = Pick<ClusterFacts, "clusterName" | "nodeGroups" | "scalingGroups">;

/**
 * What is wrong with worker groups, held against each other, against the groups that the cluster has, and against what
 * their instance types can carry.
 *
 * @param zones in which they will be.
 * @param settings of aws-node, where they are known.
 * @param adopted names of groups that are taken over.
 */
export function workerGroupProblems(
  facts: GroupFacts,
  groups: readonly WorkerGroupRequest[],
  zones: readonly string[],
  settings: AwsNodeSettings = {},
  adopted: readonly string[] = [],
): Problem[] {
  const named = new Map<string, string>();
  const replaced = new Map<string, string>();
  return groups.flatMap((group, index) => {
    const path = `workerGroups[${index}]`;
    const names = zones.map((zone) => nodeGroupName(group.name, zone));
    return [
      ...typeProblems(path, group, names, facts, settings),
      ...nameProblems(path, group, names, facts, adopted, named),
      ...likeProblems(path, group, names, facts),
      ...replacedProblems(path, group, names, facts, replaced),
    ];
  });
}

/** What its types can't carry, be they given or copied; types that are newer than the table are left to EKS. */
function typeProblems(
  path: string,
  { instanceTypes, like }: WorkerGroupRequest,
  names: readonly string[],
  { nodeGroups }: GroupFacts,
  settings: AwsNodeSettings,
): Problem[] {
  const carrier = { prefixDelegation: settings.prefixDelegation, maxEni: settings.maxEni };
  if (instanceTypes !== undefined) {
    return carriersOf(`${path}.instanceTypes`, instanceTypes, carrier).problems;
  }
  const group =
    nodeGroups.find(({ nodeGroupName: name }) => names.includes(name)) ??
    nodeGroups.find(({ nodeGroupName: name }) => name === like);
  if (group === undefined) return [];
  return carriersOf("instanceTypes", group.instanceTypes, carrier).problems.map((problem) => ({
    ...problem,
    path: `${path}.like`,
  }));
}

/** @param named where each name is given already; the group's is added. */
function nameProblems(
  path: string,
  { name }: WorkerGroupRequest,
  names: readonly string[],
  { clusterName, nodeGroups, scalingGroups }: GroupFacts,
  adopted: readonly string[],
  named: Map<string, string>,
): Problem[] {
  const problems: Problem[] = [];
  const before = named.get(name);
  if (before !== undefined) {
    problems.push({
      path: `${path}.name`,
      reason: `${shown(name)} is the name of ${before} too.`,
      fix: "Give each its own name.",
    });
  }
  named.set(name, path);
  const taken = (what: string, of: string) => ({
    path: `${path}.name`,
    reason: `${clusterName} has ${what} ${shown(of)} that is not of this pod network.`,
    fix: "Give another name, or name the group in adopt.nodeGroups to take it over.",
  });
  const strangers = names.filter((one) => !adopted.includes(one));
  const isStranger = (group: { readonly tags: Readonly<Record<string, string>> }) =>
    !isOurs(group, clusterName);
  return [
    ...problems,
    ...longNameProblems(`${path}.name`, names),
    ...strangers
      .filter((one) => nodeGroups.some((group) => group.nodeGroupName === one && isStranger(group)))
      .map((one) => taken("a managed node group", one)),
    ...strangers
      .filter((one) => scalingGroups.some((group) => group.name === one && isStranger(group)))
      .map((one) => taken("an Auto Scaling group", one)),
  ];
}

/** Once the groups are there, the one that they are like may be gone: they go on from what they have themselves. */
function likeProblems(
  path: string,
  { like }: WorkerGroupRequest,
  names: readonly string[],
  { clusterName, nodeGroups, scalingGroups }: GroupFacts,
): Problem[] {
  if (like === undefined || nodeGroups.some((group) => group.nodeGroupName === like)) return [];
  if (nodeGroups.some((group) => names.includes(group.nodeGroupName) && isOurs(group, clusterName)))
    return [];
  if (scalingGroups.some((group) => names.includes(group.name) && isOurs(group, clusterName))) return [];
  const known = others(nodeGroups, clusterName);
  return [
    {
      path: `${path}.like`,
      reason: `${clusterName} has no managed node group ${shown(like)}.`,
      fix: wayOut(like, known),
    },
  ];
}

/** @param replaced where each group is replaced already; the group's are added. */
function replacedProblems(
  path: string,
  { replaces }: WorkerGroupRequest,
  names: readonly string[],
  { clusterName, nodeGroups, scalingGroups }: GroupFacts,
  replaced: Map<string, string>,
): Problem[] {
  const problems: Problem[] = [];
  const ours = [
    ...nodeGroups.filter((group) => isOurs(group, clusterName)).map((group) => group.nodeGroupName),
    ...scalingGroups.filter((group) => isOurs(group, clusterName)).map((group) => group.name),
  ];
  const known = [
    ...others(nodeGroups, clusterName),
    ...scalingGroups.filter((group) => !isOurs(group, clusterName)).map(({ name }) => name),
  ];
  // Once its groups are there, those that it took the place of may be gone.
  const exists = ours.some((name) => names.includes(name));
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
    if (ours.includes(old)) {
      problems.push({
        path: where,
        reason: `${shown(old)} is a worker group of this pod network itself.`,
        fix: "Name a group that was there before.",
      });
    } else if (!exists && !known.includes(old)) {
      problems.push({
        path: where,
        reason: `${clusterName} has no managed node group and no Auto Scaling group ${shown(old)}.`,
        fix: wayOut(old, known),
      });
    }
  });
  return problems;
}

function others(nodeGroups: readonly NodeGroupFacts[], clusterName: string): string[] {
  return nodeGroups.filter((group) => !isOurs(group, clusterName)).map((group) => group.nodeGroupName);
}

function wayOut(name: string, known: readonly string[]): string {
  const meant = likelyName(name, known);
  return `${meant === undefined ? "" : `Did you mean ${meant}? `}It has ${known.join(", ") || "none"}.`;
}
