import { sum } from "../sequence";

/** An old group with the size that it had. */
export interface RestorableGroup {
  readonly name: string;
  /** Auto Scaling makes its nodes evenly in these. */
  readonly availabilityZones: readonly string[];
  /** Nodes that it wants now, without those of its own that go. */
  readonly desiredSize: number;
  /** Nodes of its own that go, as they have something of the pod subnets. @default none */
  readonly going?: number | undefined;
  readonly maxSize: number;
  /** Nodes that it had before the first rotation; none where nobody recorded it. */
  readonly recordedSize: number | undefined;
}

/** An old group with the size that it gets before any node goes. */
export interface RestoredSize {
  readonly name: string;
  readonly size: number;
  /** What the recorded size was reduced by. */
  readonly missing: number;
}

/**
 * The sizes that old groups get back before the first node is cordoned, so that pods find workers in each zone: those that
 * were recorded, as far as the groups' maximum sizes and the addresses of each zone let.
 *
 * @param workersWithRoom how many new workers each zone has addresses for, beside the pods that come back.
 */
export function restoredSizes(
  groups: readonly RestorableGroup[],
  workersWithRoom: ReadonlyMap<string, number>,
): RestoredSize[] {
  const sizes = new Map(
    groups.map(({ name, desiredSize, maxSize, recordedSize = 0 }) => [
      name,
      Math.max(desiredSize, Math.min(recordedSize, maxSize)),
    ]),
  );
  const sizeOf = ({ name }: RestorableGroup) => sizes.get(name) ?? 0;
  for (;;) {
    const coming = comingWorkers(groups, sizes);
    const full = [...coming].find(([zone, count]) => count > (workersWithRoom.get(zone) ?? 0))?.[0];
    if (full === undefined) break;
    const [largest] = groups
      .filter((one) => one.availabilityZones.includes(full) && sizeOf(one) > one.desiredSize)
      .sort((a, b) => sizeOf(b) - b.desiredSize - (sizeOf(a) - a.desiredSize));
    if (largest === undefined) break;
    sizes.set(largest.name, sizeOf(largest) - 1);
  }
  return groups.map((group) => ({
    name: group.name,
    size: sizeOf(group),
    missing: Math.max(0, (group.recordedSize ?? 0) - sizeOf(group)),
  }));
}

/**
 * How many workers come into each zone at the most, by its name, where groups get these sizes.
 *
 * @param sizes by the names of groups; of one that is left out none come.
 */
export function comingWorkers(
  groups: readonly RestorableGroup[],
  sizes: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const zones = [...new Set(groups.flatMap(({ availabilityZones }) => availabilityZones))].sort();
  return new Map(
    zones.map((zone) => [
      zone,
      sum(
        groups.filter(({ availabilityZones }) => availabilityZones.includes(zone)),
        ({ name, availabilityZones, desiredSize }) =>
          Math.ceil(Math.max(0, (sizes.get(name) ?? 0) - desiredSize) / availabilityZones.length),
      ),
    ]),
  );
}

/** Groups that don't get all of their workers back at once. */
export function restoredSizeNotes(restored: readonly RestoredSize[]): string[] {
  return restored
    .filter(({ missing }) => missing > 0)
    .map(
      ({ name, size, missing }) =>
        `${name} begins with ${size} of the ${size + missing} workers that it had: its maximum size, or the addresses of its zones, let no more.`,
    );
}

/** Groups that have their maximum with nodes of their own that go: none of those has a new worker before it is drained. */
export function fullGroupNotes(groups: readonly RestorableGroup[]): string[] {
  return groups
    .filter(({ desiredSize, maxSize, going = 0 }) => going > 0 && desiredSize + going >= maxSize)
    .map(
      ({ name, maxSize }) =>
        `${name} has its maximum of ${maxSize} nodes, of which some go: they are drained before there are new ones. Raise it meanwhile, so that new ones come first.`,
    );
}
