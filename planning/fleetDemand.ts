import type { RowSize } from "./fleetNodes";
import type { NodeCounts } from "./fleetPlacement";
import { at, sum } from "./sequence";
import type { SubnetDemand } from "./subnetDemand";

/** What the nodes on a subnet ask of it. */
export function demandOn(subnet: number, rows: readonly RowSize[], counts: NodeCounts): SubnetDemand {
  return {
    addresses: sum(rows, (row, index) => row.addressesPerNode * at(at(counts, index), subnet)),
    prefixes: sum(rows, (row, index) => row.prefixes * at(at(counts, index), subnet)),
  };
}

/** How many nodes are on a subnet. */
export function nodesOn(subnet: number, counts: NodeCounts): number {
  return sum(counts, (row) => at(row, subnet));
}
