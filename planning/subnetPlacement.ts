import { addressCount, alignUp, blockAt, contains, overlaps, type CidrBlock } from "./cidrBlock";
import { zoneOrdinal } from "./zoneOrdinal";

/** A block to cut subnets from. */
export interface Space {
  readonly block: CidrBlock;
  /** What of it can't be used for anything new. */
  readonly taken: readonly CidrBlock[];
  /**
   * Of the taken, subnets of zones that are not in the plan. One that is not in the place of its zone's letter takes
   * that place out of the count.
   */
  readonly foreign: readonly { readonly availabilityZone: string; readonly block: CidrBlock }[];
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
  /** Whether it is the place of its zone's letter, which nothing that comes later takes. */
  readonly isOwnPlace: boolean;
}

/** What has a place, and what found none. */
export interface Placements {
  readonly placed: readonly Placement[];
  readonly unplaced: readonly Wish[];
}

type Place = Pick<Placement, "space" | "block">;

/**
 * Finds a place for every wish, or says which have none.
 *
 * The spaces are read as a row of equal cells; a zone's first subnet goes to the cell of its letter, if it is not
 * larger than that. The rest takes the first free place, the largest first. Where that does not fit everybody, the
 * cells are given up and all are packed from the start, which fits whatever can fit: blocks are powers of two on
 * their own boundaries, and those pack without loss when the largest go first.
 *
 * @param cellPrefixLength the size of a cell. It must not depend on the zones, or a zone that comes would move others.
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
  const settle = (wish: Wish, found: Place, isOwnPlace: boolean) => {
    taken[found.space]?.push(found.block);
    placed.push({ wish, ...found, isOwnPlace });
  };

  // By name, so that the order in which zones are given decides nothing.
  const inOrder = [...wishes].sort(
    (a, b) => a.ordinal - b.ordinal || (a.availabilityZone < b.availabilityZone ? -1 : 1),
  );
  const without: Wish[] = [];
  for (const wish of inOrder) {
    const cell = wish.ordinal === 0 ? cells[zoneOrdinal(wish.availabilityZone) ?? -1] : undefined;
    const isTooSmall = cell !== undefined && wish.prefixLength < cell.block.prefixLength;
    const start = cell && !isTooSmall && { ...cell, block: blockAt(cell.block.first, wish.prefixLength) };
    if (start && isFree(start)) settle(wish, start, true);
    else without.push(wish);
  }

  const unplaced: Wish[] = [];
  for (const wish of without.sort((a, b) => a.prefixLength - b.prefixLength)) {
    const found = firstFree(wish.prefixLength, spaces, taken);
    if (found === undefined) unplaced.push(wish);
    else settle(wish, found, false);
  }
  return { placed, unplaced };
}

function cellsOf(spaces: readonly Space[], prefixLength: number): Place[] {
  const cells = spaces.flatMap(({ block }, space) => {
    if (block.prefixLength > prefixLength) return [];
    const count = addressCount(block.prefixLength) / addressCount(prefixLength);
    return Array.from({ length: count }, (_, index) => ({
      space,
      block: blockAt(block.first + index * addressCount(prefixLength), prefixLength),
    }));
  });
  return cells.filter((cell, index) =>
    (spaces[cell.space]?.foreign ?? []).every(
      (other) =>
        !overlaps(other.block, cell.block) ||
        (zoneOrdinal(other.availabilityZone) === index && other.block.first === cell.block.first),
    ),
  );
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
