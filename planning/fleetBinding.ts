import { subnetPrefixLength, type Fleet } from "./fleet";
import { demandOn } from "./fleetDemand";
import { hosted, NODE_LIMITS, toRow, type NodeLimit, type RowNode } from "./fleetNodes";
import type { NodeCounts } from "./fleetPlacement";
import { canServe } from "./subnetDemand";

/** What stops a fleet first as pods per node grow: a limit of the nodes, or a subnet. */
export type Binding = NodeLimit | "subnet";

/** What binds, and how many pods per node away it is. */
export interface FleetBinding {
  readonly binding: Binding;
  /** Pods per node that every row could take more; negative when the limit is passed already. */
  readonly headroomPodsPerNode: number;
}

/** Which constraint is reached first when every row gets the same number of pods more per node. */
export function whatBinds(fleet: Fleet, nodes: readonly RowNode[], counts: NodeCounts): FleetBinding {
  const rooms = NODE_LIMITS.map((binding) => ({
    binding,
    headroomPodsPerNode: Math.min(...nodes.map(({ podsBy, row }) => podsBy[binding] - row.podsPerNode)),
  }));
  const byNodes = rooms.reduce((first, room) =>
    room.headroomPodsPerNode < first.headroomPodsPerNode ? room : first,
  );
  const subnetsServe = (extraPods: number) => {
    const rows = nodes.map((node) => toRow(node, hosted(node, extraPods)));
    return fleet.subnets.every((subnet, index) =>
      canServe(subnetPrefixLength(subnet), demandOn(index, rows, counts)),
    );
  };
  if (subnetsServe(byNodes.headroomPodsPerNode)) return byNodes;
  // More pods never take fewer addresses, so the last number that fits can be halved towards. Below -most nobody
  // has a pod any more: a subnet that can't serve even the warm pools of empty nodes ends there.
  const most = Math.max(...nodes.map(({ row }) => row.podsPerNode));
  let serves = -most - 1;
  let fails = byNodes.headroomPodsPerNode;
  while (fails - serves > 1) {
    const middle = Math.floor((serves + fails) / 2);
    if (subnetsServe(middle)) serves = middle;
    else fails = middle;
  }
  return { binding: "subnet", headroomPodsPerNode: serves };
}
