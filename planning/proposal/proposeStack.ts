import { readCidr } from "../cidrBlock";
import { checkCidrBlock } from "../cidrCheck";
import { CLUSTER_TAG, type NodeGroupFacts, type SubnetFacts } from "../podNetwork/clusterFacts";
import type { Observation } from "../rotation/observation";
import { oldNodes } from "../rotation/oldNodes";
import { architectureOf } from "../workers/architecture";
import { InvalidInputError } from "../problem";
import type { VpcAddressing } from "../vpcAddressing";
import { handMadePodNetwork, type HandMadeFacts } from "./handMadePodNetwork";

/** A cluster, as far as a configuration for its pod network is proposed from it. */
export interface ProposalFacts extends HandMadeFacts {
  readonly region: string;
  readonly nodeGroups: readonly ProposalNodeGroup[];
  readonly scalingGroups: readonly ProposalScalingGroup[];
}

/** A managed node group, with what its launch template says besides. */
export interface ProposalNodeGroup extends NodeGroupFacts {
  readonly template?: LaunchTemplateFacts | undefined;
}

/** What a launch template says of nodes. */
export interface LaunchTemplateFacts {
  readonly instanceType?: string | undefined;
  /** In GiB. */
  readonly diskSize?: number | undefined;
  readonly imageId?: string | undefined;
}

/** An Auto Scaling group of nodes without EKS, as its instances show it. */
export interface ProposalScalingGroup {
  readonly name: string;
  readonly maxSize: number;
  readonly instanceTypes: readonly string[];
  /** None where it could not be found out. */
  readonly nodeRoleArn?: string | undefined;
  readonly securityGroupIds: readonly string[];
  /** Labels that all its nodes have, besides those of Kubernetes and AWS. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The configuration of a stack, as it is proposed. */
export interface StackProposal {
  /** By keys without the project's name. */
  readonly config: Readonly<Record<string, unknown>>;
  /** New workers of `config.workerGroups`, and what a person should look at in each. */
  readonly workerNotes: readonly string[];
  /** What else a person should know. */
  readonly notes: readonly string[];
}

/** What AWS's own guides take, and what few networks use. */
export const DEFAULT_POD_CIDR = "100.64.0.0/16";

/** The name of a worker group has up to 45 characters. */
const LONGEST_NAME = 45;

/**
 * Proposes how a cluster's pods get a range of their own: a block that its VPC may have, and new workers in the place of
 * each group of nodes. A pod network that somebody has made by hand is taken over.
 *
 * @param podCidrs the blocks that somebody wants. @default those of a pod network that is there, else one that the VPC may
 *   have
 * @throws InvalidInputError when the VPC may not have them, or there is none to be had.
 */
export function proposeStack(facts: ProposalFacts, podCidrs?: readonly string[]): StackProposal {
  const handMade = handMadePodNetwork(facts, podCidrs);
  const { podSubnets, eniConfigs, securityGroupIds } = handMade;
  const blocks = handMade.podCidrs.length > 0 ? handMade.podCidrs : [freeBlock(facts.addressing)];
  const taken = blocks.filter((cidr) => facts.addressing.cidrBlocks.includes(cidr));
  refuseImpossible(
    blocks.filter((cidr) => !taken.includes(cidr)),
    facts.addressing,
  );
  const linux = facts.nodeGroups.filter(({ amiType, tags }) => !isWindows(amiType) && !isOurs(tags));
  const windows = facts.nodeGroups.filter(({ amiType }) => isWindows(amiType));
  const renewed = renewedGroups(facts.observed, podSubnets);
  const workers = [
    ...linux.filter(({ nodeGroupName }) => !renewed.includes(nodeGroupName)).map(copyOf),
    ...facts.scalingGroups
      .filter(({ name }) => !renewed.includes(name))
      .map((group) => managedCopyOf(group, facts.nodeGroups[0])),
  ];
  const otherNodes = facts.observed.nodes
    .filter(({ owner }) => owner.kind === "standalone")
    .map(({ name }) => name);
  const adopt = {
    ...(taken.length > 0 && { cidrBlocks: taken }),
    ...(podSubnets.length > 0 && { podSubnets: podSubnets.map(({ subnetId }) => subnetId) }),
    ...(eniConfigs.length > 0 && { eniConfigs }),
  };
  return {
    config: {
      clusterName: facts.clusterName,
      podCidrs: blocks,
      ...(securityGroupIds.length > 0 && { securityGroupIds }),
      ...(facts.eniConfigs === undefined && { cni: { installCrd: true } }),
      ...(workers.length > 0 && { workerGroups: workers.map(({ group }) => group) }),
      ...(Object.keys(adopt).length > 0 && { adopt }),
    },
    workerNotes: workers.map(({ note }) => note),
    notes: [
      ...handMade.notes,
      ...(renewed.length === 0
        ? []
        : [`No pod on nodes of ${renewed.join(", ")} has an address outside of it: they are not replaced.`]),
      ...windows.map(
        ({ nodeGroupName }) =>
          `${nodeGroupName} has Windows nodes, which custom networking does not support; it stays as it is.`,
      ),
      ...(otherNodes.length === 0
        ? []
        : [
            `${otherNodes.join(", ")} ${otherNodes.length === 1 ? "is" : "are"} in no node group and no Auto Scaling group; say workerGroups for what runs there, and replace these yourself.`,
          ]),
    ],
  };
}

/** Groups whose nodes are all as new ones are to be, where there are pod subnets: names. */
function renewedGroups(observed: Observation, podSubnets: readonly SubnetFacts[]): string[] {
  if (podSubnets.length === 0) return [];
  const old = new Set(
    oldNodes({ ...observed, target: { ...observed.target, podSubnets } }).map(({ node }) => node.name),
  );
  const groupsOf = (nodes: Observation["nodes"]) =>
    nodes.flatMap(({ owner }) => ("name" in owner ? [owner.name] : []));
  const withOld = groupsOf(observed.nodes.filter(({ name }) => old.has(name)));
  return [...new Set(groupsOf(observed.nodes))].filter((name) => !withOld.includes(name)).sort();
}

function freeBlock(addressing: VpcAddressing): string {
  const first = checkCidrBlock(DEFAULT_POD_CIDR, addressing);
  const isFree = first.ok && first.warnings.length === 0 && !addressing.cidrBlocks.includes(DEFAULT_POD_CIDR);
  const [free] = isFree ? [DEFAULT_POD_CIDR] : first.proposals;
  if (free !== undefined) return free;
  if (first.ok) return DEFAULT_POD_CIDR;
  throw new InvalidInputError(
    first.problems.map(({ reason, fix }) => ({
      path: "podCidr",
      reason,
      fix,
    })),
  );
}

function refuseImpossible(blocks: readonly string[], addressing: VpcAddressing): void {
  const problems = blocks.flatMap((cidr) => {
    if (readCidr(cidr).kind === "malformed")
      return [
        { path: "podCidr", reason: `"${cidr}" is not an IPv4 block.`, fix: "Write it as 100.64.0.0/16." },
      ];
    return checkCidrBlock(cidr, addressing).problems.map(({ reason, fix }) => ({
      path: "podCidr",
      reason,
      fix,
    }));
  });
  if (problems.length > 0) throw new InvalidInputError(problems);
}

interface ProposedWorkers {
  readonly group: Readonly<Record<string, unknown>>;
  readonly note: string;
}

/** Everything that EKS tells of a group is copied when the stack is brought up; here is said what it does not tell. */
function copyOf({ template, ...old }: ProposalNodeGroup): ProposedWorkers {
  const { nodeGroupName, instanceTypes, amiType, diskSize = 0 } = old;
  const isOwnImage = amiType === "CUSTOM" || amiType === "";
  const types =
    instanceTypes.length > 0 ? instanceTypes : [template?.instanceType ?? ""].filter((type) => type !== "");
  const needed =
    old.launchTemplate === undefined
      ? {}
      : {
          ...(instanceTypes.length === 0 && types.length > 0 && { instanceTypes: types }),
          ...(isOwnImage && { amiType: standardImage(types) }),
          ...(diskSize === 0 && { diskSize: template?.diskSize ?? DEFAULT_DISK_GIB }),
        };
  return {
    group: { name: newName(nodeGroupName), replaces: [nodeGroupName], like: nodeGroupName, ...needed },
    note: [
      `As ${nodeGroupName}: its types, image, labels, taints, disk, role, tags and size.`,
      ...(old.launchTemplate === undefined
        ? []
        : [
            `User data, security groups and further volumes of its launch template ${old.launchTemplate.id} are not copied.`,
          ]),
      ...(old.launchTemplate !== undefined && isOwnImage
        ? [
            `Its image is one of its own (${template?.imageId ?? "unknown"}): give imageId and osFamily in place of amiType, if the new nodes are to have it.`,
          ]
        : []),
    ].join("\n"),
  };
}

/** What EKS gives the nodes of a managed group where nobody says. */
const DEFAULT_DISK_GIB = 20;

/** Nobody drains the nodes of an Auto Scaling group before it ends them; of a managed group, EKS does. */
function managedCopyOf(
  { name, maxSize, instanceTypes, nodeRoleArn, securityGroupIds, labels }: ProposalScalingGroup,
  other: NodeGroupFacts | undefined,
): ProposedWorkers {
  const role = nodeRoleArn ?? other?.nodeRoleArn;
  return {
    group: {
      name: newName(name),
      replaces: [name],
      instanceTypes,
      amiType: standardImage(instanceTypes),
      ...(role !== undefined && { nodeRoleArn: role }),
      ...(securityGroupIds.length > 0 && { securityGroupIds }),
      maxSize: Math.max(1, maxSize),
      ...(Object.keys(labels).length > 0 && { labels }),
    },
    note: [
      `A managed group in the place of the Auto Scaling group ${name}, as its nodes are: types, security groups, labels.`,
      "User data, taints and volumes of its launch template are not copied.",
      ...(nodeRoleArn === undefined ? [roleNote(other)] : []),
    ].join("\n"),
  };
}

function roleNote(other: NodeGroupFacts | undefined): string {
  return other === undefined
    ? "Its role could not be found out: give nodeRoleArn."
    : `Its role could not be found out; this one is that of ${other.nodeGroupName}.`;
}

function standardImage(instanceTypes: readonly string[]): string {
  const [first = ""] = instanceTypes;
  return `AL2023_${architectureOf(first)}_STANDARD`;
}

function newName(old: string): string {
  const name = `pods-${old.replace(/[^A-Za-z0-9_-]/g, "-")}`;
  return name.slice(0, LONGEST_NAME).replace(/(?<![-_])[-_]+$/, "");
}

function isWindows(amiType: string): boolean {
  return amiType.startsWith("WINDOWS");
}

function isOurs(tags: Readonly<Record<string, string>>): boolean {
  return tags[CLUSTER_TAG] !== undefined;
}
