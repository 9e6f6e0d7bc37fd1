import { isObject } from "../isObject";
import type { ResourceChange } from "../stack/resourceChange";

/** One property of a resource before and after, as JSON; absent where it comes or goes. */
export interface PropertyDiff {
  /** Such as `tags.Name`, or `spec.securityGroups[0]`. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** AWS's plugin repeats its tags under this name, with the defaults of the provider; nobody writes it. */
const REPEATED = /^tagsAll\b/;

/**
 * The properties of a resource that differ: every one of a resource that comes or goes, and of one that is taken over
 * those that are not as they were found. A text that is itself a JSON object, such as the configuration of an add-on,
 * is compared value by value.
 */
export function propertyDiffs({ operation, before, after }: ResourceChange): PropertyDiff[] {
  const was = operation === "create" ? new Map<string, string>() : leaves(before);
  const is = operation === "delete" ? new Map<string, string>() : leaves(after);
  // What a resource that is taken over does not say stays as it was found.
  const paths = operation === "import" ? is.keys() : [...was.keys(), ...is.keys()];
  return [...new Set(paths)]
    .filter((path) => !REPEATED.test(path) && was.get(path) !== is.get(path))
    .sort()
    .map((path) => {
      const [from, to] = [was.get(path), is.get(path)];
      return {
        path,
        ...(from !== undefined && { before: from }),
        ...(to !== undefined && { after: to }),
      };
    });
}

/** Paths of the properties that differ on a resource that is neither made nor deleted whole. */
export function changedPaths(change: ResourceChange): string[] {
  const isWhole = change.operation === "create" || change.operation === "delete";
  return isWhole ? [] : propertyDiffs(change).map(({ path }) => path);
}

/** Every value of an object that is neither object nor list, by its path; empty ones as they are. */
function leaves(value: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  const inside = insideOf(value);
  if (inside === undefined) {
    if (value !== undefined) found.set(path, JSON.stringify(value));
    return found;
  }
  for (const [key, item] of inside.entries) {
    const step = inside.isList ? `[${key}]` : path === "" ? key : `.${key}`;
    leaves(item, path + step, found);
  }
  return found;
}

interface Inside {
  readonly isList: boolean;
  readonly entries: readonly (readonly [string, unknown])[];
}

/** What is in a value; nothing of what is to be shown as it is. */
function insideOf(value: unknown): Inside | undefined {
  const given = typeof value === "string" ? parsed(value) : value;
  if (Array.isArray(given)) {
    return { isList: true, entries: given.map((item: unknown, index) => [String(index), item]) };
  }
  return isObject(given) ? { isList: false, entries: Object.entries(given) } : undefined;
}

/** The object that a text holds; the text itself where it holds none. */
function parsed(text: string): unknown {
  if (!text.startsWith("{")) return text;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : text;
  } catch {
    return text;
  }
}
