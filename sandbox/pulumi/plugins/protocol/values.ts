/** A property value as a plugin works with it: JSON, with {@link UNKNOWN} where a preview can't tell yet. */
export type Value = null | boolean | number | string | Value[] | Properties;

/** The properties of a resource, a provider or an invoke. */
export interface Properties {
  [key: string]: Value;
}

/** What the provider protocol sends for a value that is known only after another resource was made. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether the value is unknown or has an unknown anywhere in it. */
export function hasUnknown(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (isObject(value)) return Object.values(value).some(hasUnknown);
  return value === UNKNOWN;
}

export function isObject(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same properties without those that are undefined, which have no form on the wire. */
export function defined(properties: Record<string, Value | undefined>): Properties {
  const kept: Properties = {};
  for (const [key, value] of Object.entries(properties)) if (value !== undefined) kept[key] = value;
  return kept;
}

/** Whether two values are the same; the order of an object's keys does not matter. */
export function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => key in right && sameValue(left[key], right[key]))
    );
  }
  return left === right;
}
