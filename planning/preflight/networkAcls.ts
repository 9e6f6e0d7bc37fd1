import { freeBlocks, overlaps, type CidrBlock } from "../cidrBlock";
import { check } from "./check";
import type { NetworkAclEntryFacts, NetworkAclFacts } from "./networkFacts";
import { describeTraffic, includes, rangesLeftBehind, type PodMove, type Traffic } from "./traffic";

/**
 * Entries of network ACLs that let today's pods through and would not let tomorrow's: by the first matching number, with
 * denials on the way.
 *
 * https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
export const networkAclsAdmit = check(
  {
    id: "NACL",
    level: "stop",
    about: "network ACLs admit tomorrow's pods where they admit today's",
    looksAt: ["attachment", "networkAcls"],
  },
  ({ attachment, networkAcls }) =>
    networkAcls.flatMap((acl) =>
      (["ingress", "egress"] as const).flatMap((direction) =>
        leftBehind(acl, direction, attachment).map(({ entry, ranges }) => ({
          title: `network ACL ${acl.networkAclId} lets ${describeTraffic(entry.traffic)} ${direction === "ingress" ? "in from" : "out to"} ${entry.block.cidr}, not ${ranges}`,
          evidence: [`Entry ${entry.number} of ${direction}; it holds for ${acl.subnetIds.join(", ")}.`],
          wayOut: `Add an entry that allows ${describeTraffic(entry.traffic)} ${direction === "ingress" ? "from" : "to"} ${ranges}, numbered before any that denies it.`,
        })),
      ),
    ),
);

interface EntryLeftBehind {
  readonly entry: NetworkAclEntryFacts;
  /** The blocks for pods that it is missing for. */
  readonly ranges: string;
}

function leftBehind(
  { subnetIds, entries }: NetworkAclFacts,
  direction: NetworkAclEntryFacts["direction"],
  move: PodMove,
): EntryLeftBehind[] {
  if (subnetIds.length === 0) return [];
  const asked = entriesOf(entries, direction);
  return asked.flatMap((entry) => {
    const admitsToday = entry.allows && move.from.some((today) => decides(entry, today, asked));
    if (!admitsToday) return [];
    const ranges = rangesLeftBehind(move, (tomorrow) => isAllowed(tomorrow, entry.traffic, asked));
    return ranges.length === 0 ? [] : [{ entry, ranges: ranges.map(({ cidr }) => cidr).join(" and ") }];
  });
}

/** The entries of one direction in the order in which they are asked. */
export function entriesOf(
  entries: readonly NetworkAclEntryFacts[],
  direction: NetworkAclEntryFacts["direction"],
): NetworkAclEntryFacts[] {
  return entries.filter((entry) => entry.direction === direction).sort((a, b) => a.number - b.number);
}

/** Whether an entry is the one that lets something of a block through: entries before it may have taken all of it. */
function decides(
  entry: NetworkAclEntryFacts,
  block: CidrBlock,
  asked: readonly NetworkAclEntryFacts[],
): boolean {
  if (!overlaps(entry.block, block)) return false;
  const before = asked.filter(
    ({ number, traffic }) => number < entry.number && includes(traffic, entry.traffic),
  );
  const left = freeBlocks(
    block,
    before.map((earlier) => earlier.block),
  );
  return left.some((rest) => overlaps(rest, entry.block));
}

/**
 * Whether all of a block gets through with all of some traffic; an entry that denies any part of both says no.
 *
 * @param asked the entries of one direction, in the order of their numbers.
 */
export function isAllowed(
  block: CidrBlock,
  wanted: Traffic,
  asked: readonly NetworkAclEntryFacts[],
): boolean {
  let left: CidrBlock[] = [block];
  for (const { allows, traffic, block: named } of asked) {
    if (left.length === 0) break;
    if (!left.some((rest) => overlaps(rest, named))) continue;
    if (!allows && meet(traffic, wanted)) return false;
    if (allows && includes(traffic, wanted)) left = left.flatMap((rest) => freeBlocks(rest, [named]));
  }
  return left.length === 0;
}

function meet(a: Traffic, b: Traffic): boolean {
  if (a.protocol !== "all" && b.protocol !== "all" && a.protocol !== b.protocol) return false;
  return a.from <= b.to && b.from <= a.to;
}
