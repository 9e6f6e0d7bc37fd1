import type { Timeline } from "./timeline";
import { lastSecond } from "./timeline";

/** A stretch of a migration in which a process worked; pauses between processes are left out of pictures. */
export interface WorkingSpan {
  /** Seconds since the timeline began. */
  readonly from: number;
  readonly to: number;
  /** Where it lies on the axis: fractions from 0 to 1. */
  readonly start: number;
  readonly end: number;
}

/** A time axis of the work alone. */
export interface WorkingTime {
  readonly spans: readonly WorkingSpan[];
  /** Pauses that are left out: where, and how long they were in seconds. */
  readonly breaks: readonly { readonly at: number; readonly seconds: number }[];
  /** Of all spans. */
  readonly seconds: number;
}

/** Pauses that are shorter are shown as they are, in seconds. */
const SHORT_PAUSE = 300;
/** The part of the axis that a pause takes. */
const BREAK = 0.015;
/** An axis is at least this long, in seconds: one of nothing has no scale. */
const SHORTEST = 10;

/**
 * The time axis of a migration: one that began on Friday and went on on Monday shows both days' work, and no weekend.
 *
 * @param nowSecond the second of now, for a process that works still; one that is dead is shown until it was last seen.
 * @default it is dead
 */
export function workingTime(timeline: Timeline, nowSecond?: number): WorkingTime {
  const last = lastSecond(timeline);
  const raw: { from: number; to: number }[] = [];
  for (const [index, process] of timeline.processes.entries()) {
    const isLast = index === timeline.processes.length - 1;
    const open = isLast ? Math.max(last, nowSecond ?? 0) : process.from;
    const { from, to } = { from: process.from, to: Math.max(process.from, process.to ?? open) };
    const before = raw.at(-1);
    if (before !== undefined && from - before.to < SHORT_PAUSE) before.to = Math.max(before.to, to);
    else raw.push({ from, to });
  }
  if (raw.length === 0) raw.push({ from: 0, to: last });
  const only = raw.at(-1);
  const total = raw.reduce((sum, { from, to }) => sum + to - from, 0);
  if (only !== undefined && total < SHORTEST) only.to += SHORTEST - total;
  return laidOut(raw);
}

function laidOut(raw: readonly { readonly from: number; readonly to: number }[]): WorkingTime {
  const seconds = raw.reduce((sum, { from, to }) => sum + to - from, 0);
  const gap = Math.min(BREAK, 0.3 / raw.length);
  const width = 1 - gap * (raw.length - 1);
  const spans: WorkingSpan[] = [];
  for (const { from, to } of raw) {
    const start = (spans.at(-1)?.end ?? -gap) + gap;
    spans.push({ from, to, start, end: start + ((to - from) / seconds) * width });
  }
  const breaks = spans.slice(1).map((span, index) => {
    const before = spans[index] ?? span;
    return { at: (before.end + span.start) / 2, seconds: span.from - before.to };
  });
  return { spans, breaks, seconds };
}

/** Where a second lies on the axis, from 0 to 1; one of a pause lies at its end. */
export function positionOf({ spans }: WorkingTime, second: number): number {
  for (const { from, to, start, end } of spans) {
    if (second < from) return start;
    if (second <= to) return to === from ? start : start + ((second - from) / (to - from)) * (end - start);
  }
  return spans.at(-1)?.end ?? 1;
}

/** How many seconds of work there are between two seconds of the timeline. */
export function workedSeconds({ spans }: WorkingTime, from: number, to: number): number {
  return spans.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);
}

/** Where a second of work lies on the axis: pauses do not count. */
export function positionOfWork(time: WorkingTime, second: number): number {
  let left = second;
  for (const span of time.spans) {
    const length = span.to - span.from;
    if (left <= length) return positionOf(time, span.from + left);
    left -= length;
  }
  return 1;
}
