import type { Problem } from "../problem";
import { amountProblems, numberOf, type Amount } from "./amount";

/** How many nodes may be out of service at once: a number, or a percentage of the old nodes such as `10%`. */
export type MaxUnavailable = Amount;

/** What is needed of a node to place it in a batch. */
export interface BatchNode {
  readonly name: string;
  readonly availabilityZone: string;
  /** Whether its drain had begun in an earlier attempt; it is finished first. @default false */
  readonly isStarted?: boolean;
}

/**
 * The number that `maxUnavailable` stands for.
 *
 * A percentage is rounded down, as Kubernetes does, but at least 1, or nothing would ever move.
 *
 * @param oldNodes how many old nodes there are.
 */
export function unavailableAtOnce(maxUnavailable: MaxUnavailable, oldNodes: number): number {
  return Math.max(1, numberOf(maxUnavailable, oldNodes, "down"));
}

/** What is wrong with a `maxUnavailable`. */
export function maxUnavailableProblems(path: string, value: unknown): Problem[] {
  return amountProblems(path, value, "nodes", 1);
}

/**
 * Old nodes in the batches in which they go: none larger than `size`, each spread over the zones as far as they reach,
 * so that no zone is emptied long before the others.
 *
 * The order of nodes within a zone is kept. Nodes that an earlier attempt had started come before all others.
 *
 * @throws RangeError for a size below 1.
 */
export function batches<N extends BatchNode>(nodes: readonly N[], size: number): N[][] {
  if (!(size >= 1)) throw new RangeError(`a batch of ${size} nodes`);
  const order = [
    ...interleaved(nodes.filter(({ isStarted }) => isStarted === true)),
    ...interleaved(nodes.filter(({ isStarted }) => isStarted !== true)),
  ];
  const result: N[][] = [];
  for (let from = 0; from < order.length; from += size) result.push(order.slice(from, from + size));
  return result;
}

/** One of each zone in turn, always of the zone with most nodes left; equal ones in the order of their names. */
function interleaved<N extends BatchNode>(nodes: readonly N[]): N[] {
  const zones = new Map<string, N[]>();
  for (const node of nodes) {
    zones.set(node.availabilityZone, [...(zones.get(node.availabilityZone) ?? []), node]);
  }
  const order: N[] = [];
  while (order.length < nodes.length) {
    const round = [...zones.entries()]
      .filter(([, left]) => left.length > 0)
      .sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1));
    for (const [, left] of round) order.push(...left.splice(0, 1));
  }
  return order;
}
