import { counted } from "../amounts";
import { maxPods } from "../maxPods";
import { isFinished, type ClusterNode } from "../rotation/observation";
import { hasPodEni } from "../rotation/workerShape";
import { sum } from "../sequence";
import { takesCustomNetworking } from "../takesCustomNetworking";
import { check, type Found } from "./check";
import type { CniPlan } from "./picture";

/** Nodes of one type that carry fewer pods tomorrow: the primary ENI is left to the node. */
export const maxPodsLoss = check(
  {
    id: "MAXPODS-LOSS",
    level: "warn",
    about: "nodes carry as many pods tomorrow as run on them today",
    looksAt: ["cluster", "cni"],
  },
  ({ cluster, cni }) => {
    const pods = cluster.pods.filter((pod) => pod.nodeName !== undefined && !isFinished(pod));
    const perNode = new Map<string, number>();
    for (const { nodeName = "" } of pods) perNode.set(nodeName, (perNode.get(nodeName) ?? 0) + 1);
    return [...byType(cluster.nodes)].flatMap(([type, nodes]) => loss(type, nodes, perNode, cni));
  },
);

function byType(nodes: readonly ClusterNode[]): Map<string, ClusterNode[]> {
  const found = new Map<string, ClusterNode[]>();
  for (const node of nodes) {
    if (!takesCustomNetworking(node) || node.instanceType === undefined) continue;
    const alike = found.get(node.instanceTypeName);
    if (alike === undefined) found.set(node.instanceTypeName, [node]);
    else alike.push(node);
  }
  return found;
}

function loss(
  typeName: string,
  nodes: readonly ClusterNode[],
  perNode: ReadonlyMap<string, number>,
  { prefixDelegation, maxEni }: CniPlan,
): Found[] {
  const type = nodes[0]?.instanceType;
  if (type === undefined) return [];
  if (!hasPodEni(type, { maxEni })) {
    return [
      {
        level: "stop",
        title: `${typeName} carries no pod tomorrow: it has one ENI, which custom networking leaves to the node`,
        evidence: [
          `${type.enis} ENIs on its network card${maxEni === undefined ? "" : `, MAX_ENI is ${maxEni}`}; ${counted(nodes.length, "node")} of the type.`,
        ],
        wayOut:
          maxEni === undefined
            ? "Take another type for the new groups."
            : "Set MAX_ENI to 2 or more, or leave it out.",
      },
    ];
  }
  const { maxPods: tomorrow } = maxPods(type, { customNetworking: true, prefixDelegation, maxEni });
  const today = Math.max(...nodes.map(({ allocatable }) => allocatable.pods));
  const podsOn = ({ name }: ClusterNode) => perNode.get(name) ?? 0;
  const scheduled = sum(nodes, podsOn);
  const tooMany = sum(nodes, (node) => Math.max(0, podsOn(node) - tomorrow));
  if (tooMany === 0) return [];
  const needed = Math.ceil(scheduled / tomorrow);
  return [
    {
      title: `${typeName} goes from ${today} to ${tomorrow} pods a node: ${tooMany} of ${scheduled} pods will not fit where they are`,
      evidence: [
        `${counted(nodes.length, "node")} of the type run ${counted(scheduled, "pod")}; ${needed} are needed for as many.`,
      ],
      wayOut: prefixDelegation
        ? "Let the new groups have more nodes, or a larger type."
        : "Let the new groups have more nodes, or set ENABLE_PREFIX_DELEGATION: podnet max-pods tells what a type carries then.",
    },
  ];
}
