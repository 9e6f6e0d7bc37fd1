import { grouped } from "../amounts";
import { clockText } from "./spans";
import type { ReportTable } from "./table";
import type { PodSample, Timeline } from "./timeline";
import { positionOf, type WorkingTime } from "./workingTime";

/** A moment of the pods' way. */
export interface PodPoint extends PodSample {
  /** On the axis, from 0 to 1. */
  readonly position: number;
}

/** Pods by range over time: two areas that cross where half of them have moved. */
export interface PodSeries {
  /** A line of its own for each stretch of work. */
  readonly stretches: readonly (readonly PodPoint[])[];
  /** The most pods in either range. */
  readonly most: number;
  /** The second in which more pods are inside than outside for good; none where they never were. */
  readonly crossedAt: PodPoint | undefined;
}

/** Pods by range over time; none where fewer than two moments are known. */
export function podSeries({ samples }: Timeline, time: WorkingTime): PodSeries | undefined {
  if (samples.length < 2) return undefined;
  const points = samples.map((sample) => ({ ...sample, position: positionOf(time, sample.at) }));
  const stretches = time.spans
    .map(({ from, to }) => points.filter(({ at }) => at >= from && at <= to))
    .filter(({ length }) => length > 0);
  const lastOutside = points.findLastIndex(({ inside, outside }) => inside <= outside);
  return {
    stretches,
    most: Math.max(1, ...points.map(({ inside, outside }) => Math.max(inside, outside))),
    crossedAt: lastOutside === -1 ? undefined : points[lastOutside + 1],
  };
}

/** All points, one line each. */
export function podsTable({ stretches }: PodSeries): ReportTable {
  return {
    caption: "Pods by range over time",
    columns: ["since the rotation began", "in the pod subnets", "elsewhere"],
    rows: stretches
      .flat()
      .map(({ at, inside, outside }) => [clockText(at), grouped(inside), grouped(outside)]),
  };
}
