import type { Fleet } from "./fleet";

/** How many nodes of each row are on each subnet: `[row][subnet]`. */
export type NodeCounts = readonly (readonly number[])[];

/**
 * Deals the nodes of a fleet to its subnets: rows with a zone to that zone's subnets, the others evenly to all zones,
 * each node that is left over to the zone with the fewest nodes so far; within a zone alike.
 *
 * @param lostZone a zone that is down: nodes that are spread go to the other zones, nodes of that zone are gone.
 */
export function dealNodes({ subnets, instances }: Fleet, lostZone?: string): NodeCounts {
  const zoneOf = subnets.map(({ zone }) => zone ?? "");
  const zones = [...new Set(zoneOf)].filter((zone) => zone !== lostZone);
  const inZone = new Map(zones.map((zone) => [zone, 0]));
  const onSubnet = subnets.map(() => 0);

  return instances.map(({ count, zone }) => {
    const dealt = subnets.map(() => 0);
    const targets = zones.filter((candidate) => zone === undefined || candidate === zone);
    for (const [index, share] of evenShares(
      count,
      targets.map((target) => inZone.get(target) ?? 0),
    ).entries()) {
      const target = targets[index] ?? "";
      inZone.set(target, (inZone.get(target) ?? 0) + share);
      const places = zoneOf.flatMap((other, place) => (other === target ? [place] : []));
      for (const [at, part] of evenShares(
        share,
        places.map((place) => onSubnet[place] ?? 0),
      ).entries()) {
        const place = places[at] ?? 0;
        dealt[place] = part;
        onSubnet[place] = (onSubnet[place] ?? 0) + part;
      }
    }
    return dealt;
  });
}

/** Splits a count evenly; what is left over goes one each to those that have the least already. */
function evenShares(count: number, has: readonly number[]): number[] {
  if (has.length === 0) return [];
  const shares = has.map(() => Math.floor(count / has.length));
  const poorestFirst = has.map((_, index) => index).sort((a, b) => (has[a] ?? 0) - (has[b] ?? 0) || a - b);
  for (const index of poorestFirst.slice(0, count % has.length)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
