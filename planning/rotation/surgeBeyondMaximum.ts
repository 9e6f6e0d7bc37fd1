import type { OldNode } from "./oldNodes";
import type { PoolNeed } from "./surge";

/**
 * Of nodes whose own zone gets no workers those that must stay: with their pods as well, pools that take them over would
 * need more workers than their maximum. Those that come first may go as far as they fit.
 *
 * @param orphaned the nodes, in their order.
 * @param others the nodes that have a pool of their own, which come before them.
 * @param needs what pools need when these nodes go.
 */
export function beyondMaximum(
  orphaned: readonly OldNode[],
  others: readonly OldNode[],
  needs: (going: readonly OldNode[]) => readonly PoolNeed[],
): OldNode[] {
  if (orphaned.length === 0) return [];
  // What they need by themselves was told by the plan.
  const own = new Map(needs(others).map((need) => [need.nodeGroupName, need.beyondMaximum]));
  const fits = (count: number) =>
    needs([...others, ...orphaned.slice(0, count)]).every(
      (need) => need.beyondMaximum <= (own.get(need.nodeGroupName) ?? 0),
    );
  if (fits(orphaned.length)) return [];
  let [fitting, tooMany] = [0, orphaned.length];
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (fits(middle)) fitting = middle;
    else tooMany = middle;
  }
  return orphaned.slice(fitting);
}
