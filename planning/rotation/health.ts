import { counted, listed } from "../amounts";
import { numberOf, type Amount } from "./amount";
import type { HealthGate } from "./settings";

/** What is unready in a cluster. */
export interface Unready {
  /** Names of nodes. */
  readonly nodes: readonly string[];
  /** Workloads that are short of ready pods, as `namespace/Kind/name`. */
  readonly workloads: readonly string[];
}

/** What is unready, of how much. */
export interface Health extends Unready {
  readonly nodesInAll: number;
  readonly workloadsInAll: number;
}

/**
 * Why a health gate is closed, a line each; none where it is open.
 *
 * @param before what was unready as the run began: it is not the run's doing.
 */
export function closedBecause(gate: HealthGate, now: Health, before: Unready): string[] {
  return [
    ...tooMany(gate.unreadyNodes, "node", now.nodes, before.nodes, now.nodesInAll),
    ...tooMany(gate.unreadyWorkloads, "workload", now.workloads, before.workloads, now.workloadsInAll),
  ];
}

function tooMany(
  allowed: Amount | undefined,
  what: string,
  now: readonly string[],
  before: readonly string[],
  inAll: number,
): string[] {
  if (allowed === undefined) return [];
  const since = now.filter((name) => !before.includes(name));
  const most = numberOf(allowed, inAll, "down");
  if (since.length <= most) return [];
  const are = since.length === 1 ? "has become" : "have become";
  return [
    `${counted(since.length, what)} ${are} unready since the run began (${listed(since)}); ${most} may be`,
  ];
}
