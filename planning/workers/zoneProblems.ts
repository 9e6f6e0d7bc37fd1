import { isOurs, type NodeGroupFacts } from "../podNetwork/clusterFacts";
import { longNameProblems, nodeGroupName } from "../podNetwork/workerGroups";
import { shown, type Problem } from "../problem";
import { needsLaunchTemplate, type WorkerRequest } from "./workerRequest";

/** A zone of a worker group, as far as its plan depends on it. */
export interface WorkerZone {
  readonly availabilityZone: string;
  /** Whether the group of the zone is one that exists, to be taken over. */
  readonly isAdopted: boolean;
}

/** What is wrong with the name of a worker group, and with its zones. */
export function zoneProblems(groupName: string, zones: readonly WorkerZone[]): Problem[] {
  const problems: Problem[] = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(groupName)) {
    problems.push({
      path: "groupName",
      reason: `${shown(groupName)} is not the name of a group.`,
      fix: "Write letters, digits, - and _, a letter or digit first.",
    });
  }
  if (zones.length === 0) {
    problems.push({
      path: "zones",
      reason: "is empty, so there would be no workers.",
      fix: "Give each zone in which nodes are to be, with its subnets for nodes.",
    });
  }
  zones.forEach(({ availabilityZone }, index) => {
    const path = `zones[${index}].availabilityZone`;
    const twin = zones.findIndex((other) => other.availabilityZone === availabilityZone);
    if (twin !== index) {
      problems.push({
        path,
        reason: `${shown(availabilityZone)} is given twice (zones[${twin}]).`,
        fix: "Give all subnets of a zone in one.",
      });
    }
    problems.push(...longNameProblems("groupName", [nodeGroupName(groupName, availabilityZone)]));
  });
  return problems;
}

/**
 * Groups that have the names of ours and are not ours: nothing here takes over what it merely finds.
 *
 * @param found groups of those names, by their zones.
 */
export function strangerProblems(
  clusterName: string,
  zones: readonly WorkerZone[],
  found: ReadonlyMap<string, NodeGroupFacts>,
): Problem[] {
  return zones.flatMap(({ availabilityZone, isAdopted }) => {
    const group = found.get(availabilityZone);
    if (group === undefined || isAdopted || isOurs(group, clusterName)) return [];
    return [
      {
        path: "groupName",
        reason: `${clusterName} has a group ${shown(group.nodeGroupName)} that is not of this pod network.`,
        fix: "Give another name, or adopt: true for its zone to take it over.",
      },
    ];
  });
}

/** A managed group can't be given another launch template than the one that it was made from. */
export function adoptionProblems(zones: readonly WorkerZone[], request: WorkerRequest): Problem[] {
  if (request.kind !== "managed" || !needsLaunchTemplate(request)) return [];
  return zones.flatMap(({ isAdopted }, index) =>
    isAdopted
      ? [
          {
            path: `zones[${index}].adopt`,
            reason:
              "a managed group can't be taken over with imageId or securityGroupIds: both need a launch template, and EKS never changes that of a group for another.",
            fix: "Give the group another name and let it be made, or leave out imageId and securityGroupIds.",
          },
        ]
      : [],
  );
}
