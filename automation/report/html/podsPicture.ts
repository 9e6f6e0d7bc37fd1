import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { grouped } from "../../../planning/amounts";
import type { PodPoint, PodSeries } from "../../../planning/report/podSeries";
import type { ReportModel } from "../../../planning/report/reportModel";
import { clockText, percent } from "../../../planning/report/spans";
import { el, type Piece } from "./element";
import { foldedTable, inPercent, pickInside, section } from "./parts";
import { timeAxis, timeGrid } from "./timeAxis";

const WIDTH = 1000;
const HEIGHT = 270;
/** Moments that can be pointed at. */
const PICKS = 60;

/** Pods by range over time: two areas that cross. */
export function podsPicture({ pods, rotation }: ReportModel): Piece {
  if (pods === undefined || rotation === undefined) {
    return section("pods", "Pods by range over time", "No rotation has counted them.");
  }
  const y = scaleLinear().domain([0, pods.most]).nice(5).range([HEIGHT, 0]);
  const top = y.domain()[1] ?? pods.most;
  const points = pods.stretches.flat();
  const [first, last] = [points[0], points.at(-1)];
  const words =
    first === undefined || last === undefined
      ? ""
      : `From ${grouped(first.inside)} to ${grouped(last.inside)} pods in the pod subnets, from ${grouped(first.outside)} to ${grouped(last.outside)} elsewhere; hostNetwork pods keep the addresses of nodes and are not counted.`;
  return section(
    "pods",
    "Pods by range over time",
    words,
    el(
      "div",
      { class: "plot", role: "radiogroup", "aria-label": "Pods by range over time, moment by moment" },
      el(
        "svg",
        {
          class: "fill",
          viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
          preserveAspectRatio: "none",
          role: "img",
          "aria-label": words,
        },
        el("title", {}, words),
        ...timeGrid(rotation.time, HEIGHT),
        ...y.ticks(5).map((value) =>
          el("path", {
            class: "grid",
            d: `M0 ${y(value)}H${WIDTH}`,
            "vector-effect": "non-scaling-stroke",
          }),
        ),
        ...shapes(pods, "outside", "old", y),
        ...shapes(pods, "inside", "new", y),
      ),
      ...y
        .ticks(5)
        .map((value) =>
          el("span", { class: "y", "aria-hidden": "true", style: `bottom:${inPercent(value / top)}` }, [
            grouped(value),
          ]),
        ),
      ...labels(first, last),
      pods.crossedAt === undefined ? null : crossing(pods.crossedAt, top),
      ...picks(points),
    ),
    timeAxis(rotation.time, "wide"),
    foldedTable(pods.table),
  );
}

function shapes(
  { stretches }: PodSeries,
  side: "inside" | "outside",
  name: string,
  y: (value: number) => number,
): Piece[] {
  const x = ({ position }: PodPoint) => position * WIDTH;
  const filled = area<PodPoint>()
    .x(x)
    .y0(HEIGHT)
    .y1((point) => y(point[side]))
    .digits(1);
  const drawn = line<PodPoint>()
    .x(x)
    .y((point) => y(point[side]))
    .digits(1);
  return stretches.flatMap((points) => [
    el("path", { class: `area${name}`, d: filled([...points]) ?? "" }),
    el("path", {
      class: `line${name}`,
      d: drawn([...points]) ?? "",
      "vector-effect": "non-scaling-stroke",
    }),
  ]);
}

/** Each area is named where it is high. */
function labels(first: PodPoint | undefined, last: PodPoint | undefined): Piece[] {
  if (first === undefined || last === undefined) return [];
  const isForth = last.inside >= first.inside;
  const [left, right] = [`left:0.4rem`, `right:0.4rem`];
  return [
    el("span", { class: "label old", "aria-hidden": "true", style: isForth ? left : right }, "elsewhere"),
    el(
      "span",
      { class: "label new", "aria-hidden": "true", style: isForth ? right : left },
      "in the pod subnets",
    ),
  ];
}

function crossing({ position, inside }: PodPoint, top: number): Piece {
  return el("span", {
    class: "cross",
    "aria-hidden": "true",
    style: `left:${inPercent(position)};bottom:${inPercent(inside / top)}`,
  });
}

function picks(points: readonly PodPoint[]): Piece[] {
  const step = Math.max(1, Math.ceil(points.length / PICKS));
  const some = points.filter((_, index) => index % step === 0 || index === points.length - 1);
  return some.map((point, index) => {
    const { at, inside, outside, position } = point;
    const next = some[index + 1]?.position ?? 1;
    const moment = `${clockText(at)} after the begin`;
    return el(
      "label",
      {
        class: "pick",
        style: `left:${inPercent(position)};width:${inPercent(Math.max(0, next - position))}`,
      },
      ...pickInside({
        group: "moments",
        name: moment,
        lines: [
          moment,
          `${grouped(inside)} pods in the pod subnets (${percent(inside, inside + outside)} %)`,
          `${grouped(outside)} elsewhere`,
        ],
        isRight: position > 0.6,
      }),
    );
  });
}
