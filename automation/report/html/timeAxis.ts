import { scaleUtc } from "d3-scale";
import { spanText } from "../../../planning/report/spans";
import { positionOfWork, type WorkingTime } from "../../../planning/report/workingTime";
import { el, type Piece } from "./element";
import { inPercent, short } from "./parts";

/** A moment on a time axis. */
interface Tick {
  /** From 0 to 1. */
  readonly position: number;
  /** Hours and minutes of work, or minutes and seconds where it is short. */
  readonly text: string;
}

/** What the first part of a tick counts. */
function unitOf({ seconds }: WorkingTime): "min" | "h" {
  return seconds < 600 ? "min" : "h";
}

/** Some moments at even distances, which people count in. */
function ticks(time: WorkingTime): Tick[] {
  const { seconds } = time;
  const isShort = unitOf(time) === "min";
  const two = (value: number) => String(value).padStart(2, "0");
  const all = scaleUtc()
    .domain([0, seconds * 1000])
    .ticks(7)
    .map((moment) => moment.getTime() / 1000);
  return all.map((second) => {
    const [large, small] = isShort ? [second / 60, second % 60] : [second / 3600, (second / 60) % 60];
    const text = `${Math.floor(large)}:${two(Math.floor(small))}`;
    return { position: positionOfWork(time, second), text };
  });
}

/** The axis of a picture over time; it begins with its unit. */
export function timeAxis(time: WorkingTime, className = ""): Piece {
  const all = ticks(time);
  // On a narrow page some go: there is room for four.
  const step = Math.ceil(all.length / 4);
  return el(
    "div",
    { class: `axis ${className}`, "aria-hidden": "true" },
    ...all.map(({ position, text }, index) =>
      el(
        "span",
        {
          class: [
            index % step === 0 ? "" : "spare",
            position < 0.04 ? "first" : "",
            position > 0.97 ? "last" : "",
          ]
            .join(" ")
            .trim(),
          style: `left:${inPercent(position)}`,
        },
        index === 0 ? `0 ${unitOf(time)}` : text,
      ),
    ),
  );
}

/** The lines of that axis through a picture of 1,000 units' width. */
export function timeGrid(time: WorkingTime, height: number): Piece[] {
  const line = (position: number, className: string) =>
    el("path", {
      class: className,
      d: `M${short(position * 1000)} 0V${short(height)}`,
      "vector-effect": "non-scaling-stroke",
    });
  return [
    ...ticks(time).map(({ position }) => line(position, "grid")),
    ...time.breaks.map(({ at }) => line(at, "pause")),
  ];
}

/** Pauses in words; empty where there were none. */
export function pausesText({ breaks }: WorkingTime): string {
  if (breaks.length === 0) return "";
  const all = breaks.map(({ seconds }) => spanText(seconds));
  const shown = all.length > 3 ? [...all.slice(0, 3), `${all.length - 3} more`] : all;
  return ` Nobody worked on it in between for ${shown.join(", ")}; dotted lines show where.`;
}
