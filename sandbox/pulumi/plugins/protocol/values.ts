/** A property value as a plugin works with it: JSON, with UNKNOWN where a preview can't tell yet, and no marks. */
export type Value = null | boolean | number | string | Value[] | Properties;

/** The properties of a resource, a provider or an invoke. */
export interface Properties {
  [key: string]: Value;
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

/** The same properties without some. */
export function without(properties: Properties, ...keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));
}
