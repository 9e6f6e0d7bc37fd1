import { freeBlocks, overlaps, type CidrBlock } from "../cidrBlock";

/** What a rule lets through: a protocol and a span of ports. */
export interface Traffic {
  /** `tcp`, `udp`, `icmp`, a number of IANA's, or `all`. */
  readonly protocol: string;
  /** First and last; 0 and 65535 where all, or where the protocol has none. */
  readonly from: number;
  readonly to: number;
}

/** A rule that lets traffic of some addresses through. */
export interface AdmittingRule {
  readonly traffic: Traffic;
  readonly block: CidrBlock;
}

/** Whether everything that `inner` names is named by `outer`. */
export function includes(outer: Traffic, inner: Traffic): boolean {
  if (outer.protocol === "all") return true;
  return outer.protocol === inner.protocol && outer.from <= inner.from && outer.to >= inner.to;
}

/** As messages name it: `5432/tcp`, `8000-8080/udp`, `everything`. */
export function describeTraffic({ protocol, from, to }: Traffic): string {
  if (protocol === "all") return "everything";
  if (from === 0 && to === 65535) return protocol;
  return `${from === to ? String(from) : `${String(from)}-${String(to)}`}/${protocol}`;
}

/** Where pods have their addresses today, and where tomorrow. */
export interface PodMove {
  /** Blocks in which pods have addresses today. */
  readonly from: readonly CidrBlock[];
  /** Blocks of the pod subnets, planned or there. */
  readonly to: readonly CidrBlock[];
}

/**
 * The rules that admit pods of today and not, together with all others, those of tomorrow.
 *
 * A rule counts as admitting today's pods when it names any address of theirs. Tomorrow's must be admitted whole: by one
 * rule or by several that cover the pod subnets between them.
 */
export function rulesLeftBehind<R extends AdmittingRule>(rules: readonly R[], move: PodMove): R[] {
  return rules.filter(
    ({ traffic, block }) =>
      move.from.some((from) => overlaps(block, from)) &&
      move.to.some((to) => !isCovered(to, blocksFor(rules, traffic))),
  );
}

function blocksFor(rules: readonly AdmittingRule[], wanted: Traffic): CidrBlock[] {
  return rules.filter(({ traffic }) => includes(traffic, wanted)).map(({ block }) => block);
}

/** Whether every address of a block is in one of the others. */
export function isCovered(block: CidrBlock, others: readonly CidrBlock[]): boolean {
  return freeBlocks(block, others).length === 0;
}
