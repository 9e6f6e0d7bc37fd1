import { counted, grouped } from "../../../planning/amounts";
import type { Lane, LaneGroup, LaneState } from "../../../planning/report/lanes";
import { podsText, stretchesOf } from "../../../planning/report/lanesTable";
import type { ReportModel } from "../../../planning/report/reportModel";
import { momentText } from "../../../planning/report/spans";
import type { WorkingTime } from "../../../planning/report/workingTime";
import { el, type Piece } from "./element";
import { foldedTable, pickInside, section, short } from "./parts";
import { pausesText, timeAxis, timeGrid } from "./timeAxis";

/** How much room a lane has: with its name beside it, or thin, so that its name shows where it is pointed at. */
type Room = "roomy" | "dense" | "dense finest" | "dense tall";

/** Zones with more nodes have thin lanes, and with many more thinner ones. */
const ROOMY = 60;
const DENSE = 150;
/** Lanes of one picture: on paper none is cut by the end of a page. */
const CHUNKS: Readonly<Record<Room, number>> = {
  roomy: 36,
  dense: 110,
  "dense finest": 220,
  "dense tall": 40,
};

const UNIT = 10;
/** Where a state lies in its lane, in units of the lane's height: shapes differ, not colours alone. */
const SHAPES: Readonly<Record<LaneState, { readonly y: number; readonly height: number }>> = {
  waiting: { y: 4.2, height: 1.6 },
  draining: { y: 1, height: 8 },
  settling: { y: 2.5, height: 5 },
  leaving: { y: 3.5, height: 3 },
  blocked: { y: 1, height: 8 },
  joining: { y: 3.8, height: 2.4 },
  inService: { y: 2, height: 6 },
};

const LEGEND: readonly (readonly [LaneState, string])[] = [
  ["waiting", "old, in service"],
  ["draining", "cordoned and draining"],
  ["settling", "empty; its pods become ready elsewhere"],
  ["leaving", "terminated, going"],
  ["blocked", "blocked"],
  ["joining", "new, joining"],
  ["inService", "new, takes pods"],
];

/** The rotation, a lane for each node. */
export function lanesPicture({ rotation, isHistorySeen }: ReportModel): Piece {
  if (rotation === undefined) {
    const why = isHistorySeen ? "No rotation has kept a history" : "Its history was not seen";
    return section("rotation", "Rotation", `${why}, so there is nothing to draw.`);
  }
  const { time, groups, isWayBack, startedAtMs, leftOut, table } = rotation;
  const words =
    `One lane per node, by zone${isWayBack ? ", on the way back to the subnets of nodes" : ""}. ` +
    `The axis is the time that somebody worked on it since ${momentText(startedAtMs)} UTC.${pausesText(time)}` +
    (leftOut === 0 ? "" : ` ${counted(leftOut, "node")} more had no room in the history.`);
  return section(
    "rotation",
    "Rotation",
    words,
    el(
      "p",
      { class: "soft pointing" },
      "Point at a lane, or go to it by Tab and the arrow keys, to see its pods.",
    ),
    legend(),
    ...groups.map((group) => zone(group, time)),
    foldedTable(table),
  );
}

function legend(): Piece {
  const swatch = (state: LaneState) =>
    el(
      "svg",
      { viewBox: "0 0 26 14", "aria-hidden": "true" },
      el("rect", {
        class: `s-${state}`,
        y: SHAPES[state].y * 1.4,
        width: 26,
        height: SHAPES[state].height * 1.4,
      }),
      state === "blocked" ? el("path", { class: "dash", d: "M0 7H26" }) : null,
    );
  return el(
    "ul",
    { class: "legend" },
    ...LEGEND.map(([state, words]) => el("li", {}, swatch(state), words)),
    el(
      "li",
      {},
      el(
        "svg",
        { viewBox: "0 0 26 14", "aria-hidden": "true" },
        el("path", { class: "s-gone", d: "M13 1V13" }),
      ),
      "gone",
    ),
  );
}

function zone({ availabilityZone, old, workers }: LaneGroup, time: WorkingTime): Piece {
  const count = old.length + workers.length;
  const room: Room = count <= ROOMY ? "roomy" : count <= DENSE ? "dense" : "dense finest";
  const replaced = old.filter(({ outcome }) => outcome === "replaced").length;
  const blocked = old.filter(({ outcome }) => outcome === "blocked");
  const others = old.filter(({ outcome }) => outcome !== "blocked");
  const words = [
    `${grouped(replaced)} of ${counted(old.length, "old node")} replaced`,
    ...(blocked.length === 0 ? [] : [`${grouped(blocked.length)} blocked`]),
    counted(workers.length, "new worker"),
  ].join(", ");
  return el(
    "fieldset",
    { class: "zone" },
    el("legend", {}, availabilityZone, el("small", {}, words)),
    blocked.length === 0 ? null : blockedList(blocked),
    timeAxis(time, room === "roomy" ? "" : "ofdense"),
    old.length === 0 ? null : el("p", { class: "kind" }, "old nodes"),
    ...chunks(blocked, room === "roomy" ? room : "dense tall", time),
    ...chunks(others, room, time),
    workers.length === 0 ? null : el("p", { class: "kind" }, "new workers"),
    ...chunks(workers, room, time),
  );
}

/** Those are in plain sight, and on paper as well. */
function blockedList(lanes: readonly Lane[]): Piece {
  return el(
    "ul",
    { class: "blocked" },
    ...lanes.map(({ node }) =>
      el(
        "li",
        {},
        el("b", {}, "blocked "),
        el("span", { class: "name" }, node.name),
        node.waits[0] === undefined ? null : ` ${node.waits[0]}`,
      ),
    ),
  );
}

function chunks(lanes: readonly Lane[], room: Room, time: WorkingTime): Piece[] {
  const size = CHUNKS[room];
  return Array.from({ length: Math.ceil(lanes.length / size) }, (_, index) =>
    chunk(lanes.slice(index * size, (index + 1) * size), room, time),
  );
}

function chunk(lanes: readonly Lane[], room: Room, time: WorkingTime): Piece {
  const height = lanes.length * UNIT;
  return el(
    "div",
    { class: `lanes ${room}` },
    el(
      "svg",
      { viewBox: `0 0 1000 ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      ...timeGrid(time, height),
      ...LEGEND.map(([state]) => shapesOf(state, lanes)),
      dashes(lanes),
      ends(lanes),
    ),
    ...lanes.map(lanePick),
  );
}

/** All segments of a state in one path: a thousand lanes are a few elements. */
function shapesOf(state: LaneState, lanes: readonly Lane[]): Piece | null {
  const { y, height } = SHAPES[state];
  const d = lanes.flatMap(({ segments }, index) =>
    segments
      .filter((segment) => segment.state === state)
      .map(({ start, end }) => {
        // What took a moment shows all the same.
        const width = Math.max(1.5, (end - start) * 1000);
        return `M${short(start * 1000)} ${short(index * UNIT + y)}h${short(width)}v${short(height)}h-${short(width)}z`;
      }),
  );
  return d.length === 0 ? null : el("path", { class: `s-${state}`, d: d.join("") });
}

function dashes(lanes: readonly Lane[]): Piece | null {
  const d = lanes.flatMap(({ segments }, index) =>
    segments
      .filter(({ state }) => state === "blocked")
      .map(({ start, end }) => `M${short(start * 1000)} ${short((index + 0.5) * UNIT)}H${short(end * 1000)}`),
  );
  if (d.length === 0) return null;
  return el("path", { class: "dash", d: d.join(""), "vector-effect": "non-scaling-stroke" });
}

function ends(lanes: readonly Lane[]): Piece | null {
  const d = lanes.flatMap(({ goneAt }, index) =>
    goneAt === undefined ? [] : [`M${short(goneAt * 1000)} ${short(index * UNIT + 1)}v${UNIT - 2}`],
  );
  if (d.length === 0) return null;
  return el("path", { class: "s-gone", d: d.join(""), "vector-effect": "non-scaling-stroke" });
}

function lanePick(lane: Lane): Piece {
  const { node, outcome } = lane;
  const kind = node.isNew ? "new workers" : "old nodes";
  const pods = podsText(lane);
  return el(
    "label",
    { class: outcome === "blocked" ? "lane bad" : "lane" },
    el("span", { class: "name", "aria-hidden": "true" }, shortName(node.name)),
    ...pickInside({
      group: `${node.availabilityZone} ${kind}`,
      name: `${node.name}, ${outcome}`,
      lines: [
        node.name,
        node.isNew ? `new worker: ${outcome}` : `old node: ${outcome}`,
        ...(pods === "" ? [] : [`pods: ${pods}`]),
        ...stretchesOf(lane),
        ...node.waits.map((wait) => `waited: ${wait}`),
      ],
    }),
  );
}

/** A node's name without the domain, which all nodes of a Region share. */
function shortName(name: string): string {
  return name.replace(/\.[a-z0-9-]+\.compute\.internal$|\.ec2\.internal$/, "");
}
