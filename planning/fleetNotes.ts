import type { Fleet } from "./fleet";
import { hosted, limitOf, type NodeLimit, type RowNode } from "./fleetNodes";

/** What a person should know of a fleet besides the numbers. */
export function notesOn(fleet: Fleet, nodes: readonly RowNode[], fitsInNoSubnet: boolean): string[] {
  const notes: string[] = [];
  for (const node of nodes) {
    const { row, podsBy, calculated } = node;
    const limit = limitOf(node);
    const unhosted = row.podsPerNode - hosted(node);
    if (unhosted > 0) {
      notes.push(
        `${row.type}: ${unhosted} of ${row.podsPerNode} pods per node don't fit (${limitText(node, limit)}).`,
      );
    }
    if (podsBy.enis < podsBy.maxPods) {
      notes.push(
        `${row.type}: max pods ${node.maxPods} is more than its ENIs carry; pods beyond ${podsBy.enis} per node would hang in ContainerCreating.`,
      );
    }
    if (limit === "minimumIpTarget") {
      notes.push(
        `${row.type}: with MINIMUM_IP_TARGET ${fleet.minimumIpTarget ?? 0} and no WARM_IP_TARGET the pool never grows, and pods beyond it get no address. Set warmIpTarget to 1 or more.`,
      );
    }
    if (fleet.prefixDelegation === true && calculated.addressMode === "secondaryIp") {
      notes.push(`${row.type}: prefix delegation is not possible on it; single addresses are counted.`);
    }
  }
  if (fleet.prefixDelegation === true && fleet.warmPrefixTarget === 0 && !hasIpTarget(fleet)) {
    notes.push(
      "WARM_PREFIX_TARGET 0 is not supported by AWS: each pod may wait for a prefix, or for a whole ENI.",
    );
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

function hasIpTarget({ warmIpTarget = 0, minimumIpTarget = 0 }: Fleet): boolean {
  return warmIpTarget > 0 || minimumIpTarget > 0;
}

function limitText({ maxPods, calculated }: RowNode, limit: NodeLimit): string {
  switch (limit) {
    case "maxPods":
      return `max pods ${maxPods}`;
    case "enis":
      return `its ENIs carry ${calculated.podAddresses} addresses`;
    case "minimumIpTarget":
      return "MINIMUM_IP_TARGET";
  }
}
