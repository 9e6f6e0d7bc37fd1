import { counted } from "../amounts";

/** A span of time in words, in its two largest units: `40 s`, `11 min`, `3 h 20 min`, `2 d 4 h`. */
export function spanText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return withRest(`${hours} h`, minutes % 60, "min");
  return withRest(`${Math.floor(hours / 24)} d`, hours % 24, "h");
}

function withRest(large: string, rest: number, unit: string): string {
  return rest === 0 ? large : `${large} ${rest} ${unit}`;
}

/** A part of a whole in percent: 100 only where it is all, and 0 only where it is none. */
export function percent(part: number, whole: number): number {
  if (part <= 0 || part >= whole) return part <= 0 ? 0 : 100;
  return Math.min(99, Math.max(1, Math.round((100 * part) / whole)));
}

/** Names in a sentence: `a`, `a and b`, `a, b and c`. */
export function inWords(names: readonly string[], most = 3): string {
  const kept = names.length > most ? names.slice(0, most - 1) : names;
  const more = names.length - kept.length;
  const all = more > 0 ? [...kept, counted(more, "other")] : kept;
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
}

/** A moment as people and machines read it, in UTC: `2026-11-22 15:20`. */
export function momentText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ");
}

/** A second of a rotation as a clock shows it: `0:12:03`. */
export function clockText(second: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const whole = Math.round(second);
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
