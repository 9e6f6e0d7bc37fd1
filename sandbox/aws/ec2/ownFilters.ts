import { listOf, structuresOf, type QueryForm } from "../protocol/queryForm";

/** A filter of a call that describes. */
export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** The filters of a call; what is described has to pass each of them, by any of its values. */
export function filtersOf(form: QueryForm): Filter[] {
  return structuresOf(form, "Filter").map((filter) => ({
    name: filter.get("Name") ?? "",
    values: listOf(filter, "Value"),
  }));
}

/** Whether a value is as a filter asks, in which `*` stands for any characters and `?` for one. */
export function matchesPattern(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
}
