import type { Fleet } from "./fleet";
import type { RowNode } from "./fleetNodes";

/** What a person should know of a fleet besides the numbers. */
export function notesOn(fleet: Fleet, nodes: readonly RowNode[], fitsInNoSubnet: boolean): string[] {
  const notes: string[] = [];
  for (const { row, podsByMaxPods, podsByEnis, maxPods: ofNode } of nodes) {
    const unhosted = row.podsPerNode - Math.min(podsByMaxPods, podsByEnis);
    if (unhosted > 0) {
      notes.push(
        `${row.type}: ${unhosted} of ${row.podsPerNode} pods per node don't fit (max pods ${ofNode}).`,
      );
    }
    if (podsByEnis < podsByMaxPods) {
      notes.push(
        `${row.type}: max pods ${ofNode} is more than its ENIs carry; pods beyond ${podsByEnis} per node would hang in ContainerCreating.`,
      );
    }
    const pods = row.podsPerNode + (fleet.daemonSetPodsPerNode ?? 0);
    const minimum = fleet.minimumIpTarget ?? 0;
    if (minimum > 0 && (fleet.warmIpTarget ?? 0) === 0 && pods > minimum) {
      notes.push(
        `${row.type}: with MINIMUM_IP_TARGET ${minimum} and no WARM_IP_TARGET the pool never grows, and pods beyond it get no address. Set warmIpTarget to 1 or more.`,
      );
    }
  }
  if (fleet.customNetworking === true) {
    notes.push("Each node takes one more address in its node subnet, for its primary ENI.");
  }
  if (fitsInNoSubnet) {
    notes.push(
      "A subnet of /16, the largest there is, would not do: add subnets, or lower the warm targets.",
    );
  }
  return [...new Set(notes)];
}
