import { scaleLinear } from "d3-scale";
import { counted } from "../../../planning/amounts";
import type { TypeMaxPods } from "../../../planning/report/maxPodsByType";
import type { ReportModel } from "../../../planning/report/reportModel";
import { el, type Piece } from "./element";
import { foldedTable, section, short } from "./parts";

/** How many pods nodes may have, by instance type, before and now. */
export function maxPodsPicture({ maxPods: { types, table } }: ReportModel): Piece {
  if (types.length === 0) return section("types", "Pods per node", "No node was seen.");
  const most = Math.max(...types.flatMap(({ before = 0, after = 0 }) => [before, after]));
  const width = scaleLinear().domain([0, most]).range([0, 1]);
  return section(
    "types",
    "Pods per node",
    "How many pods a node of each instance type may have, before and now. Pods have no address of the primary network interface any more, so that a node may have fewer, unless prefix delegation gives it more.",
    el("dl", { class: "types" }, ...types.flatMap((type) => typePiece(type, width))),
    foldedTable(table),
  );
}

function typePiece(
  { instanceType, before, after, nodesBefore, nodesAfter }: TypeMaxPods,
  width: (value: number) => number,
): Piece[] {
  const bar = (when: string, side: string, value: number | undefined, nodes: number) =>
    el(
      "div",
      { class: "bar" },
      el("span", {}, when),
      el(
        "span",
        { class: "track" },
        value === undefined
          ? el("span", { class: "soft" }, "no such node")
          : [
              el(
                "svg",
                {
                  style: `width:calc((100% - 9rem) * ${short(width(value))})`,
                  viewBox: "0 0 10 10",
                  preserveAspectRatio: "none",
                  "aria-hidden": "true",
                },
                el("rect", { class: side, width: 10, height: 10, y: side === "old" ? 2 : 0 }),
              ),
              el("b", {}, String(value)),
              el("span", { class: "soft" }, `on ${counted(nodes, "node")}`),
            ],
      ),
    );
  return [
    el("dt", {}, instanceType === "" ? "unknown type" : instanceType),
    el("dd", {}, bar("before", "old", before, nodesBefore), bar("now", "new", after, nodesAfter)),
  ];
}
