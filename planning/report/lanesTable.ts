import { grouped, listed } from "../amounts";
import type { Lane, LaneGroup, LaneState } from "./lanes";
import { clockText, spanText } from "./spans";
import type { ReportTable } from "./table";

/** All lanes, one line each, with the seconds of what happened. */
export function lanesTable(groups: readonly LaneGroup[]): ReportTable {
  return {
    caption: "Nodes, with when something happened to them since the rotation began",
    columns: ["zone", "node", "kind", "became", "when", "pods moved", "waited for"],
    rows: groups.flatMap(({ availabilityZone, old, workers }) =>
      [...old, ...workers].map((lane) => [
        ...[availabilityZone, lane.node.name, lane.node.isNew ? "new" : "old", lane.outcome],
        marksText(lane),
        podsText(lane, 6),
        lane.node.waits.join("; "),
      ]),
    ),
  };
}

/** All that happened to a node, in order: `cordoned 0:02:00, drained 0:04:10`. */
function marksText({ node }: Lane): string {
  return node.marks.map(({ kind, at }) => `${kind} ${clockText(at)}`).join(", ");
}

/** The pods of a node in words, some of them by their names; empty for a worker. */
export function podsText({ node }: Lane, named = 12): string {
  const { isNew, pods, evicted, refused } = node;
  if (isNew) return "";
  const names = evicted.length === 0 ? "" : `: ${listed(evicted, named)}`;
  const times = refused === 1 ? "an eviction" : `${grouped(refused)} evictions`;
  return `${grouped(Math.max(pods, evicted.length))}${names}${refused === 0 ? "" : ` (${times} refused)`}`;
}

const WORDS: Readonly<Record<LaneState, string>> = {
  waiting: "in service",
  draining: "draining",
  settling: "empty, its pods become ready elsewhere",
  leaving: "its instance ends",
  blocked: "blocked, in service",
  joining: "joining",
  inService: "takes pods",
};

/** What a node was at, a line for each stretch: `draining for 4 min from 0:12:03`. */
export function stretchesOf({ segments }: Lane): string[] {
  return segments
    .filter(({ state }) => state !== "waiting")
    .map(({ state, from, to }) => `${WORDS[state]} for ${spanText(to - from)} from ${clockText(from)}`);
}
