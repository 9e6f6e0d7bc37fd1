import { isObjectName } from "../kubernetesNames";
import { shown, type Problem } from "../problem";
import { mayLeaveGroupsOut, tooManyProblems } from "./securityGroups";

/** An ENIConfig as it is asked for, as far as it is known. */
export interface EniConfigRequest {
  readonly name: string;
  /** Undefined while it is not known. */
  readonly subnetId?: string | undefined;
  /** Undefined where none are named, or while they are not known. */
  readonly securityGroupIds?: readonly string[] | undefined;
  /** Whether groups are named at all. */
  readonly namesGroups: boolean;
}

/** What is wrong with ENIConfigs, each by its place in the list. */
export function eniConfigProblems(
  requests: readonly EniConfigRequest[],
  cniVersion: string | undefined,
): Problem[] {
  return requests.flatMap(({ name, subnetId, securityGroupIds = [], namesGroups }, index) => {
    const path = `eniConfigs[${index}]`;
    const first = requests.findIndex((other) => other.name === name);
    return [
      ...(first < index ? [sameName(path, name, first)] : []),
      ...(isObjectName(name) ? [] : [noName(path, name)]),
      ...(subnetId === undefined ? [] : subnetIdProblems(`${path}.subnetId`, subnetId)),
      ...securityGroupProblems(`${path}.securityGroupIds`, securityGroupIds),
      ...(!namesGroups && cniVersion !== undefined && !mayLeaveGroupsOut(cniVersion)
        ? [noGroups(path, cniVersion)]
        : []),
    ];
  });
}

/** Whether a text can be the id of a subnet. */
function subnetIdProblems(path: string, id: string): Problem[] {
  if (/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) return [];
  return [
    {
      path,
      reason: `${shown(id)} is not the id of a subnet.`,
      fix: "Give it as subnet-0123456789abcdef0.",
    },
  ];
}

/** Whether texts can be the security groups of a network interface. */
function securityGroupProblems(path: string, ids: readonly string[]): Problem[] {
  const odd = ids.flatMap((id, index) => {
    if (/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) return [];
    return [
      {
        path: `${path}[${index}]`,
        reason: `${shown(id)} is not the id of a security group.`,
        fix: "Give it as sg-0123456789abcdef0.",
      },
    ];
  });
  return [...odd, ...tooManyProblems(path, ids)];
}

/** A published workshop has three of one name (facts of the VPC CNI: objects of one name are one object). */
function sameName(path: string, name: string, first: number): Problem {
  return {
    path: `${path}.name`,
    reason: `eniConfigs[${first}] is called ${name} as well: the second would overwrite the first, and its subnet with it.`,
    fix: "Give each a name of its own: that of its zone, or of a group and its zone.",
  };
}

function noName(path: string, name: string): Problem {
  return {
    path: `${path}.name`,
    reason: `${shown(name)} is not a name that Kubernetes takes.`,
    fix: "Give up to 253 lower-case letters, digits, - and ., such as us-west-2a.",
  };
}

function noGroups(path: string, cniVersion: string): Problem {
  return {
    path: `${path}.securityGroupIds`,
    reason: `without it, CNI ${cniVersion} gives pods the VPC's default security group; from 1.8.0 on, those of their node.`,
    fix: "Give the security groups of the nodes, or update the CNI first.",
  };
}
