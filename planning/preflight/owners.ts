import { groupOwnership } from "../groupOwnership";
import { CLUSTER_TAG } from "../podNetwork/clusterFacts";
import { describeOwner } from "../rotation/nodeOwner";
import type { ClusterNode } from "../rotation/observation";
import { check, type Found } from "./check";
import { listed } from "../amounts";

/** Managed groups that cannot grow by one: there is no room for a replacement before its predecessor goes. */
export const groupsAtMaximum = check(
  {
    id: "GROUP-AT-MAX",
    level: "warn",
    about: "managed node groups are below their maximum size",
    looksAt: ["nodeGroups"],
  },
  ({ nodeGroups }) =>
    nodeGroups
      .filter(({ desiredSize, maxSize }) => desiredSize >= maxSize)
      .map(({ nodeGroupName, desiredSize, maxSize }) => ({
        title: `node group ${nodeGroupName} is at its maximum size, ${maxSize}`,
        evidence: [
          `It has ${desiredSize} nodes; what an old group lacks while it is emptied, it can't start.`,
        ],
        wayOut: `Raise the maximum: aws eks update-nodegroup-config --nodegroup-name ${nodeGroupName} --scaling-config maxSize=${maxSize + 1}`,
      })),
);

/** Groups that another tool owns: what is changed here comes back there, or is missed. */
export const groupsOfOthers = check(
  {
    id: "GROUP-OWNER",
    level: "warn",
    about: "node groups belong to no other tool",
    looksAt: ["nodeGroups", "scalingGroups"],
  },
  ({ nodeGroups, scalingGroups }) => [
    ...nodeGroups.flatMap(({ nodeGroupName, tags }) => ownership(`node group ${nodeGroupName}`, tags)),
    ...scalingGroups.flatMap(({ name, tags }) => ownership(`Auto Scaling group ${name}`, tags)),
  ],
);

function ownership(group: string, tags: Readonly<Record<string, string>>): Found[] {
  // One of the new workers, whoever's tags it was given besides.
  if (tags[CLUSTER_TAG] !== undefined) return [];
  const mark = groupOwnership([tags]);
  if (mark === undefined) return [];
  return [
    {
      title: `${group} belongs to ${mark.owner}`,
      evidence: [`It has the tag ${mark.tag}: the next update there undoes what is changed here.`],
      wayOut:
        "Its nodes are replaced and it is left there, empty; set its size to 0 or remove it there, afterwards.",
    },
  ];
}

/** Nodes that no managed group owns. */
export const nodesOfOtherOwners = check(
  {
    id: "NODE-OWNER",
    level: "warn",
    about: "every node belongs to a managed node group",
    looksAt: ["cluster"],
  },
  ({ cluster }) => {
    const byOwner = new Map<string, ClusterNode[]>();
    for (const node of cluster.nodes) {
      if (["managedNodeGroup", "fargate"].includes(node.owner.kind)) continue;
      const owner = describeOwner(node.owner);
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), node]);
    }
    return [...byOwner].map(([owner, nodes]) => ({
      title: `${nodes.length} ${nodes.length === 1 ? "node belongs" : "nodes belong"} to ${owner}`,
      evidence: [listed(nodes.map(({ name }) => name))],
      wayOut: wayOutOf(nodes),
    }));
  },
);

function wayOutOf([first]: readonly ClusterNode[]): string {
  switch (first?.owner.kind) {
    case "karpenter":
      return "podnet rotate replaces them by their NodeClaims; give Karpenter RESERVED_ENIS=1 first, so that it counts one ENI less.";
    case "autoScalingGroup":
      return "Name the group in replaces of a worker group, and podnet rotate replaces them; whoever made the group deletes it afterwards.";
    default:
      return "podnet rotate drains and terminates them; their pods go to the worker group of their zone that has most of their labels.";
  }
}

/** Fargate and Windows: pods whose addresses custom networking does not change. */
export const nodesThatStay = check(
  {
    id: "NODE-STAYS",
    level: "warn",
    about: "custom networking holds for every node",
    looksAt: ["cluster"],
  },
  ({ cluster }) => {
    const staying = (kind: string, nodes: readonly ClusterNode[], why: string) =>
      nodes.length === 0
        ? []
        : [
            {
              title: `${nodes.length} ${kind} ${nodes.length === 1 ? "node keeps" : "nodes keep"} addresses of today's range`,
              evidence: [listed(nodes.map(({ name }) => name)), why],
              wayOut: "Nothing is to be done; count their addresses to today's range.",
            },
          ];
    const fargate = cluster.nodes.filter(({ owner }) => owner.kind === "fargate");
    const windows = cluster.nodes.filter(({ labels }) => labels["kubernetes.io/os"] === "windows");
    return [
      ...staying("Fargate", fargate, "Their subnets are those of the Fargate profile."),
      ...staying("Windows", windows, "ENIConfigs are read by aws-node, which does not run on Windows."),
    ];
  },
);
