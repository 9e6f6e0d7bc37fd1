import { coerce, lt } from "semver";
import type { Problem } from "../problem";

/** The running nodes that one ENIConfig is for. */
export interface EniConfigNodes {
  /** Of the ENIConfig: a zone, or a named group and a zone. */
  readonly eniConfigName: string;
  readonly nodes: readonly NodeSecurityGroups[];
}

/** The security groups of a node's primary network interface. */
export interface NodeSecurityGroups {
  readonly instanceId: string;
  readonly securityGroupIds: readonly string[];
}

/** The security groups that ENIConfigs name. */
export interface PodSecurityGroups {
  /** By the ENIConfig's name; one that is not in it names none, and the CNI takes those of the node. */
  readonly securityGroupIds: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly Problem[];
}

/** What EC2 allows on a network interface unless the quota was raised (L-2AFB9258). */
const MOST_SECURITY_GROUPS = 5;

/** From this version on, an ENIConfig without groups means those of the node; before, the VPC's default group. */
const FIRST_WITH_NODE_GROUPS = "1.8.0";

/** Whether an ENIConfig may leave its security groups out; not where the version of the CNI is not known. */
export function mayLeaveGroupsOut(cniVersion: string | undefined): boolean {
  const version = coerce(cniVersion);
  return version !== null && !lt(version, FIRST_WITH_NODE_GROUPS);
}

/**
 * The security groups that pods get on secondary network interfaces, so that whoever admits the nodes today admits
 * their pods tomorrow: those that the nodes' primary interfaces carry, and never silently the cluster's.
 *
 * Left out where all nodes carry the same and the CNI takes those of the node by itself; named per ENIConfig otherwise.
 *
 * @param cniVersion such as `v1.18.3-eksbuild.1`; where it is not known, the groups are named.
 */
export function podSecurityGroups(
  eniConfigs: readonly EniConfigNodes[],
  cniVersion: string | undefined,
): PodSecurityGroups {
  const seen = eniConfigs.map(({ eniConfigName, nodes }) => ({ eniConfigName, sets: differentSets(nodes) }));
  const everywhere = new Set(seen.flatMap(({ sets }) => [...sets.keys()]));
  if (everywhere.size <= 1 && mayLeaveGroupsOut(cniVersion)) {
    return { securityGroupIds: new Map(), problems: [] };
  }
  const problems = seen.flatMap(({ eniConfigName, sets }) => problemsOf(eniConfigName, sets, cniVersion));
  const securityGroupIds = seen.flatMap(({ eniConfigName, sets }): [string, readonly string[]][] => {
    const [set] = sets.values();
    return set === undefined ? [] : [[eniConfigName, set.ids]];
  });
  return { securityGroupIds: new Map(securityGroupIds), problems };
}

/** A set of groups, and a node that carries it. */
interface CarriedSet {
  readonly ids: readonly string[];
  readonly example: string;
}

function differentSets(nodes: readonly NodeSecurityGroups[]): ReadonlyMap<string, CarriedSet> {
  const sets = new Map<string, CarriedSet>();
  for (const { instanceId, securityGroupIds } of nodes) {
    const ids = [...new Set(securityGroupIds)].sort();
    if (!sets.has(ids.join())) sets.set(ids.join(), { ids, example: instanceId });
  }
  return sets;
}

function problemsOf(
  eniConfigName: string,
  sets: ReadonlyMap<string, CarriedSet>,
  cniVersion: string | undefined,
): Problem[] {
  const path = `eniConfigs.${eniConfigName}.securityGroupIds`;
  const [first, second] = sets.values();
  if (first === undefined) {
    if (mayLeaveGroupsOut(cniVersion)) return [];
    return [
      {
        path,
        reason: `no node runs there to take security groups from, and CNI ${cniVersion ?? "of an unknown version"} would give pods the VPC's default group.`,
        fix: "Give securityGroupIds, or update the CNI to 1.8.0 or newer first.",
      },
    ];
  }
  if (second !== undefined) {
    return [
      {
        path,
        reason:
          `its nodes carry different security groups: ${first.ids.join(", ")} (as ${first.example}) and ` +
          `${second.ids.join(", ")} (as ${second.example}). One ENIConfig can't stand for both.`,
        fix: "Make named groups (podGroups) with security groups of their own, or give securityGroupIds for all.",
      },
    ];
  }
  return tooManyProblems(path, first.ids);
}

/** More groups than a network interface takes. */
export function tooManyProblems(path: string, ids: readonly string[]): Problem[] {
  if (ids.length <= MOST_SECURITY_GROUPS) return [];
  return [
    {
      path,
      reason: `${ids.length} security groups; EC2 allows ${MOST_SECURITY_GROUPS} on a network interface unless the quota L-2AFB9258 was raised.`,
      fix: `Give ${MOST_SECURITY_GROUPS} at the most.`,
    },
  ];
}
