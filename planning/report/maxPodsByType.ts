import { grouped } from "../amounts";
import type { ReportTable } from "./table";
import type { TypeUse } from "./timeline";

/** How many pods nodes of an instance type may have, before and after. */
export interface TypeMaxPods {
  readonly instanceType: string;
  /** None where there was no such node, or nobody knows. */
  readonly before: number | undefined;
  /** None where there is no such node. */
  readonly after: number | undefined;
  readonly nodesBefore: number;
  readonly nodesAfter: number;
}

/**
 * Max pods by instance type, by their names.
 *
 * @param before of the old nodes as the first rotation began; undefined where nobody knows.
 * @param after of today's nodes; undefined where they were not seen.
 */
export function maxPodsByType(
  before: readonly TypeUse[] | undefined,
  after: readonly TypeUse[] | undefined,
): TypeMaxPods[] {
  const names = new Set([...(before ?? []), ...(after ?? [])].map(({ instanceType }) => instanceType));
  return [...names].sort().map((name) => {
    const then = before?.find(({ instanceType }) => instanceType === name);
    const now = after?.find(({ instanceType }) => instanceType === name);
    return {
      instanceType: name,
      before: then?.maxPods,
      after: now?.maxPods,
      nodesBefore: then?.nodes ?? 0,
      nodesAfter: now?.nodes ?? 0,
    };
  });
}

/** The same as a table. */
export function maxPodsTable(types: readonly TypeMaxPods[]): ReportTable {
  const text = (value: number | undefined) => (value === undefined ? "-" : grouped(value));
  return {
    caption: "Pods per node by instance type",
    columns: ["instance type", "max pods before", "max pods now", "old nodes before", "nodes now"],
    rows: types.map(({ instanceType, before, after, nodesBefore, nodesAfter }) => [
      ...[instanceType, text(before), text(after), grouped(nodesBefore), grouped(nodesAfter)],
    ]),
  };
}
