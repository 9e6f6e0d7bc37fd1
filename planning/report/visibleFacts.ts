import { visible } from "../visible";

/** Longer texts are cut: nobody reads them in a report, and one of a megabyte would be its end. */
const LONGEST = 600;

/**
 * The same value, of which every text can be seen whole: no control characters, no marks that turn the direction of
 * reading, on one line each. Names, tags and messages come from others.
 */
export function visibleFacts<T>(value: T): T {
  return shownOf(value) as T;
}

function shownOf(value: unknown): unknown {
  if (typeof value === "string") return visible(value, LONGEST);
  if (Array.isArray(value)) return value.map(shownOf);
  if (value instanceof Map) {
    return new Map([...value].map(([key, one]): [unknown, unknown] => [shownOf(key), shownOf(one)]));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [visible(key, LONGEST), shownOf(one)]));
}
