import type { Value } from "../../protocol/values";

/** What is wrong with a value that has to be one of a few. */
export function oneOf(values: readonly string[], value: Value): string | undefined {
  if (typeof value === "string" && values.includes(value)) return undefined;
  return `${JSON.stringify(value)} has to be one of ${values.join(", ")}`;
}
