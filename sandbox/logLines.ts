import { stripVTControlCharacters } from "node:util";

/** A line that a part of a sandbox has written. */
export interface LogLine {
  readonly part: string;
  /** Milliseconds since 1970; that of the line before it where it has none; 0 where there is none either. */
  readonly at: number;
  readonly text: string;
}

/**
 * The lines of one part, each with its time.
 *
 * @param now milliseconds since 1970: the lines of Kubernetes' programs leave the year out.
 * @param after the time of the line before the first.
 */
export function logLinesOf(part: string, written: string, now: number, after = 0): LogLine[] {
  let at = after;
  return written
    .split("\n")
    .map((line) => stripVTControlCharacters(line).trimEnd())
    .filter((text) => text !== "")
    .map((text) => {
      at = timeOf(text, now) ?? at;
      return { part, at, text };
    });
}

/** Lines of several parts as they were written one after the other; those of one part stay in their order. */
export function merged(lines: readonly (readonly LogLine[])[]): LogLine[] {
  return lines.flat().sort((one, other) => one.at - other.at);
}

/** When a line was written, where it says so in one of the ways of the sandbox's programs. */
function timeOf(text: string, now: number): number | undefined {
  return isoTime(text) ?? klogTime(text, now) ?? accessLogTime(text);
}

/** The daemon's lines begin with it; those of etcd and kwok are JSON with a field for it. */
function isoTime(text: string): number | undefined {
  const [, time] = /^(?:\{.*?"(?:ts|time)":")?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^"\s]*)/.exec(text) ?? [];
  return valid(time === undefined ? NaN : Date.parse(time));
}

/** `I1121 19:36:22.276166`: month and day, local time. */
function klogTime(text: string, now: number): number | undefined {
  const [, month, day, hour, minute, second] =
    /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d\.\d+) /.exec(text) ?? [];
  if (month === undefined) return undefined;
  const inYear = (year: number) =>
    new Date(year, Number(month) - 1, Number(day), Number(hour), Number(minute), 0).getTime() +
    Number(second) * 1000;
  const year = new Date(now).getFullYear();
  // In January there are still lines of December.
  return inYear(year) > now + 24 * 3_600_000 ? inYear(year - 1) : inYear(year);
}

/** moto's `[21/Nov/2026 19:36:22]`: local time. */
function accessLogTime(text: string): number | undefined {
  const [, day, month, year, time] = /\[(\d\d)\/(\w{3})\/(\d{4}) (\d\d:\d\d:\d\d)\]/.exec(text) ?? [];
  return day === undefined ? undefined : valid(Date.parse(`${month} ${day}, ${year} ${time}`));
}

function valid(time: number): number | undefined {
  return Number.isNaN(time) ? undefined : time;
}
