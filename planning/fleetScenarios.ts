import { usableAddressCount } from "./cidrBlock";
import { subnetPrefixLength, type Fleet } from "./fleet";
import { demandOn, nodesOn } from "./fleetDemand";
import type { RowSize } from "./fleetNodes";
import { dealNodes, type NodeCounts } from "./fleetPlacement";
import { at, sum } from "./sequence";
import { canServe, type SubnetDemand } from "./subnetDemand";

/** How the subnets do in a moment that is not everyday. */
export interface Scenario {
  readonly fits: boolean;
  readonly subnets: readonly {
    readonly zone: string | null;
    readonly nodes: number;
    readonly used: number;
    readonly remaining: number;
  }[];
}

/**
 * While nodes are replaced: `surge` more of them, dealt to the subnets by the nodes that they have, each as costly as
 * the costliest row there.
 */
export interface RollingReplacement extends Scenario {
  /** Nodes that there are more of, over all zones. */
  readonly surge: number;
}

/** After the loss of a zone, when the nodes that were spread run in the other zones. */
export interface ZoneLoss extends Scenario {
  readonly zone: string;
  /** Workload pods of nodes that were bound to the zone. Anything but 0 does not fit. */
  readonly podsLost: number;
}

function scenarioOf(fleet: Fleet, demands: readonly SubnetDemand[], nodes: readonly number[]): Scenario {
  const subnets = fleet.subnets.map((subnet, index) => {
    const { addresses } = at(demands, index);
    const available = usableAddressCount(subnetPrefixLength(subnet));
    return {
      zone: subnet.zone ?? null,
      nodes: at(nodes, index),
      used: addresses,
      remaining: available - addresses,
    };
  });
  const fits = fleet.subnets.every((subnet, index) =>
    canServe(subnetPrefixLength(subnet), at(demands, index)),
  );
  return { fits, subnets };
}

function surgeNodes({ surge = 1, instances }: Fleet): number {
  if (typeof surge === "number") return surge;
  return Math.ceil((sum(instances, ({ count }) => count) * Number.parseInt(surge, 10)) / 100);
}

/** What a rolling replacement asks of each subnet. */
export function rollingReplacement(
  fleet: Fleet,
  rows: readonly RowSize[],
  counts: NodeCounts,
): { demands: SubnetDemand[]; scenario: RollingReplacement } {
  const surge = surgeNodes(fleet);
  const all = sum(fleet.subnets, (_, subnet) => nodesOn(subnet, counts));
  const extra = fleet.subnets.map((_, subnet) => {
    const here = rows.filter((_, row) => at(at(counts, row), subnet) > 0);
    const costliest = here.reduce<RowSize | undefined>(
      (most, row) => (most === undefined || row.addressesPerNode > most.addressesPerNode ? row : most),
      undefined,
    );
    // A new node takes the place of an old one, so they come where the old ones are, and no more than those.
    const old = nodesOn(subnet, counts);
    const nodes = Math.min(old, Math.ceil((surge * old) / all));
    return {
      nodes,
      addresses: nodes * (costliest?.addressesPerNode ?? 0),
      prefixes: nodes * (costliest?.prefixes ?? 0),
    };
  });
  const demands = fleet.subnets.map((_, subnet) => {
    const { addresses, prefixes } = demandOn(subnet, rows, counts);
    return {
      addresses: addresses + at(extra, subnet).addresses,
      prefixes: prefixes + at(extra, subnet).prefixes,
    };
  });
  const nodes = fleet.subnets.map((_, subnet) => nodesOn(subnet, counts) + at(extra, subnet).nodes);
  return { demands, scenario: { surge, ...scenarioOf(fleet, demands, nodes) } };
}

/** What the loss of each zone asks of each subnet. */
export function zoneLosses(
  fleet: Fleet,
  rows: readonly RowSize[],
  counts: NodeCounts,
): { demands: SubnetDemand[]; scenario: ZoneLoss }[] {
  const zones = [...new Set(fleet.subnets.flatMap(({ zone }) => (zone === undefined ? [] : [zone])))];
  if (zones.length < 2) return [];
  return zones.map((zone) => {
    const after = dealNodes(fleet, zone);
    const demands = fleet.subnets.map((_, subnet) => demandOn(subnet, rows, after));
    const nodes = fleet.subnets.map((_, subnet) => nodesOn(subnet, after));
    const podsLost = sum(rows, (row, index) => {
      const nodesLost = sum(at(counts, index), (count, subnet) => count - at(at(after, index), subnet));
      return row.podsHostedPerNode * nodesLost;
    });
    const scenario = scenarioOf(fleet, demands, nodes);
    return { demands, scenario: { zone, podsLost, ...scenario, fits: scenario.fits && podsLost === 0 } };
  });
}
