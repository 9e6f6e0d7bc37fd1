import { contains, freeBlocks, type CidrBlock } from "../cidrBlock";

/** What a rule lets through: a protocol and a span of ports. */
export interface Traffic {
  /** `tcp`, `udp`, `icmp`, a number of IANA's, or `all`. */
  readonly protocol: string;
  /** First and last; 0 and 65535 where all, or where the protocol has none. */
  readonly from: number;
  readonly to: number;
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
  /** Blocks of the pod subnets, planned or there: these must be admitted. */
  readonly to: readonly CidrBlock[];
  /** The blocks for pods that these are parts of: who admits them whole need not think of it again. */
  readonly ranges: readonly CidrBlock[];
}

/** The blocks for pods of which a pod subnet is not admitted. */
export function rangesLeftBehind(
  { to, ranges }: Pick<PodMove, "to" | "ranges">,
  isAdmitted: (podSubnet: CidrBlock) => boolean,
): CidrBlock[] {
  const missing = to.filter((podSubnet) => !isAdmitted(podSubnet));
  return ranges.filter((range) => missing.some((podSubnet) => contains(range, podSubnet)));
}

/** Whether every address of a block is in one of the others. */
export function isCovered(block: CidrBlock, others: readonly CidrBlock[]): boolean {
  return freeBlocks(block, others).length === 0;
}
