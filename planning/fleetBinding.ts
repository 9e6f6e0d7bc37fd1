import { subnetPrefixLength, type Fleet } from "./fleet";
import { demandOn } from "./fleetDemand";
import { hosted, toRow, type RowNode } from "./fleetNodes";
import type { NodeCounts } from "./fleetPlacement";
import { canServe } from "./subnetDemand";

/**
 * What stops a fleet first as pods per node grow: kubelet's max pods, the ENIs of the instances, or a subnet.
 * ENIs are named only where max pods was set above what they carry.
 */
export type Binding = "maxPods" | "enis" | "subnet";

/** Which constraint is reached first when every row gets the same number of pods more per node. */
export function whatBinds(fleet: Fleet, nodes: readonly RowNode[], counts: NodeCounts) {
  const room = (limit: (node: RowNode) => number) =>
    Math.min(...nodes.map((node) => limit(node) - node.row.podsPerNode));
  const byMaxPods = room(({ podsByMaxPods }) => podsByMaxPods);
  const byEnis = room(({ podsByEnis }) => podsByEnis);
  const byNodes = Math.min(byMaxPods, byEnis);
  const subnetsServe = (extraPods: number) => {
    const rows = nodes.map((node) => toRow(node, hosted(node, extraPods)));
    return fleet.subnets.every((subnet, index) =>
      canServe(subnetPrefixLength(subnet), demandOn(index, rows, counts)),
    );
  };
  if (subnetsServe(byNodes)) {
    return {
      binding: byMaxPods <= byEnis ? ("maxPods" as const) : ("enis" as const),
      headroomPodsPerNode: byNodes,
    };
  }
  // More pods never take fewer addresses, so the last number that fits can be halved towards. Below -most nobody
  // has a pod any more: a subnet that can't serve even the warm pools of empty nodes ends there.
  const most = Math.max(...nodes.map(({ row }) => row.podsPerNode));
  let serves = -most - 1;
  let fails = byNodes;
  while (fails - serves > 1) {
    const middle = Math.floor((serves + fails) / 2);
    if (subnetsServe(middle)) serves = middle;
    else fails = middle;
  }
  return { binding: "subnet" as const, headroomPodsPerNode: serves };
}
