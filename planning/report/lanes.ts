import type { Mark, Timeline, TimelineNode } from "./timeline";
import { positionOf, type WorkingTime } from "./workingTime";

/** What a node is at for a while. */
export type LaneState =
  /** Old, in service, and its turn has not come. */
  | "waiting"
  /** Out of service; its pods leave. */
  | "draining"
  /** Empty; its pods become ready elsewhere, and load balancers let go of it. */
  | "settling"
  /** Its instance ends. */
  | "leaving"
  /** It could not be drained, and is in service. */
  | "blocked"
  /** New, and not Ready yet. */
  | "joining"
  /** New, and takes pods. */
  | "inService";

/** A stretch of a lane. */
export interface LaneSegment {
  readonly state: LaneState;
  /** Seconds since the timeline began. */
  readonly from: number;
  readonly to: number;
  /** On the axis, from 0 to 1. */
  readonly start: number;
  readonly end: number;
}

/** What became of a node. */
export type LaneOutcome = "replaced" | "blocked" | "on its way" | "waiting" | "new" | "joining" | "gone";

/** A node over the migration. */
export interface Lane {
  readonly node: TimelineNode;
  readonly outcome: LaneOutcome;
  readonly segments: readonly LaneSegment[];
  /** Where it is gone, on the axis; none where it is there. */
  readonly goneAt?: number | undefined;
}

/** The lanes of a zone. */
export interface LaneGroup {
  readonly availabilityZone: string;
  /** Those that are blocked first, then in the order in which they were begun. */
  readonly old: readonly Lane[];
  /** In the order in which they joined. */
  readonly workers: readonly Lane[];
}

/** The lanes of all nodes of a timeline, by zone. */
export function laneGroups(timeline: Timeline, time: WorkingTime): LaneGroup[] {
  const lanes = [...timeline.nodes.values()].map((node) => laneOf(node, timeline, time));
  const zones = [...new Set(lanes.map(({ node }) => node.availabilityZone))].sort();
  return zones.map((availabilityZone) => {
    const here = lanes.filter(({ node }) => node.availabilityZone === availabilityZone);
    return {
      availabilityZone,
      old: here.filter(({ node }) => !node.isNew).sort(byBegin),
      workers: here.filter(({ node }) => node.isNew).sort(byBegin),
    };
  });
}

function byBegin(a: Lane, b: Lane): number {
  const begin = ({ outcome, node }: Lane) =>
    outcome === "blocked" ? -1 : (node.marks[0]?.at ?? Number.MAX_SAFE_INTEGER);
  return begin(a) - begin(b) || (a.node.name < b.node.name ? -1 : 1);
}

/** What a mark begins; none where it is the end. */
const BEGINS: Readonly<Record<Mark["kind"], LaneState | undefined>> = {
  joined: "joining",
  ready: "inService",
  cordoned: "draining",
  drained: "settling",
  terminated: "leaving",
  gone: undefined,
  blocked: "blocked",
};

/** What a process that ends leaves as it was: nobody drains a node any more, and the next one begins with it again. */
const ENDS_WITH_PROCESS: ReadonlySet<LaneState | undefined> = new Set(["draining", "settling"]);

function laneOf(node: TimelineNode, { processes }: Timeline, time: WorkingTime): Lane {
  const [first] = time.spans;
  const end = time.spans.at(-1)?.to ?? 0;
  const steps: { at: number; state: LaneState | undefined }[] = [];
  if (!node.isNew) steps.push({ at: first?.from ?? 0, state: "waiting" });
  const ends = processes.flatMap(({ to }) => (to === undefined ? [] : [to]));
  for (const [index, { kind, at }] of node.marks.entries()) {
    const state = BEGINS[kind];
    steps.push({ at, state });
    const next = node.marks[index + 1]?.at ?? Infinity;
    const stop = ends.find((to) => to >= at && to <= next);
    if (stop !== undefined && ENDS_WITH_PROCESS.has(state)) steps.push({ at: stop, state: "waiting" });
  }
  const segments = steps.flatMap(({ at, state }, index) => {
    const to = Math.max(at, steps[index + 1]?.at ?? end);
    if (state === undefined || to === at) return [];
    return [{ state, from: at, to, start: positionOf(time, at), end: positionOf(time, to) }];
  });
  const last = node.marks.at(-1);
  return {
    node,
    outcome: outcomeOf(node, steps.at(-1)?.state),
    segments,
    ...(last?.kind === "gone" && { goneAt: positionOf(time, last.at) }),
  };
}

function outcomeOf(node: TimelineNode, state: LaneState | undefined): LaneOutcome {
  if (state === undefined) return node.isNew ? "gone" : "replaced";
  if (state === "blocked" || state === "waiting") return state;
  if (state === "joining") return "joining";
  return state === "inService" ? "new" : "on its way";
}
