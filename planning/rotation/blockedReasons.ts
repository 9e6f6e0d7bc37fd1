import { listed } from "../amounts";

/** Pods of one reason that are named; the others are counted. */
const NAMED_PODS = 2;

/** What holds a pod up, as a drain writes it: `NAMESPACE/NAME: why`. */
const OF_POD = /^([a-z0-9.-]+\/[a-z0-9.-]+): (.+)$/s;

/**
 * What holds a node up, each reason once: `why: shop/web-1, shop/web-2 and 5 more`. What holds one pod alone, and what is of
 * no pod, stays as it is; the order is that in which reasons come first.
 */
export function groupedReasons(because: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  const found = because.map((line) => {
    const [, pod, why] = OF_POD.exec(line) ?? [];
    if (pod === undefined || why === undefined) return { line };
    const pods = groups.get(why) ?? [];
    groups.set(why, [...pods, pod]);
    return { line, why };
  });
  const lines = found.map(({ line, why = "" }) => {
    const pods = groups.get(why) ?? [];
    return pods.length < 2 ? line : `${why}: ${listed(pods, NAMED_PODS)}`;
  });
  return [...new Set(lines)];
}
