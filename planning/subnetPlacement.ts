import { addressCount, alignUp, blockAt, contains, overlaps, type CidrBlock } from "./cidrBlock";
import { zoneOrdinal } from "./zoneOrdinal";

/** A block to cut subnets from. */
export interface Space {
  readonly block: CidrBlock;
  /** What of it can't be used for anything new. */
  readonly taken: readonly CidrBlock[];
  /** Of the taken, what belongs to no zone of the plan: places are counted as if it were not part of the block. */
  readonly foreign: readonly CidrBlock[];
}

/** A subnet that needs a place. */
export interface Wish {
  readonly availabilityZone: string;
  readonly prefixLength: number;
  /** Which of its zone's subnets it is, from 0. The first has a place of its own. */
  readonly ordinal: number;
}

/** Where a wish came to lie. */
export interface Placement {
  readonly wish: Wish;
  /** The index of the space. */
  readonly space: number;
  readonly block: CidrBlock;
}

/** What has a place, and what found none. */
export interface Placements {
  readonly placed: readonly Placement[];
  readonly unplaced: readonly Wish[];
}

type Place = Omit<Placement, "wish">;

/**
 * Finds a place for every wish, or says which have none.
 *
 * The spaces are read as a row of equal cells; a zone's first subnet goes to the cell of its letter. The rest takes
 * the first free place, the largest first. Where that does not fit everybody, the cells are given up and all are
 * packed from the start, which fits whatever can fit: blocks are powers of two on their own boundaries, and those
 * pack without loss when the largest go first.
 *
 * @param cellPrefixLength the size of a cell: that of the largest subnet of the plan.
 */
export function placeSubnets(
  wishes: readonly Wish[],
  spaces: readonly Space[],
  cellPrefixLength: number,
): Placements {
  const inCells = place(wishes, spaces, cellsOf(spaces, cellPrefixLength));
  return inCells.unplaced.length === 0 ? inCells : place(wishes, spaces, []);
}

function place(wishes: readonly Wish[], spaces: readonly Space[], cells: readonly Place[]): Placements {
  const taken = spaces.map((space) => [...space.taken]);
  const isFree = ({ space, block }: Place) =>
    taken[space]?.every((other) => !overlaps(other, block)) === true;
  const placed: Placement[] = [];
  const settle = (wish: Wish, found: Place) => {
    taken[found.space]?.push(found.block);
    placed.push({ wish, ...found });
  };

  // By name, so that the order in which zones are given decides nothing.
  const inOrder = [...wishes].sort(
    (a, b) => a.ordinal - b.ordinal || (a.availabilityZone < b.availabilityZone ? -1 : 1),
  );
  const without: Wish[] = [];
  for (const wish of inOrder) {
    const cell = wish.ordinal === 0 ? cells[zoneOrdinal(wish.availabilityZone) ?? -1] : undefined;
    const start = cell && { ...cell, block: blockAt(cell.block.first, wish.prefixLength) };
    if (start !== undefined && isFree(start)) settle(wish, start);
    else without.push(wish);
  }

  const unplaced: Wish[] = [];
  for (const wish of without.sort((a, b) => a.prefixLength - b.prefixLength)) {
    const found = firstFree(wish.prefixLength, spaces, taken);
    if (found === undefined) unplaced.push(wish);
    else settle(wish, found);
  }
  return { placed, unplaced };
}

function cellsOf(spaces: readonly Space[], prefixLength: number): Place[] {
  return spaces.flatMap(({ block, foreign }, space) => {
    if (block.prefixLength > prefixLength) return [];
    const count = addressCount(block.prefixLength) / addressCount(prefixLength);
    return Array.from({ length: count }, (_, index) => ({
      space,
      block: blockAt(block.first + index * addressCount(prefixLength), prefixLength),
    })).filter((cell) => foreign.every((other) => !overlaps(other, cell.block)));
  });
}

function firstFree(prefixLength: number, spaces: readonly Space[], taken: CidrBlock[][]): Place | undefined {
  for (const [space, { block }] of spaces.entries()) {
    let first = block.first;
    while (first + addressCount(prefixLength) - 1 <= block.last) {
      const candidate = blockAt(first, prefixLength);
      const inTheWay = taken[space]?.find((other) => overlaps(other, candidate));
      if (inTheWay === undefined && contains(block, candidate)) return { space, block: candidate };
      first = alignUp(Math.max(inTheWay?.last ?? 0, candidate.last) + 1, prefixLength);
    }
  }
  return undefined;
}
