import { describeOwner } from "../rotation/nodeOwner";
import type { ClusterNode } from "../rotation/observation";
import { check } from "./check";
import { listed } from "./listed";

/** Tags by which a tool marks what it owns, and how people call that tool. */
const OWNER_TAGS: readonly { readonly key: string; readonly tool: string }[] = [
  { key: "aws:cloudformation:stack-name", tool: "CloudFormation stack" },
  { key: "alpha.eksctl.io/nodegroup-name", tool: "eksctl node group" },
];

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

/** Groups that another tool owns: what is removed here comes back there, or is missed. */
export const groupsOfOthers = check(
  {
    id: "GROUP-OWNER",
    level: "warn",
    about: "node groups belong to no other tool",
    looksAt: ["nodeGroups"],
  },
  ({ nodeGroups }) =>
    nodeGroups.flatMap(({ nodeGroupName, tags }) => {
      const [mark] = OWNER_TAGS.filter(({ key }) => tags[key] !== undefined);
      if (mark === undefined) return [];
      return [
        {
          title: `node group ${nodeGroupName} belongs to the ${mark.tool} ${tags[mark.key] ?? ""}`,
          evidence: [`It has the tag ${mark.key}.`],
          wayOut: `It is emptied and left as it is; remove it there afterwards.`,
        },
      ];
    }),
);

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
      return "Let Karpenter replace them once the flag is set; RESERVED_ENIS=1 of Karpenter makes it count one ENI less.";
    case "autoScalingGroup":
      return "Replace them by the group's own means after podnet up, or move their workloads to a managed node group.";
    default:
      return "Replace them by hand after podnet up.";
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
